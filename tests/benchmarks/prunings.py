"""What each way of pruning finds for the epochs that it trains, on the table of real trainings.

    python -m tests.benchmarks.prunings --seeds 100                       # a minute

Random trials, one after the other, replayed on the curves of tests/benchmarks/data. It prints, for
some numbers of epochs trained, the median over the seeds of the best objective over that of the
whole table.
"""

import argparse
from collections.abc import Sequence

import numpy as np

from app.domain.pruning import PRUNINGS
from tests.benchmarks.real_results import EPOCHS, read_objectives
from tests.benchmarks.replay import Floats, Improvement, Replay
from tests.benchmarks.tables import table

BUDGETS = (5, 10, 20, 40)  # in epochs of so many whole trainings


def best_value(improvements: Sequence[Improvement], epochs: int) -> float:
    """The best value once so many epochs have been trained: an epoch takes a second here."""
    return min(improvement.value for improvement in improvements if improvement.at <= epochs)


def replay_pruning(curves: Floats, pruning: str, seed: int) -> list[float]:
    """After each budget, the best value of a random search over that of all curves."""
    order = np.random.default_rng(seed).permutation(len(curves))
    replay = Replay(curves[order], pruning, ask=len)
    improvements = replay.improvements(max(BUDGETS) * EPOCHS)
    return [best_value(improvements, budget * EPOCHS) / curves.min() for budget in BUDGETS]


def main() -> None:
    """Replay every way of pruning and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=100)
    seeds = range(parser.parse_args().seeds)
    curves = np.minimum.accumulate(read_objectives(), axis=1)
    rows = []
    for pruning in PRUNINGS:
        results = [replay_pruning(curves, pruning, seed) for seed in seeds]
        rows.append([pruning, *(f"{value:.3f}" for value in np.median(results, axis=0))])
    print(table(["pruning", *(f"{budget} trainings' epochs" for budget in BUDGETS)], rows))


if __name__ == "__main__":
    main()
