"""What ways of pruning find for the epochs they train, on the table of real trainings.

    python -m tests.benchmarks.prunings --seeds 100                       # a minute

Random trials, one after the other, on the curves of tests/benchmarks/data, by tests/benchmarks/replay.py. Printed: the
median, over seeds, of the best objective over that of the whole table, once so many trainings' worth of epochs have
been trained.
"""

import argparse
from collections.abc import Sequence

import numpy as np

from app.domain.pruning import PRUNINGS
from tests.benchmarks.real_results import EPOCHS, TABLE
from tests.benchmarks.replay import Floats, Replay
from tests.benchmarks.tables import table

BUDGETS = (5, 10, 20, 40)  # whole trainings


def best_so_far() -> Floats:
    """The table's objectives, the best up to each epoch; infinite where all diverged."""
    with np.load(TABLE) as arrays:
        found = arrays["curves"][:, :, 2].astype(np.float64)
    return np.minimum.accumulate(np.where(np.isnan(found), np.inf, found), axis=1)


def best_by(improved: Sequence[tuple[float, float]], epochs: int) -> float:
    """The best value once so many epochs have been trained."""
    return min(value for at, value in improved if at <= epochs)


def main() -> None:
    """Run every way and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=100)
    seeds = parser.parse_args().seeds
    curves = best_so_far()
    rows = []
    for pruning in PRUNINGS:
        found = []
        for seed in range(seeds):
            order = np.random.default_rng(seed).permutation(len(curves))
            replay = Replay(curves[order], pruning, ask=len)
            improved = replay.improvements(max(BUDGETS) * EPOCHS)
            found.append([best_by(improved, budget * EPOCHS) / curves.min() for budget in BUDGETS])
        rows.append([pruning, *(f"{value:.3f}" for value in np.median(found, axis=0))])
    print(table(["pruning", *(f"{budget} trainings' epochs" for budget in BUDGETS)], rows))


if __name__ == "__main__":
    main()
