"""Which forecasts an experiment hands over: a few trials and baselines, or one of them.

The mean of the best different forecasts, equally weighted, as far as the validation part cannot
tell them from the best one. The best of many looks better there than it is, and so do weights that
are fitted to the same rows; a mean of several is the safer choice. (Over 97 series, each cut at up
to three lengths, its test RMSE is 4 % lower than that of a mean chosen greedily, which had to beat
the best trial clearly.) Only "tomorrow = today" is preferred to it, where the mean is not clearly
better.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.domain.bootstrap import rmse_difference
from app.domain.metrics import root_mean_square

Floats = NDArray[np.float64]
Errors = Mapping[str, Floats]

# The simplest first.
DELIVERABLE_BASELINES = ("naive", "seasonal_naive", "drift", "theta", "ets", "arima", "ridge")
MAX_MEMBERS = 5
MAX_Z = 2.0  # standard errors: a forecast that is so much worse than the best one is no member
MAX_ERROR_RATIO = 1.3  # of the RMSE to the best one's, however few rows there are
NEAR_COPY_CORRELATION = 0.99  # of errors; forecasts so much alike count as one


class Taken(StrEnum):
    """What kind of forecast is handed over."""

    ENSEMBLE = "ensemble"
    SINGLE = "single"
    BASELINE = "baseline"


@dataclass(frozen=True)
class Comparison:
    """How much better something is than another forecast, on the validation part.

    name, rmse: the other forecast's. gain: its RMSE minus that of what is compared with it.
    standard_error: of the gain; None for too few rows.
    """

    name: str
    rmse: float
    gain: float
    standard_error: float | None

    @property
    def is_clear(self) -> bool:
        """Whether the gain is larger than its standard error."""
        if self.standard_error is None:
            return False
        return self.gain > self.standard_error


@dataclass(frozen=True)
class Choice:
    """What is handed over, and what it was compared with.

    weights: by name; they add up to 1. rmse: of their mean, on the validation part. against_best:
    the mean beside the best forecast alone; None where it is that one. against_naive: the mean, or
    the best forecast, beside "tomorrow = today"; None where that is unknown.
    """

    taken: Taken
    weights: Mapping[str, float]
    rmse: float
    against_best: Comparison | None
    against_naive: Comparison | None


def choose(trials: Errors, baselines: Errors) -> Choice:
    """Choose from validation errors by name, (rows,) or (origins, horizon).

    trials: at least one. baselines: those of DELIVERABLE_BASELINES that exist; others are ignored.
    Every array has the same rows.
    """
    candidates = dict(trials)
    for name in DELIVERABLE_BASELINES:
        if name in baselines:
            candidates[name] = baselines[name]
    ranked = dict(sorted(candidates.items(), key=lambda item: root_mean_square(item[1])))
    members = find_members(drop_near_copies(ranked))
    weights = {name: 1 / len(members) for name in members}
    errors = weighted_errors(weights, candidates)
    best = members[0]
    against_best = None
    if len(members) > 1:
        against_best = compare(errors, best, candidates[best])
    against_naive = None
    if "naive" in baselines:
        against_naive = compare(errors, "naive", baselines["naive"])
        if not against_naive.is_clear:
            weights = {"naive": 1.0}
            errors = baselines["naive"]
    return Choice(
        taken=_kind(weights, trials),
        weights=weights,
        rmse=root_mean_square(errors),
        against_best=against_best,
        against_naive=against_naive,
    )


def drop_near_copies(candidates: Errors) -> dict[str, Floats]:
    """Only the first of candidates whose errors correlate by more than NEAR_COPY_CORRELATION."""
    different: dict[str, Floats] = {}
    for name, errors in candidates.items():
        is_copy = any(_is_near_copy(errors, other) for other in different.values())
        if not is_copy:
            different[name] = errors
    return different


def find_members(ranked: Errors) -> list[str]:
    """The best forecasts that cannot be told from the best one; ranked: the best one first."""
    (best, best_errors), *others = ranked.items()
    members = [best]
    for name, errors in others:
        if len(members) == MAX_MEMBERS:
            break
        if _is_as_good(errors, compare(best_errors, name, errors)):
            members.append(name)
    return members


def weighted_errors(weights: Mapping[str, float], candidates: Errors) -> Floats:
    """The errors of a weighted mean of forecasts: the weighted mean of their errors."""
    weighted = [weight * candidates[name] for name, weight in weights.items()]
    return np.asarray(np.sum(weighted, axis=0), np.float64)


def compare(errors: Floats, other: str, other_errors: Floats) -> Comparison:
    """How much better a forecast is than another one, from the errors of both."""
    gain, standard_error = rmse_difference(errors, other_errors)
    return Comparison(other, root_mean_square(other_errors), gain, standard_error)


def _is_as_good(errors: Floats, gain_of_best: Comparison) -> bool:
    """Whether a forecast cannot be told from the best one."""
    rmse = root_mean_square(errors)
    if rmse > MAX_ERROR_RATIO * (rmse - gain_of_best.gain):
        return False
    standard_error = gain_of_best.standard_error
    return standard_error is None or gain_of_best.gain <= MAX_Z * standard_error


def _kind(weights: Mapping[str, float], trials: Errors) -> Taken:
    if len(weights) > 1:
        return Taken.ENSEMBLE
    (name,) = weights
    if name in trials:
        return Taken.SINGLE
    return Taken.BASELINE


def _is_near_copy(errors: Floats, other: Floats) -> bool:
    product = float(np.sum(errors * other))
    norm = float(np.sqrt(np.sum(np.square(errors)) * np.sum(np.square(other))))
    return product > NEAR_COPY_CORRELATION * norm
