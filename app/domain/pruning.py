"""Which running trials show no promise, and which pruned ones deserve to go on.

Values are objectives: lower is better. A trial's value is its best one up to an epoch.
The objective is RMSE in the units of the CSV by default, so that trials with other windows,
scalings or targets can be compared.

median: a trial is pruned when its best value so far is worse than the median of the other
    trials at the same epoch.
asha: asynchronous successive halving (Li et al., A System for Massively Parallel Hyperparameter
    Tuning, 2020). At each rung, a fixed number of epochs, only the best 1 / REDUCTION_FACTOR of
    all trials that came this far go on. A pruned trial is promoted later when it turns out to be
    among them, and its training continues.
hyperband: several of asha's ladders side by side (Li et al., Hyperband, JMLR 18, 2018).
    Bracket 0 has all rungs, each further bracket leaves out the lowest rung of the one before,
    and the last has none, so that a search does not depend on how much the first epochs tell.
    A trial's bracket follows from its number, and it is compared within its bracket only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import ceil
from statistics import median

MIN_EPOCHS_FOR_MEDIAN = 4
MIN_OTHERS_FOR_MEDIAN = 5  # trials that must have come as far
EXPECTED_FRACTION_WITH_MEDIAN = 0.75  # half of the trials end about half-way
REDUCTION_FACTOR = 3
MAX_RUNGS = 4  # below the full number of epochs


@dataclass(frozen=True)
class PruningInfo:
    """What a way of pruning can do.

    `prunes`: it ends trials early.
    `promotes`: it is successive halving, so a pruned trial may go on later.
    `has_brackets`: it spreads the trials over several ladders of rungs.
    """

    name: str
    description: str
    prunes: bool = True
    promotes: bool = False
    has_brackets: bool = False


_ALL_PRUNINGS = (
    PruningInfo("none", "Every trial trains to its end.", prunes=False),
    PruningInfo(
        "median",
        "A trial that is worse than the median of the others at the same epoch is ended.",
    ),
    PruningInfo(
        "asha",
        "Successive halving: every trial trains a little, "
        "only the best third of each rung trains on.",
        promotes=True,
    ),
    PruningInfo(
        "hyperband",
        "Successive halving that begins early for most trials, later for others, "
        "and never for a few.",
        promotes=True,
        has_brackets=True,
    ),
)
PRUNINGS: Mapping[str, PruningInfo] = {info.name: info for info in _ALL_PRUNINGS}
PRUNINGS_THAT_PRUNE = tuple(info.name for info in _ALL_PRUNINGS if info.prunes)


def rungs(epochs: int) -> list[int]:
    """The epochs at which asha compares trials that train at most `epochs`: 70 -> [1, 3, 8, 23]."""
    ladder = set()
    for power in range(1, MAX_RUNGS + 1):
        reduction = REDUCTION_FACTOR**power
        rung = round(epochs / reduction)
        if 0 < rung < epochs:
            ladder.add(rung)
    return sorted(ladder)


def count_brackets(pruning: str, epochs: int) -> int:
    """How many brackets the trials of a search are spread over."""
    if PRUNINGS[pruning].has_brackets:
        ladder = rungs(epochs)
        return len(ladder) + 1
    return 1


def bracket_of(pruning: str, number: int, epochs: int) -> int:
    """The bracket, from 0, of the trial with a number, from 1; trials train at most `epochs`."""
    n_brackets = count_brackets(pruning, epochs)
    round_of_brackets = _round_of_brackets(n_brackets)
    length = len(round_of_brackets)
    index = (number - 1) % length
    return round_of_brackets[index]


def expected_epoch_fraction(pruning: str, epochs: int, trials: int) -> float:
    """The fraction of all epochs that a search is expected to train, before any trial has run.

    asha: all trials reach the first rung, one in REDUCTION_FACTOR of them gets from each rung to
    the next, and at least one trial trains to its end. hyperband: the same, over its brackets.
    """
    info = PRUNINGS[pruning]
    if not info.prunes:
        return 1.0
    if not info.promotes:
        return EXPECTED_FRACTION_WITH_MEDIAN
    ladder = rungs(epochs)
    round_of_brackets = _round_of_brackets(count_brackets(pruning, epochs))
    fractions = []
    for bracket in round_of_brackets:
        fraction = _halved_fraction(epochs, ladder[bracket:], trials)
        fractions.append(fraction)
    return sum(fractions) / len(fractions)


def compares_at(pruning: str, epoch: int, epochs: int, bracket: int = 0) -> bool:
    """Whether a trial of a bracket may be pruned after this epoch of at most `epochs`."""
    info = PRUNINGS[pruning]
    if info.promotes:
        ladder = rungs(epochs)
        return epoch in ladder[bracket:]
    if not info.prunes:
        return False
    return MIN_EPOCHS_FOR_MEDIAN <= epoch < epochs


def reason_to_prune(
    pruning: str, epoch: int, value: float, others: Sequence[float], bracket: int = 0
) -> str | None:
    """Why to prune a trial after an epoch for which `compares_at` holds; None when it may go on.

    `value`: its best value so far; `others`: those of the other trials of its bracket that came
    as far.
    """
    info = PRUNINGS[pruning]
    if info.has_brackets:
        compared_with = f"trials of bracket {bracket + 1}"
        return _reason_by_halving(epoch, value, others, compared_with)
    if info.promotes:
        return _reason_by_halving(epoch, value, others, "trials")
    if info.prunes:
        return _reason_by_median(epoch, value, others)
    return None


def is_promoted(value: float, others: Sequence[float]) -> bool:
    """Whether a trial that was pruned at a rung is by now among the best of its bracket there."""
    rank = _count_better(value, others)
    promoted = _count_promoted(others)
    return rank < promoted


def _reason_by_median(epoch: int, value: float, others: Sequence[float]) -> str | None:
    n_others = len(others)
    if n_others < MIN_OTHERS_FOR_MEDIAN:
        return None
    if value <= median(others):
        return None
    return f"worse than the median of {n_others} trials at epoch {epoch}"


def _reason_by_halving(
    epoch: int, value: float, others: Sequence[float], compared_with: str
) -> str | None:
    rank = _count_better(value, others)
    promoted = _count_promoted(others)
    if rank < promoted:
        return None
    if promoted == 0:
        consequence = f"the best one goes on once {REDUCTION_FACTOR} have come"
    elif promoted == 1:
        consequence = "the best one goes on for now"
    else:
        consequence = f"the best {promoted} go on for now"
    n_trials = len(others) + 1
    position = f"number {rank + 1} of {n_trials} {compared_with}"
    return f"{position} at epoch {epoch}, where {consequence}"


def _count_better(value: float, others: Sequence[float]) -> int:
    """How many of the other trials are better."""
    better = [other for other in others if other < value]
    return len(better)


def _count_promoted(others: Sequence[float]) -> int:
    """How many of the trials at a rung go on: these others and one more."""
    n_trials = len(others) + 1
    return n_trials // REDUCTION_FACTOR


def _halved_fraction(epochs: int, ladder: Sequence[int], trials: int) -> float:
    """The fraction of all epochs that so many trials train on a ladder of rungs."""
    at_most = float(max(trials, 1))  # one trial at least trains to its end
    trained = []
    stages = pairwise([0, *ladder, epochs])
    for stage, (start, end) in enumerate(stages):
        reduction = float(REDUCTION_FACTOR) ** stage
        length = end - start
        trained.append(length / min(reduction, at_most))
    return sum(trained) / epochs


@cache
def _round_of_brackets(count: int) -> tuple[int, ...]:
    """The brackets of one round of trials, trial after trial; then the round starts over.

    The bracket with r rungs gets ceil(count / (r + 1) * REDUCTION_FACTOR**r) trials a round
    (Li et al., Hyperband, algorithm 1). They are mixed evenly, not one bracket after the other,
    so that a search of a few trials has some of each.
    """
    trials_of_bracket = []
    for rungs_left in reversed(range(count)):
        trials = count / (rungs_left + 1) * REDUCTION_FACTOR**rungs_left
        trials_of_bracket.append(ceil(trials))
    trials_of_round = sum(trials_of_bracket)
    credits = [0] * count
    brackets: list[int] = []
    for _ in range(trials_of_round):
        for bracket, earned in enumerate(trials_of_bracket):
            credits[bracket] += earned
        most_credits = max(credits)
        most_due = credits.index(most_credits)
        credits[most_due] -= trials_of_round
        brackets.append(most_due)
    return tuple(brackets)
