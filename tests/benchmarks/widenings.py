"""What searching further brings: spaces that end too early, 40 trials, then 20 more in the same space or a wider one.

    python -m tests.benchmarks.widenings --seeds 20

The functions of tests/benchmarks/tasks.py with one range cut so that the best lies beyond its end. Medians of what the
trial that looks best is truly worth (the best there is: 0). Both are told all trials before.
"""

import argparse
from collections.abc import Sequence
from typing import Any

import numpy as np

from app.domain.importance.importance import EvaluatedTrial, estimate_importance
from app.domain.importance.widening import widen_space
from app.domain.search_space.space import SearchSpace
from tests.benchmarks.strategies import Judge
from tests.benchmarks.tables import table
from tests.benchmarks.tasks import TASKS
from worker.strategies import STRATEGY_CLASSES, Observation
from worker.strategies.base import Search

FIRST, MORE = 40, 20  # trials
CUT: dict[str, dict[str, Any]] = {
    "mixed": {"learning_rate": {"loguniform": [1e-5, 2e-4]}},
    "conditional": {"units_1": {"integer": [8, 48]}},
    "noisy": {"learning_rate": {"loguniform": [1e-5, 2e-4]}},
}


def searched(
    strategy: str,
    space: SearchSpace,
    seed: int,
    told: Sequence[Observation],
    judge: Judge,
    count: int,
) -> list[Observation]:
    """What was told, and so many trials more."""
    rows = list(told)
    for number in range(len(told) + 1, len(told) + count + 1):
        search = STRATEGY_CLASSES[strategy](Search(space, seed, []))
        search.tell(rows)
        parameters = search.ask(number)
        assert parameters is not None
        rows.append(Observation(number, parameters, judge(parameters), "finished"))
    return rows


def run(strategy: str, task: str, seed: int) -> tuple[float, float, float, bool]:
    """After FIRST trials; after MORE in the same space; in a wider one; and whether there was one to be had."""
    space = SearchSpace.parse(TASKS[task].space | CUT[task])
    judge = Judge(task, seed)
    told = searched(strategy, space, seed, [], judge, FIRST)
    first = judge.curve[-1]
    found = estimate_importance(space, [EvaluatedTrial(row.parameters, row.score) for row in told])
    wider = widen_space(space, found) if found else None
    ends = []
    for going_on in (space, wider or space):
        judge = Judge(task, seed)
        for row in told:
            judge(row.parameters)
        searched(strategy, going_on, seed, told, judge, MORE)
        ends.append(judge.curve[-1])
    return first, ends[0], ends[1], wider is not None


def main() -> None:
    """Print a row for each strategy and task."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20)
    seeds = parser.parse_args().seeds
    rows = []
    for task in CUT:
        for strategy in ("tpe", "gp"):
            found = np.array([run(strategy, task, seed) for seed in range(seeds)])
            first, same, wider, had = (
                np.median(found[:, 0]),
                np.median(found[:, 1]),
                np.median(found[:, 2]),
                found[:, 3],
            )
            rows.append(
                [
                    f"{task}, {strategy}",
                    f"{first:.3f}",
                    f"{same:.3f}",
                    f"{wider:.3f}",
                    f"{had.mean():.0%}",
                ]
            )
            print(rows[-1], flush=True)
    print(
        table(["", f"after {FIRST}", f"after {MORE} more", "in the wider space", "widened"], rows)
    )


if __name__ == "__main__":
    main()
