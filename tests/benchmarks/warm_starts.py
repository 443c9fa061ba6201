"""What results of an earlier search are worth: the best of a search with and without them.

    python -m tests.benchmarks.warm_starts --seeds 20 --names tpe gp

Each search is run twice on the tasks of tests/benchmarks/tasks.py: cold, and told 40 random results
before its first trial, like an experiment that starts from trials of another. Known results are
never tried again, and only the search's own trials count. It prints medians over the seeds of the
best true value after 5, 10 and 20 trials.
"""

import argparse
from collections.abc import Sequence

import numpy as np

from app.domain.search_space.space import SearchSpace
from app.domain.warm_start import EarlierResult
from tests.benchmarks.strategies import Evaluator
from tests.benchmarks.tables import table
from tests.benchmarks.tasks import TASKS
from worker.history import observe_earlier_results
from worker.strategies import Observation, suggest

EARLIER_RESULTS = 40
BUDGETS = (5, 10, 20)


def draw_earlier_results(task: str, seed: int) -> list[EarlierResult]:
    """Random results of an earlier search, without those that diverged."""
    space = SearchSpace.parse(TASKS[task].space)
    generator = np.random.default_rng([seed, 5])
    points = [space.sample(generator) for _ in range(EARLIER_RESULTS)]
    results = []
    for point in points:
        seen, _ = TASKS[task].function(point, generator)
        if np.isfinite(seen):
            results.append(EarlierResult(point, seen))
    return results


def run_search(
    strategy: str, task: str, seed: int, earlier: Sequence[EarlierResult]
) -> list[float]:
    """The true value of the own trial that looks best, after each trial."""
    space = SearchSpace.parse(TASKS[task].space)
    evaluate = Evaluator(task, seed)
    observations = [*observe_earlier_results(earlier)]
    for number in range(1, max(BUDGETS) + 1):
        parameters = suggest(strategy, space, seed, [], observations, number)
        assert parameters is not None
        value = evaluate(parameters)
        observations.append(Observation(number, parameters, value, "finished"))
    return evaluate.curve


def median_cells(curves: Sequence[Sequence[float]]) -> list[str]:
    """The median after each budget."""
    indices = [budget - 1 for budget in BUDGETS]
    medians = np.median(np.array(curves)[:, indices], axis=0)
    return [f"{median:.3g}" for median in medians]


def main() -> None:
    """Run all searches and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--names", nargs="+", default=["tpe", "gp"])
    parser.add_argument("--tasks", nargs="+", default=list(TASKS))
    options = parser.parse_args()
    rows = []
    for task in options.tasks:
        for strategy in options.names:
            cold = []
            warm = []
            for seed in range(options.seeds):
                earlier = draw_earlier_results(task, seed)
                cold.append(run_search(strategy, task, seed, []))
                warm.append(run_search(strategy, task, seed, earlier))
            rows.append([task, strategy, "cold", *median_cells(cold)])
            name = f"from {EARLIER_RESULTS} results"
            rows.append([task, strategy, name, *median_cells(warm)])
    head = ["task", "strategy", "start", *(f"{budget} trials" for budget in BUDGETS)]
    print(table(head, rows))


if __name__ == "__main__":
    main()
