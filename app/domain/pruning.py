"""Which running trials show no promise, and which pruned ones deserve to go on.

Values are objectives (lower is better), the best of a trial up to an epoch; by default RMSE in the CSV's units, so
that trials with other windows, scalings or targets can be compared.

median: a trial whose best value so far is worse than the median of the others' at the same epoch is pruned.
asha:   asynchronous successive halving (Li et al., A System for Massively Parallel Hyperparameter Tuning, 2020):
        at each rung, a fixed number of epochs, only the best 1 / REDUCTION of all trials that came this far go on;
        a pruned trial is promoted later when it turns out to be among them, and its training continues.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median

PRUNINGS: Mapping[str, str] = {
    "none": "Every trial trains to its end.",
    "median": "A trial that is worse than the median of the others at the same epoch is ended.",
    "asha": "Successive halving: every trial trains a little, only the best third of each rung trains on.",
}
MEDIAN_WARM_UP = 4  # epochs before the median rule speaks
MEDIAN_TRIALS = 5  # others that must have come as far
REDUCTION = 3
RUNGS = 3  # below the full number of epochs


def rungs(epochs: int) -> list[int]:
    """The epochs at which asha looks, for trainings of at most `epochs`: e.g. 70 -> [2, 7, 23]."""
    found = {epochs // REDUCTION**power for power in range(1, RUNGS + 1)}
    return sorted(rung for rung in found if 0 < rung < epochs)


def expected_share(pruning: str, epochs: int) -> float:
    """The part of all epochs that trials are expected to train under a rule before anything is known of them.

    asha: everyone trains to the first rung, one in REDUCTION from each rung to the next. median: half of the trials
    end about half-way.
    """
    if pruning == "asha":
        stops = [0, *rungs(epochs), epochs]
        return (
            sum((after - before) / float(REDUCTION) ** place for place, (before, after) in enumerate(pairwise(stops)))
            / epochs
        )
    return 0.75 if pruning == "median" else 1.0


def looks_at(pruning: str, epoch: int, epochs: int) -> bool:
    """Whether a pruning rule has anything to say after this epoch of trainings of at most `epochs`."""
    if pruning == "asha":
        return epoch in rungs(epochs)
    return pruning == "median" and MEDIAN_WARM_UP <= epoch < epochs


def reason_to_prune(pruning: str, epoch: int, mine: float, others: Sequence[float]) -> str | None:
    """Why a trial should be pruned after an epoch the rule looks at, in words; None when it should go on.

    mine: its best value so far; others: those of the other trials that came as far.
    """
    if pruning == "asha":
        return _asha(epoch, mine, others)
    return _median(epoch, mine, others) if pruning == "median" else None


def is_promoted(mine: float, others: Sequence[float]) -> bool:
    """Whether a trial that asha pruned at a rung is by now among the best that reached it."""
    return _rank(mine, others) < _places(others)


def _median(epoch: int, mine: float, others: Sequence[float]) -> str | None:
    if len(others) < MEDIAN_TRIALS or mine <= median(others):
        return None
    return f"worse than the median of {len(others)} trials at epoch {epoch}"


def _asha(epoch: int, mine: float, others: Sequence[float]) -> str | None:
    rank, places = _rank(mine, others), _places(others)
    if rank < places:
        return None
    return f"number {rank + 1} of {len(others) + 1} trials at epoch {epoch}, where the best {places} go on for now"


def _rank(mine: float, others: Sequence[float]) -> int:
    return sum(value < mine for value in others)


def _places(others: Sequence[float]) -> int:
    return (len(others) + 1) // REDUCTION
