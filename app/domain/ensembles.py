"""Which forecasts an experiment hands over: a weighted mean of the best trials and baselines.

The best of many trials looks better on the validation part than it is, because it was chosen there.
So trials are judged together, on rows that did not choose them: the mean of the best few by four
fifths of the rows is measured on the other fifth, in turns. The weights are those of the least
squared error, pulled towards equal weights of the three best forecasts (Diebold and Shin 2019's
egalitarian ridge), the more so the fewer rows there are. The best baseline, and naive (last value),
are simpler: they are preferred where what is not so simple does not gain a standard error on them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from app.domain.bootstrap import compare_errors
from app.domain.metrics import RMSE, Measure

Floats = NDArray[np.float64]
Errors = Mapping[str, Floats]

# The simplest first.
DELIVERABLE_BASELINES = ("naive", "seasonal_naive", "drift", "theta", "ets", "arima", "ridge")
MAX_TRIALS = 3
N_FOLDS = 5
NEAR_COPY_CORRELATION = 0.99  # of errors; forecasts so much alike count as one
N_EQUAL = 3  # forecasts whose equal weights the weights are pulled towards
EQUAL_ROWS = 100.0  # with so many rows, the pull counts as much as the errors do
MIN_WEIGHT = 0.05  # a member with less is left out
STEPS = 2_000  # of the search for weights
TRIALS = "trials"  # what the mean of the best trials is called among the candidates


class Taken(StrEnum):
    """What kind of forecast is handed over."""

    ENSEMBLE = "ensemble"
    SINGLE = "single"
    BASELINE = "baseline"


@dataclass(frozen=True)
class Comparison:
    """How much better something is than another forecast, on the validation part.

    name, error: the other forecast's. gain: its error minus that of what is compared with it.
    standard_error: of the gain; None for too few rows.
    """

    name: str
    error: float
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
    """What is handed over, and what it was compared with, on the validation part.

    weights: by name; they add up to 1. error: of the weighted mean, also where something simpler is
    taken. trials_error: of the mean of the best trials. Both count trials on rows that did not
    choose them. best_baseline: the mean beside it. against_naive: what is then the best beside
    naive (last value). None: there is no such baseline.
    """

    taken: Taken
    weights: Mapping[str, float]
    error: float
    trials_error: float
    best_baseline: Comparison | None
    against_naive: Comparison | None


def choose(trials: Errors, baselines: Errors, measure: Measure = RMSE) -> Choice:
    """Choose from validation errors by name, (rows,) or (origins, horizon).

    measure: what forecasts are compared by; the weights have the least squared error anyway.
    trials: at least one. baselines: those of DELIVERABLE_BASELINES that exist; others are ignored.
    Every array has the same rows.
    """
    deliverable = {name: baselines[name] for name in DELIVERABLE_BASELINES if name in baselines}
    members = find_best_trials(trials, slice(None), measure)
    candidates = {TRIALS: cross_fit(trials, measure), **deliverable}
    weights = fit_weights(candidates)
    errors = weighted_errors(weights, candidates)
    mean_error = measure.of_errors(errors)
    best_baseline = None
    if deliverable:
        best = min(deliverable, key=lambda name: measure.of_errors(deliverable[name]))
        best_baseline = compare(errors, best, deliverable[best], measure)
        if not best_baseline.is_clear:
            weights = {best: 1.0}
            errors = deliverable[best]
    against_naive = None
    if "naive" in deliverable and set(weights) != {"naive"}:
        against_naive = compare(errors, "naive", deliverable["naive"], measure)
        if not against_naive.is_clear:
            weights = {"naive": 1.0}
            errors = deliverable["naive"]
    all_weights = _share(weights, members)
    return Choice(
        taken=_kind(all_weights, trials),
        weights=all_weights,
        error=mean_error,
        trials_error=measure.of_errors(candidates[TRIALS]),
        best_baseline=best_baseline,
        against_naive=against_naive,
    )


def find_best_trials(
    trials: Errors, rows: slice | NDArray[np.int64], measure: Measure = RMSE
) -> list[str]:
    """The best of trials by these rows, MAX_TRIALS at most, no two of them near copies."""
    judged = {name: errors[rows] for name, errors in trials.items()}
    ranked = sorted(judged, key=lambda name: measure.of_errors(judged[name]))
    best: list[str] = []
    for name in ranked:
        if len(best) == MAX_TRIALS:
            break
        if not any(_is_near_copy(judged[name], judged[other]) for other in best):
            best.append(name)
    return best


def cross_fit(trials: Errors, measure: Measure = RMSE) -> Floats:
    """The errors of the mean of the best trials, each on rows that did not choose them.

    Folds are blocks of neighbouring rows. Of fewer than two rows, all choose.
    """
    n_rows = len(next(iter(trials.values())))
    rows = np.arange(n_rows)
    if n_rows == 1:
        return _mean(trials, find_best_trials(trials, rows, measure), rows)
    parts = []
    for fold in np.array_split(rows, min(N_FOLDS, n_rows)):
        best = find_best_trials(trials, np.setdiff1d(rows, fold), measure)
        parts.append(_mean(trials, best, fold))
    return np.concatenate(parts)


def fit_weights(candidates: Errors) -> dict[str, float]:
    """The weights of the mean, those of MIN_WEIGHT or more; they add up to 1."""
    names = list(candidates)
    matrix = np.stack([candidates[name].ravel() for name in names])
    covariances = matrix @ matrix.T / matrix.shape[1]
    smallest = float(np.diag(covariances).min())
    if smallest <= 0:
        return {names[int(np.argmin(np.diag(covariances)))]: 1.0}
    best = np.argsort(np.diag(covariances), kind="stable")[:N_EQUAL]
    equal = np.zeros(len(names))
    equal[best] = 1 / len(best)
    pull = EQUAL_ROWS / len(candidates[names[0]])
    weights = _descend(covariances / smallest, equal, pull)
    kept = np.where(weights >= MIN_WEIGHT, weights, 0)
    kept = kept / kept.sum()
    return {name: float(weight) for name, weight in zip(names, kept, strict=True) if weight > 0}


def weighted_errors(weights: Mapping[str, float], candidates: Errors) -> Floats:
    """The errors of a weighted mean of forecasts: the weighted mean of their errors."""
    weighted = [weight * candidates[name] for name, weight in weights.items()]
    return np.asarray(np.sum(weighted, axis=0), np.float64)


def compare(
    errors: Floats, other: str, other_errors: Floats, measure: Measure = RMSE
) -> Comparison:
    """How much better a forecast is than another one, from the errors of both."""
    gain, standard_error = compare_errors(errors, other_errors, measure)
    return Comparison(other, measure.of_errors(other_errors), gain, standard_error)


def _descend(covariances: Floats, equal: Floats, pull: float) -> Floats:
    """The w with least w'Cw + pull |w - equal|², w >= 0, sum 1: by projected gradients."""
    largest = float(np.linalg.eigvalsh(covariances)[-1])
    rate = 1 / (2 * (largest + pull))
    weights = equal
    for _ in range(STEPS):
        gradient = 2 * (covariances @ weights + pull * (weights - equal))
        weights = _project(weights - rate * gradient)
    return weights


