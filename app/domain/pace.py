"""How fast trials go on an installation: how many of their epochs they train, and what is around.

Patience ends most trainings early, and reading, evaluating, storing and asking for the next
parameters take time too. Both are measured on trials that have ended.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import groupby
from operator import attrgetter
from statistics import fmean, median

USUAL_EPOCH_FRACTION = 0.6
USUAL_SECONDS_AROUND = 0.5
PRIOR_TRIALS = 5  # the usual fraction counts as much as that of so many trials
MAX_MEDIANS = 5  # that one value counts as
SHORTEST_MEDIAN = 0.1  # seconds
MIN_TRIALS = 5  # before the seconds around trainings are measured


@dataclass(frozen=True)
class EndedTrial:
    """A trial that has ended. started, ended: in seconds from any moment.

    training_seconds: of its epochs. epoch_fraction: of its epochs that were trained before patience
    ended it; None where something else may have ended it.
    """

    experiment_id: int
    started: float
    ended: float
    training_seconds: float
    epoch_fraction: float | None


@dataclass(frozen=True)
class Pace:
    """The fraction of the epochs that a trial with patience trains.

    seconds_around: of a slot, around each training and until the next one begins.
    """

    epoch_fraction: float = USUAL_EPOCH_FRACTION
    seconds_around: float = USUAL_SECONDS_AROUND


def measure_pace(trials: Sequence[EndedTrial]) -> Pace:
    """The pace of these trials; what is usual where there are few of them."""
    fractions = [trial.epoch_fraction for trial in trials if trial.epoch_fraction is not None]
    weighted_sum = PRIOR_TRIALS * USUAL_EPOCH_FRACTION + sum(fractions)
    epoch_fraction = weighted_sum / (PRIOR_TRIALS + len(fractions))
    if len(trials) < MIN_TRIALS:
        return Pace(epoch_fraction)
    around = [max(0.0, trial.ended - trial.started - trial.training_seconds) for trial in trials]
    gaps: list[float] = []
    by_experiment = sorted(trials, key=attrgetter("experiment_id", "started"))
    for _, of_experiment in groupby(by_experiment, key=attrgetter("experiment_id")):
        gaps += measure_gaps(of_experiment)
    return Pace(epoch_fraction, clipped_mean(around) + clipped_mean(gaps))


def clipped_mean(values: Sequence[float]) -> float:
    """The mean, for which a value counts as some medians at most: a pause says nothing."""
    if not values:
        return 0.0
    most = MAX_MEDIANS * max(median(values), SHORTEST_MEDIAN)
    return fmean(min(value, most) for value in values)


def measure_gaps(trials: Iterable[EndedTrial]) -> list[float]:
    """Seconds for which slots waited for their next trial. trials: in the order of their starts."""
    gaps = []
    ends: list[float] = []  # of the slots that wait or train
    for trial in trials:
        if ends and ends[0] <= trial.started:
            gaps.append(trial.started - heappop(ends))
        heappush(ends, trial.ended)
    return gaps
