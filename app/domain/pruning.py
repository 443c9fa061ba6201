"""Which running trials show no promise, and which pruned ones deserve to go on.

Values are objectives (lower is better) in the CSV's units, best so far up to an epoch, so that trials with other
windows, scalings or targets can be compared.

median: a trial whose best value so far is worse than the median of the others' at the same epoch is pruned.
asha:   asynchronous successive halving (Li et al., A System for Massively Parallel Hyperparameter Tuning, 2020):
        at each rung, a fixed number of epochs, only the best 1 / REDUCTION of all trials that came this far go on;
        a pruned trial is promoted later when it turns out to be among them, and its training continues.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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

Curve = Sequence[float | None]  # objective of epochs 1, 2, …; None where it was not a number


@dataclass(frozen=True)
class Decision:
    """Why a trial is pruned, in words."""

    reason: str


def best_so_far(curve: Curve, epoch: int) -> float | None:
    """The lowest value up to and including an epoch; None when there is none."""
    values = [value for value in curve[:epoch] if value is not None]
    return min(values) if values else None


def rungs(epochs: int) -> list[int]:
    """The epochs at which asha looks, for trainings of at most `epochs`: e.g. 70 -> [2, 7, 23]."""
    found = {epochs // REDUCTION**power for power in range(1, RUNGS + 1)}
    return sorted(rung for rung in found if 0 < rung < epochs)


def decide(pruning: str, curve: Curve, others: Sequence[Curve], epochs: int) -> Decision | None:
    """Whether a trial that has just ended the last epoch of `curve` should be pruned.

    others: curves of the other trials of the experiment, running or ended; epochs: the most any trial trains.
    """
    rule: Callable[[Curve, Sequence[Curve], int], Decision | None] | None = RULES.get(pruning)
    return rule(curve, others, epochs) if rule else None


def is_promoted(curve: Curve, others: Sequence[Curve], epochs: int) -> bool:
    """Whether a trial that asha pruned at the end of `curve` is by now among the best of that rung."""
    return len(curve) in rungs(epochs) and _rank(curve, others, len(curve)) < _places(others, len(curve))


def _median_rule(curve: Curve, others: Sequence[Curve], epochs: int) -> Decision | None:
    epoch = len(curve)
    known = _known(others, epoch)
    mine = best_so_far(curve, epoch)
    if epoch < MEDIAN_WARM_UP or epoch >= epochs or len(known) < MEDIAN_TRIALS or mine is None:
        return None
    if mine <= median(known):
        return None
    return Decision(f"worse than the median of {len(known)} trials at epoch {epoch}")


def _asha_rule(curve: Curve, others: Sequence[Curve], epochs: int) -> Decision | None:
    epoch = len(curve)
    if epoch not in rungs(epochs) or best_so_far(curve, epoch) is None:
        return None
    rank, places = _rank(curve, others, epoch), _places(others, epoch)
    if rank < places:
        return None
    count = len(_known(others, epoch)) + 1
    return Decision(f"number {rank + 1} of {count} trials at epoch {epoch}, and only the best {places} go on for now")


RULES: Mapping[str, Callable[[Curve, Sequence[Curve], int], Decision | None]] = {
    "median": _median_rule,
    "asha": _asha_rule,
}


def _known(others: Sequence[Curve], epoch: int) -> list[float]:
    """The best values so far of the others that came as far as this epoch."""
    values = (best_so_far(curve, epoch) for curve in others if len(curve) >= epoch)
    return [value for value in values if value is not None]


def _rank(curve: Curve, others: Sequence[Curve], epoch: int) -> int:
    mine = best_so_far(curve, epoch)
    return sum(mine is None or value < mine for value in _known(others, epoch))


def _places(others: Sequence[Curve], epoch: int) -> int:
    return (len(_known(others, epoch)) + 1) // REDUCTION
