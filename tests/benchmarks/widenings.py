"""What searching on brings in a space whose range ends too early, and in a wider one.

    python -m tests.benchmarks.widenings --seeds 20

The functions of tests/benchmarks/tasks.py with one range cut, so that the best lies beyond its end:
40 trials, then 20 more in the same space or in the one that the product proposes. Both are told all
trials so far. It prints medians of the true value of the trial that looks best; the best is 0.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.domain.importance.importance import measure_importance
from app.domain.importance.objective_model import EvaluatedTrial, fit_objective
from app.domain.importance.widening import widen_space
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace
from tests.benchmarks.strategies import Evaluator
from tests.benchmarks.tables import table
from tests.benchmarks.tasks import TASKS
from worker.strategies import Observation, suggest

FIRST_TRIALS = 40
MORE_TRIALS = 20
STRATEGIES_TESTED = ("tpe", "gp")
CUT_RANGES: dict[str, dict[str, Any]] = {
    "mixed": {"learning_rate": {"loguniform": [1e-5, 2e-4]}},
    "conditional": {"units_1": {"integer": [8, 48]}},
    "noisy": {"learning_rate": {"loguniform": [1e-5, 2e-4]}},
}


@dataclass(frozen=True)
class Result:
    """The true value of the trial that looks best: after the first trials, and after more."""

    first: float
    same_space: float
    wider_space: float
    is_widened: bool


def continue_search(
    strategy: str,
    space: SearchSpace,
    seed: int,
    earlier: Sequence[Observation],
    evaluate: Callable[[Parameters], float],
    count: int,
) -> list[Observation]:
    """The earlier trials and `count` more."""
    observations = list(earlier)
    first_number = len(earlier) + 1
    for number in range(first_number, first_number + count):
        parameters = suggest(strategy, space, seed, [], observations, number)
        assert parameters is not None
        value = evaluate(parameters)
        observations.append(Observation(number, parameters, value, "finished"))
    return observations


def propose_wider_space(
    space: SearchSpace, observations: Sequence[Observation]
) -> SearchSpace | None:
    """The wider space that the product proposes after these trials, if any."""
    trials = []
    for observation in observations:
        trials.append(EvaluatedTrial(observation.parameters, observation.score))
    model = fit_objective(space, trials)
    return widen_space(space, measure_importance(model)) if model else None


def run_search(strategy: str, task: str, seed: int) -> Result:
    """Search, then go on in both spaces."""
    space = SearchSpace.parse(TASKS[task].space | CUT_RANGES[task])
    evaluate = Evaluator(task, seed)
    observations = continue_search(strategy, space, seed, [], evaluate, FIRST_TRIALS)
    wider_space = propose_wider_space(space, observations)
    values = []
    for next_space in (space, wider_space or space):
        next_evaluate = Evaluator(task, seed)
        for observation in observations:
            next_evaluate(observation.parameters)
        continue_search(strategy, next_space, seed, observations, next_evaluate, MORE_TRIALS)
        values.append(next_evaluate.curve[-1])
    return Result(
        first=evaluate.curve[-1],
        same_space=values[0],
        wider_space=values[1],
        is_widened=wider_space is not None,
    )


def summarise(results: Sequence[Result]) -> list[str]:
    """Medians of the values, and in how many searches a wider space was proposed."""
    first = np.median([result.first for result in results])
    same_space = np.median([result.same_space for result in results])
    wider_space = np.median([result.wider_space for result in results])
    proposal_rate = np.mean([result.is_widened for result in results])
    return [f"{first:.3f}", f"{same_space:.3f}", f"{wider_space:.3f}", f"{proposal_rate:.0%}"]


def main() -> None:
    """Print a row for each task and strategy."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20)
    seeds = range(parser.parse_args().seeds)
    rows = []
    for task in CUT_RANGES:
        for strategy in STRATEGIES_TESTED:
            results = [run_search(strategy, task, seed) for seed in seeds]
            row = [f"{task}, {strategy}", *summarise(results)]
            rows.append(row)
            print(row, flush=True)
    head = [
        "",
        f"after {FIRST_TRIALS}",
        f"after {MORE_TRIALS} more",
        "in the wider space",
        "widened",
    ]
    print(table(head, rows))


if __name__ == "__main__":
    main()
