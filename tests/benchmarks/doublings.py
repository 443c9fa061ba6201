"""What as many trials again bring, against what the second half of the trials brought before.

    python -m tests.benchmarks.doublings

From the searches of figures/strategies.json, after 20 and 40 trials: of those whose second half still lowered the best,
in how many the next 20 and 40 lowered it by more than that; and by how much of it they did, averaged over all.
"""

import json
from itertools import product

import numpy as np

from tests.benchmarks.strategies import AFTER, FIGURES, OURS
from tests.benchmarks.tables import table
from tests.benchmarks.tasks import TASKS

HALVES = (
    (10, 20, 40),
    (20, 40, 80),
)  # the first half's end, the second's, and that of as many again


def doubled(curves: np.ndarray) -> tuple[float, float]:
    """Of curves (searches, AFTER): the share that gains more than before, and the mean gain over that before."""
    more, before, again = [], 0.0, 0.0
    for first, second, last in HALVES:
        early, late, end = (curves[:, AFTER.index(trials)] for trials in (first, second, last))
        gained = early > late
        more.append(np.mean((late - end > early - late)[gained]))
        before, again = before + float(np.mean(early - late)), again + float(np.mean(late - end))
    return float(np.mean(more)), again / before


def main() -> None:
    """Print a row for each strategy."""
    kept = json.loads((FIGURES / "strategies.json").read_text())
    found = {
        (name, task): doubled(np.array(list(kept[f"{task} {name}"].values())))
        for name, task in product(OURS, TASKS)
    }
    rows = [
        [name, *(f"{found[name, task][0]:.0%}, {found[name, task][1]:.2f}" for task in TASKS)]
        for name in OURS
    ]
    print(table(["as many again bring more, on the average times as much", *TASKS], rows))
    more, times = np.mean(list(found.values()), axis=0)
    print(f"all: {more:.0%}, {times:.2f}")


if __name__ == "__main__":
    main()
