"""Which running trials show no promise, and which pruned ones deserve to go on.

Values are objectives (lower is better), the best of a trial up to an epoch; by default RMSE in the CSV's units, so
that trials with other windows, scalings or targets can be compared.

median: a trial whose best value so far is worse than the median of the others' at the same epoch is pruned.
asha:   asynchronous successive halving (Li et al., A System for Massively Parallel Hyperparameter Tuning, 2020):
        at each rung, a fixed number of epochs, only the best 1 / REDUCTION of all trials that came this far go on;
        a pruned trial is promoted later when it turns out to be among them, and its training continues.
hyperband: several of asha's ladders side by side (Li et al., Hyperband, JMLR 18, 2018). Bracket 0 has all rungs, each
        further one leaves out the lowest that is left, and the last has none; so a search does not depend on how much
        the first epochs tell. A trial's bracket follows from its number, and it is compared within its bracket only.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from math import ceil
from statistics import median

PRUNINGS: Mapping[str, str] = {
    "none": "Every trial trains to its end.",
    "median": "A trial that is worse than the median of the others at the same epoch is ended.",
    "asha": "Successive halving: every trial trains a little, only the best third of each rung trains on.",
    "hyperband": "Successive halving that begins early for most trials, later for others, and never for a few.",
}
HALVING = ("asha", "hyperband")  # rules whose pruned trials may be promoted
MEDIAN_WARM_UP = 4  # epochs before the median rule speaks
MEDIAN_TRIALS = 5  # others that must have come as far
REDUCTION = 3
RUNGS = 4  # below the full number of epochs


def rungs(epochs: int) -> list[int]:
    """The epochs at which asha looks, for trainings of at most `epochs`: e.g. 70 -> [1, 3, 8, 23]."""
    found = {round(epochs / REDUCTION**power) for power in range(1, RUNGS + 1)}
    return sorted(rung for rung in found if 0 < rung < epochs)


def brackets(pruning: str, epochs: int) -> int:
    """How many brackets the trials of a search are spread over: one, but for hyperband."""
    return len(rungs(epochs)) + 1 if pruning == "hyperband" else 1


def bracket_of(pruning: str, number: int, epochs: int) -> int:
    """The bracket of the trial of a number (from 1), in a search of trainings of at most `epochs`."""
    turns = _turns(brackets(pruning, epochs))
    return turns[(number - 1) % len(turns)]


def expected_share(pruning: str, epochs: int, trials: int) -> float:
    """The part of all epochs that so many trials are expected to train under a rule before anything is known of them.

    asha: everyone trains to the first rung, one in REDUCTION from each rung to the next, and at least one to the end;
    hyperband: that, over its brackets. median: half of the trials end about half-way.
    """
    if pruning in HALVING:
        turns = _turns(brackets(pruning, epochs))
        return sum(_halved(epochs, rungs(epochs)[bracket:], trials) for bracket in turns) / len(
            turns
        )
    return 0.75 if pruning == "median" else 1.0


def looks_at(pruning: str, epoch: int, epochs: int, bracket: int = 0) -> bool:
    """Whether a rule has anything to say of a trial of a bracket after this epoch of trainings of at most `epochs`."""
    if pruning in HALVING:
        return epoch in rungs(epochs)[bracket:]
    return pruning == "median" and MEDIAN_WARM_UP <= epoch < epochs


def reason_to_prune(
    pruning: str, epoch: int, mine: float, others: Sequence[float], bracket: int = 0
) -> str | None:
    """Why a trial should be pruned after an epoch the rule looks at, in words; None when it should go on.

    mine: its best value so far; others: those of the other trials of its bracket that came as far.
    """
    if pruning == "asha":
        return _halving(epoch, mine, others, "trials")
    if pruning == "hyperband":
        return _halving(epoch, mine, others, f"trials of bracket {bracket + 1}")
    return _median(epoch, mine, others) if pruning == "median" else None


def is_promoted(mine: float, others: Sequence[float]) -> bool:
    """Whether a trial that was pruned at a rung is by now among the best of its bracket that reached it."""
    return _rank(mine, others) < _places(others)


def _median(epoch: int, mine: float, others: Sequence[float]) -> str | None:
    if len(others) < MEDIAN_TRIALS or mine <= median(others):
        return None
    return f"worse than the median of {len(others)} trials at epoch {epoch}"


def _halving(epoch: int, mine: float, others: Sequence[float], whose: str) -> str | None:
    rank, places = _rank(mine, others), _places(others)
    if rank < places:
        return None
    go = f"the best {places} go on for now" if places > 1 else "the best one goes on for now"
    if not places:
        go = f"the best one goes on once {REDUCTION} have come"
    return f"number {rank + 1} of {len(others) + 1} {whose} at epoch {epoch}, where {go}"


def _rank(mine: float, others: Sequence[float]) -> int:
    return sum(value < mine for value in others)


def _places(others: Sequence[float]) -> int:
    return (len(others) + 1) // REDUCTION


def _halved(epochs: int, looks: Sequence[int], trials: int) -> float:
    """The part of all epochs that so many trials train on a ladder of rungs."""
    steps = enumerate(pairwise([0, *looks, epochs]))
    most = float(max(trials, 1))
    return (
        sum(
            (after - before) / min(float(REDUCTION) ** place, most)
            for place, (before, after) in steps
        )
        / epochs
    )


@cache
def _turns(count: int) -> tuple[int, ...]:
    """Whose turn it is among so many brackets, trial after trial until it begins anew.

    The bracket with r rungs gets ceil(count / (r + 1) * REDUCTION**r) trials a round (Li et al., algorithm 1). They are
    mixed evenly, not one bracket after the other, so that a search of a few trials has some of each.
    """
    shares = [ceil(count / (left + 1) * REDUCTION**left) for left in reversed(range(count))]
    owed, found = [0] * count, []
    for _ in range(sum(shares)):
        owed = [due + share for due, share in zip(owed, shares, strict=True)]
        found.append(owed.index(max(owed)))
        owed[found[-1]] -= sum(shares)
    return tuple(found)