def _project(point: Floats) -> Floats:
    """The nearest weights: none below 0, and their sum is 1 (Held, Wolfe and Crowder 1974)."""
    descending = np.sort(point)[::-1]
    excess = (np.cumsum(descending) - 1) / np.arange(1, len(point) + 1)
    n_positive = int(np.flatnonzero(descending > excess)[-1])
    return np.asarray(np.maximum(point - excess[n_positive], 0))


def _share(weights: Mapping[str, float], members: Sequence[str]) -> dict[str, float]:
    """The weight of the trials divided equally among them."""
    shared = {}
    for name, weight in weights.items():
        if name != TRIALS:
            shared[name] = weight
            continue
        for member in members:
            shared[member] = weight / len(members)
    return shared


def _kind(weights: Mapping[str, float], trials: Errors) -> Taken:
    if len(weights) > 1:
        return Taken.ENSEMBLE
    (name,) = weights
    if name in trials:
        return Taken.SINGLE
    return Taken.BASELINE


def _mean(trials: Errors, names: Sequence[str], rows: NDArray[np.int64]) -> Floats:
    return np.asarray(np.mean([trials[name][rows] for name in names], axis=0), np.float64)


def _is_near_copy(errors: Floats, other: Floats) -> bool:
    product = float(np.sum(errors * other))
    norm = float(np.sqrt(np.sum(np.square(errors)) * np.sum(np.square(other))))
    return product > NEAR_COPY_CORRELATION * norm
