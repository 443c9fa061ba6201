"""What as many trials again bring, against what the second half of the trials has brought.

    python -m tests.benchmarks.doublings

From the searches in figures/strategies.json, after 20 and 40 trials. Of those in which the second
half still lowered the best: in how many the next 20 and 40 trials lowered it by more than that. And
how much they lowered it over how much that half did, averaged over all.
"""

import json
from dataclasses import dataclass
from itertools import product

import numpy as np

from tests.benchmarks.strategies import OUR_STRATEGIES, STORED_BUDGETS, STRATEGY_FIGURES
from tests.benchmarks.tables import table
from tests.benchmarks.tasks import TASKS

# Trials at the end of the first half, of the second half, and of as many again.
HALVES = ((10, 20, 40), (20, 40, 80))


@dataclass(frozen=True)
class Gain:
    """What as many trials again bring."""

    more_often: float  # fraction of searches in which they bring more than the second half
    ratio: float  # of what they bring to what the second half has brought, on average

    def __str__(self) -> str:
        return f"{self.more_often:.0%}, {self.ratio:.2f}"


def measure_gain(curves: np.ndarray) -> Gain:
    """Average over the searches of these curves, (searches, STORED_BUDGETS)."""
    more_often = []
    second_gain = 0.0
    further_gain = 0.0
    for budgets in HALVES:
        first, second, last = (curves[:, STORED_BUDGETS.index(budget)] for budget in budgets)
        has_gained = first > second
        gains_more = second - last > first - second
        more_often.append(np.mean(gains_more[has_gained]))
        second_gain += float(np.mean(first - second))
        further_gain += float(np.mean(second - last))
    return Gain(float(np.mean(more_often)), further_gain / second_gain)


def main() -> None:
    """Print a row for each strategy, and the average of all."""
    curves = json.loads(STRATEGY_FIGURES.read_text())
    gains = {}
    for strategy, task in product(OUR_STRATEGIES, TASKS):
        by_seed = curves[f"{task} {strategy}"]
        gains[strategy, task] = measure_gain(np.array(list(by_seed.values())))
    rows = []
    for strategy in OUR_STRATEGIES:
        rows.append([strategy, *(str(gains[strategy, task]) for task in TASKS)])
    print(table(["as many again bring more, on average times as much", *TASKS], rows))
    more_often = float(np.mean([gain.more_often for gain in gains.values()]))
    ratio = float(np.mean([gain.ratio for gain in gains.values()]))
    print(f"all: {Gain(more_often, ratio)}")


if __name__ == "__main__":
    main()
