"""What results of an earlier search are worth: own trials' best with and without them.

    python -m tests.benchmarks.warm_starts --seeds 20 --names tpe gp

Each search is run twice on the tasks of tests/benchmarks/tasks.py: cold, and told 40 random results before its first
trial, as an experiment that starts from trials of another. Known results are never tried again, and only own trials
count. Printed: medians over seeds of the best true value after 5, 10 and 20 trials.
"""

import argparse

import numpy as np

from app.domain.search_space.space import SearchSpace
from app.domain.warm_start import EarlierResult
from tests.benchmarks.strategies import Judge
from tests.benchmarks.tables import table
from tests.benchmarks.tasks import TASKS
from worker.history import observe_earlier_results
from worker.strategies import Observation, suggest

KNOWN = 40
BUDGETS = (5, 10, 20)


def known_of(task: str, seed: int) -> list[EarlierResult]:
    """Random results of an earlier search; one that diverged is none."""
    space, generator = SearchSpace.parse(TASKS[task].space), np.random.default_rng([seed, 5])
    points = [space.sample(generator) for _ in range(KNOWN)]
    found = [EarlierResult(point, TASKS[task].function(point, generator)[0]) for point in points]
    return [result for result in found if np.isfinite(result.objective)]


def run(strategy: str, task: str, seed: int, known: list[EarlierResult]) -> list[float]:
    """The true value of the own trial that looks best, after each."""
    space, judge, told = (
        SearchSpace.parse(TASKS[task].space),
        Judge(task, seed),
        observe_earlier_results(known),
    )
    for number in range(1, max(BUDGETS) + 1):
        parameters = suggest(strategy, space, seed, [], told, number)
        assert parameters is not None
        told.append(Observation(number, parameters, judge(parameters), "finished"))
    return judge.curve


def main() -> None:
    """Run all and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--names", nargs="+", default=["tpe", "gp"])
    parser.add_argument("--tasks", nargs="+", default=list(TASKS))
    wanted = parser.parse_args()
    rows = []
    for task in wanted.tasks:
        for strategy in wanted.names:
            curves: dict[str, list[list[float]]] = {"cold": [], "from 40 results": []}
            for seed in range(wanted.seeds):
                curves["cold"].append(run(strategy, task, seed, []))
                curves["from 40 results"].append(run(strategy, task, seed, known_of(task, seed)))
            for name, found in curves.items():
                medians = np.median(np.array(found)[:, [budget - 1 for budget in BUDGETS]], axis=0)
                rows.append([task, strategy, name, *(f"{value:.3g}" for value in medians)])
    print(table(["task", "strategy", "start", *(f"{budget} trials" for budget in BUDGETS)], rows))


if __name__ == "__main__":
    main()
