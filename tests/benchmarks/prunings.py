"""What ways of pruning find for the epochs they train, on the table of real trainings.

    python -m tests.benchmarks.prunings --seeds 100                       # a minute

Random trials, one after the other, on the curves of tests/benchmarks/data by the product's own rules: a pruned trial
that proves good goes on before a new one begins. Printed: the median, over seeds, of the best objective over that of
the whole table, once so many trainings' worth of epochs have been trained.
"""

import argparse
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.domain.pruning import (
    HALVING,
    PRUNINGS,
    bracket_of,
    is_promoted,
    looks_at,
    reason_to_prune,
    rungs,
)
from tests.benchmarks.real_results import EPOCHS, TABLE
from tests.benchmarks.tables import table

BUDGETS = (5, 10, 20, 40)  # whole trainings
Curves = NDArray[np.float64]


@dataclass
class Race:
    """One search: best-so-far curves, shape (trials, EPOCHS), tried in order; and how far each has come."""

    pruning: str
    curves: Curves
    reached: list[int] = field(default_factory=list)
    pruned: list[bool] = field(default_factory=list)
    best: list[float] = field(default_factory=list)  # after each epoch trained

    def run(self, epochs: int) -> list[float]:
        """Train that many epochs in all; the best value after each."""
        while len(self.best) < epochs:
            self._train(self._next())
        return self.best[:epochs]

    def _next(self) -> int:
        """The first pruned trial that is to go on, else a new one."""
        if self.pruning in HALVING:
            for rung in rungs(EPOCHS):
                for trial, is_pruned in enumerate(self.pruned):
                    if is_pruned and self.reached[trial] == rung and is_promoted(*self._values(trial, rung)):
                        return trial
        self.reached.append(0)
        self.pruned.append(False)
        return len(self.reached) - 1

    def _train(self, trial: int) -> None:
        """On from where it is to its end, or until it is pruned."""
        bracket, self.pruned[trial] = bracket_of(self.pruning, trial + 1, EPOCHS), False
        for epoch in range(self.reached[trial] + 1, EPOCHS + 1):
            self.reached[trial] = epoch
            value = float(self.curves[trial, epoch - 1])
            self.best.append(min(value, self.best[-1] if self.best else np.inf))
            if looks_at(self.pruning, epoch, EPOCHS, bracket):
                mine, others = self._values(trial, epoch)
                if reason_to_prune(self.pruning, epoch, mine, others, bracket):
                    self.pruned[trial] = True
                    return

    def _values(self, trial: int, epoch: int) -> tuple[float, list[float]]:
        """A trial's value at an epoch, and those of the others of its bracket that came as far."""
        brackets = [bracket_of(self.pruning, place + 1, EPOCHS) for place in range(len(self.reached))]
        others = [
            float(self.curves[place, epoch - 1])
            for place, reached in enumerate(self.reached)
            if place != trial and reached >= epoch and brackets[place] == brackets[trial]
        ]
        return float(self.curves[trial, epoch - 1]), others


def best_so_far() -> Curves:
    """The table's objectives, the best up to each epoch; infinite where all diverged."""
    with np.load(TABLE) as arrays:
        found = arrays["curves"][:, :, 2].astype(np.float64)
    return np.minimum.accumulate(np.where(np.isnan(found), np.inf, found), axis=1)


def main() -> None:
    """Run every way and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100)
    seeds = parser.parse_args().seeds
    curves = best_so_far()
    rows = []
    for pruning in PRUNINGS:
        found = []
        for seed in range(seeds):
            order = np.random.default_rng(seed).permutation(len(curves))
            best = Race(pruning, curves[order]).run(max(BUDGETS) * EPOCHS)
            found.append([best[budget * EPOCHS - 1] / curves.min() for budget in BUDGETS])
        rows.append([pruning, *(f"{value:.3f}" for value in np.median(found, axis=0))])
    print(table(["pruning", *(f"{budget} trainings' epochs" for budget in BUDGETS)], rows))


if __name__ == "__main__":
    main()
