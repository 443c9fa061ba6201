"""Which forecasts an experiment hands over: a few trials and baselines, or one of them.

Greedy selection with replacement (Caruana et al. 2004), on the validation part alone. The best of
many trials, and a mean that was chosen by the same rows, look better there than they are. So
whatever is not so simple has to be better by more than one standard error: a mean of several
forecasts than the best trial, and what is then taken than a baseline.
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
MEMBER_BASELINES = ("theta", "ets", "arima", "ridge")  # of those, which can be a member of a mean
MAX_MEMBERS = 5
MAX_DRAWS = 20
NEAR_COPY_CORRELATION = 0.99  # of errors; forecasts so much alike count as one


class Taken(StrEnum):
    """What kind of forecast is handed over."""

    ENSEMBLE = "ensemble"
    SINGLE = "single"
    BASELINE = "baseline"


@dataclass(frozen=True)
class Comparison:
    """How much better something is than a simpler forecast, on the validation part.

    name, rmse: the simpler forecast's. gain: its RMSE minus that of the other.
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

    weights: by name; they add up to 1. rmse: of the weighted mean, on the validation part.
    against_single: the greedy mean beside the best trial; None where it is that trial alone.
    against_baseline: the mean or the trial beside the baseline; None where there is none.
    """

    taken: Taken
    weights: Mapping[str, float]
    rmse: float
    against_single: Comparison | None
    against_baseline: Comparison | None


def choose(trials: Errors, baselines: Errors) -> Choice:
    """Choose from validation errors (rows,) by name.

    trials: at least one, the best one first. baselines: those of DELIVERABLE_BASELINES that exist;
    others are ignored. Every array has the same rows.
    """
    single = next(iter(trials))
    candidates = dict(trials)
    for name in MEMBER_BASELINES:
        if name in baselines:
            candidates[name] = baselines[name]
    weights = choose_weights(drop_near_copies(candidates))
    against_single = None
    taken = Taken.SINGLE
    if set(weights) != {single}:
        mean_errors = weighted_errors(weights, candidates)
        against_single = compare(mean_errors, single, trials[single])
        if against_single.is_clear:
            taken = Taken.ENSEMBLE
        else:
            weights = {single: 1.0}
    return _guard(taken, weights, candidates, baselines, against_single)


def drop_near_copies(candidates: Errors) -> dict[str, Floats]:
    """Only the first of candidates whose errors correlate by more than NEAR_COPY_CORRELATION."""
    different: dict[str, Floats] = {}
    for name, errors in candidates.items():
        is_copy = any(_correlate(errors, other) for other in different.values())
        if not is_copy:
            different[name] = errors
    return different


def choose_weights(candidates: Errors) -> dict[str, float]:
    """How often each candidate is drawn, as a fraction of the draws.

    Each draw adds the candidate that makes the mean of all draws best, until no draw helps.
    """
    draws: list[str] = []
    best_draws: list[str] = []
    best_rmse = np.inf
    names = list(candidates)
    matrix = np.stack([candidates[name] for name in names])
    total = np.zeros(matrix.shape[1])
    for count in range(1, MAX_DRAWS + 1):
        mean_squares = np.mean(np.square((total + matrix) / count), axis=1)
        if len(set(draws)) == MAX_MEMBERS:
            is_new = [name not in draws for name in names]
            mean_squares[is_new] = np.inf
        index = int(np.argmin(mean_squares))
        total = total + matrix[index]
        draws.append(names[index])
        rmse = float(np.sqrt(mean_squares[index]))
        if rmse < best_rmse:
            best_rmse = rmse
            best_draws = list(draws)
    return {name: best_draws.count(name) / len(best_draws) for name in dict.fromkeys(best_draws)}


def weighted_errors(weights: Mapping[str, float], candidates: Errors) -> Floats:
    """The errors of a weighted mean of forecasts: the weighted mean of their errors."""
    weighted = [weight * candidates[name] for name, weight in weights.items()]
    return np.asarray(np.sum(weighted, axis=0), np.float64)


def best_baseline(baselines: Errors) -> str | None:
    """The baseline to beat: a less simple one only if it is better by a standard error."""
    best = None
    for name in DELIVERABLE_BASELINES:
        if name not in baselines:
            continue
        if best is None or compare(baselines[name], best, baselines[best]).is_clear:
            best = name
    return best


def compare(errors: Floats, simpler: str, simpler_errors: Floats) -> Comparison:
    """How much better a forecast is than a simpler one, from the errors of both."""
    gain, standard_error = rmse_difference(errors, simpler_errors)
    return Comparison(simpler, root_mean_square(simpler_errors), gain, standard_error)


def _guard(
    taken: Taken,
    weights: dict[str, float],
    candidates: Errors,
    baselines: Errors,
    against_single: Comparison | None,
) -> Choice:
    """Take a baseline where what is taken so far is not clearly better."""
    errors = weighted_errors(weights, candidates)
    against_baseline = None
    baseline = best_baseline(baselines)
    if baseline is not None:
        against_baseline = compare(errors, baseline, baselines[baseline])
        if not against_baseline.is_clear:
            taken = Taken.BASELINE
            weights = {baseline: 1.0}
            errors = baselines[baseline]
    return Choice(
        taken=taken,
        weights=weights,
        rmse=root_mean_square(errors),
        against_single=against_single,
        against_baseline=against_baseline,
    )


def _correlate(errors: Floats, other: Floats) -> bool:
    """Whether two forecasts are near copies of each other."""
    product = float(errors @ other)
    norm = float(np.sqrt((errors @ errors) * (other @ other)))
    return product > NEAR_COPY_CORRELATION * norm
