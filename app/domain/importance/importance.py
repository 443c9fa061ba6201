"""Which hyperparameters the objective depends on, estimated from the trials of a search.

The variance between trials is divided as a functional analysis of variance does (Hutter et al., An
Efficient Approach for Assessing Hyperparameter Importance, 2014): over the whole search space,
whichever trials were chosen, into what each hyperparameter does alone, what two do together, and a
rest, which is chance or more complicated. Around the best trial, the model also predicts what
would come of changing one hyperparameter alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import NamedTuple, TypeGuard

import numpy as np
from numpy.typing import NDArray

from app.domain.importance.anova_gp import AnovaModel, EncodedPoints, MainEffect, Prediction
from app.domain.search_space.parameters import Parameters, Value
from app.domain.search_space.space import SearchSpace

MIN_EVALUATED_TRIALS = 10
MAX_MODELLED_TRIALS = 200  # of more, some are left out evenly
OUTLIER_FACTOR = 3.0  # times the distance from the best to the median, above the median
CLEAR_Z_SCORE = 2.5  # by which the worst of a hyperparameter's values is clearly worse
WORSE_Z_SCORE = 1.0  # from which one value is taken to be worse than another,
MIN_DIFFERENCE = 0.1  # unless they differ by less than this many deviations of all objectives
NEGLIGIBLE_FRACTION = 0.05
MIN_RELATIVE_DEVIATION = 1e-9  # of objectives that are not all equal
MIN_VARIANCE_OF_DIFFERENCE = 1e-12
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class EvaluatedTrial(NamedTuple):
    """Complete parameters and their objective; None where the training diverged."""

    parameters: Parameters
    objective: float | None


@dataclass(frozen=True)
class Effect:
    """What one hyperparameter does.

    `fraction`: how much of the variance between trials it accounts for alone.
    `values`: in order; `expected`: the objective of the best trial with that value alone changed;
    `deviation`: its standard deviation.
    `best`: the value with the lowest expected objective.
    `equally_good`: the values that are not worse as far as can be told; numbers from first to last.
    `is_clear`: it makes a difference beyond chance, on average or around the best trial.
    `end`: "low" or "high" where the best value is the last number on that side, values further
    inside are worse, and the hyperparameter allows values further out.
    """

    name: str
    fraction: float
    values: tuple[Value, ...]
    expected: tuple[float, ...]
    deviation: tuple[float, ...]
    best: Value
    equally_good: tuple[Value, ...]
    is_clear: bool
    end: str | None

    @property
    def is_negligible(self) -> bool:
        """Whether it makes no clear difference, and at most a small one."""
        if self.is_clear:
            return False
        return self.fraction < NEGLIGIBLE_FRACTION


class PairEffect(NamedTuple):
    """How much of the variance between trials two hyperparameters account for only together."""

    first: str
    second: str
    fraction: float


@dataclass(frozen=True)
class Importance:
    """What all hyperparameters do, the most important first.

    `n_trials`: that were modelled; `best_parameters`: of the best of them.
    `unexplained`: the fraction of the variance that is chance, or takes more than two.
    """

    n_trials: int
    best_parameters: Parameters
    effects: tuple[Effect, ...]
    pairs: tuple[PairEffect, ...]
    unexplained: float


def estimate_importance(space: SearchSpace, trials: Sequence[EvaluatedTrial]) -> Importance | None:
    """Estimate what each hyperparameter does.

    None for fewer than MIN_EVALUATED_TRIALS, trials that are all equal, or a space in which
    nothing is searched.
    """
    trials = thin_trials(trials)
    objectives = limit_outliers([trial.objective for trial in trials])
    if len(trials) < MIN_EVALUATED_TRIALS or not space.searched or _are_equal(objectives):
        return None
    units = _Units(float(objectives.mean()), float(objectives.std()))
    parameters = [trial.parameters for trial in trials]
    best_parameters = parameters[int(np.argmin(objectives))]
    model = AnovaModel(space, parameters, (objectives - units.mean) / units.deviation)

    main, pairs = model.explained_variances
    total = float(main.sum() + pairs.sum()) + model.residual_variance
    effects = [
        _effect(model, index, float(variance) / total, best_parameters, units)
        for index, variance in enumerate(main)
    ]
    pair_effects = [
        PairEffect(effects[left].name, effects[right].name, float(variance) / total)
        for (left, right), variance in zip(model.pairs, pairs, strict=True)
    ]
    return Importance(
        len(trials),
        best_parameters,
        tuple(sorted(effects, key=lambda effect: -effect.fraction)),
        tuple(sorted(pair_effects, key=lambda pair: -pair.fraction)),
        model.residual_variance / total,
    )


def thin_trials(trials: Sequence[EvaluatedTrial]) -> Sequence[EvaluatedTrial]:
    """At most MAX_MODELLED_TRIALS of them: see `thin_evenly`."""
    objectives = [trial.objective for trial in trials]
    indices = thin_evenly(objectives, MAX_MODELLED_TRIALS)
    return [trials[index] for index in indices]


def thin_evenly(objectives: Sequence[float | None], limit: int) -> list[int]:
    """At most `limit` indices, evenly spaced, and that of the best objective in any case."""
    if len(objectives) <= limit:
        return list(range(len(objectives)))
    finite = {
        index: objective for index, objective in enumerate(objectives) if _is_finite(objective)
    }
    best = min(finite, key=lambda index: finite[index], default=0)
    last = len(objectives) - 1
    evenly = np.linspace(0, last, limit - 1).round()
    indices = evenly.astype(int).tolist()
    return sorted({*indices, best})


def limit_outliers(objectives: Sequence[float | None]) -> Floats:
    """Objectives (trials,), those that are worse than the limit, or diverged, set to it."""
    finite = [objective for objective in objectives if _is_finite(objective)]
    if not finite:
        return np.zeros(len(objectives))
    limit = outlier_limit(finite)
    limited = np.full(len(objectives), limit, np.float64)
    for index, objective in enumerate(objectives):
        if _is_finite(objective):
            limited[index] = min(objective, limit)
    return limited


def outlier_limit(objectives: Sequence[float]) -> float:
    """The objective beyond which a trial counts as no worse.

    OUTLIER_FACTOR times as far above the median as the best objective is below it; the worst
    objective where half of the trials are as good as the best.
    """
    middle = float(np.median(objectives))
    best = min(objectives)
    if middle <= best:
        return max(objectives)
    return middle + OUTLIER_FACTOR * (middle - best)


class _Units(NamedTuple):
    """The mean and the standard deviation of all objectives, which the model does not know."""

    mean: float
    deviation: float


def _is_finite(objective: float | None) -> TypeGuard[float]:
    return objective is not None and isfinite(objective)


def _are_equal(objectives: Floats) -> bool:
    deviation = objectives.std()
    largest = np.abs(objectives).max()
    return bool(deviation <= MIN_RELATIVE_DEVIATION * largest)


def _effect(
    model: AnovaModel, index: int, fraction: float, best_parameters: Parameters, units: _Units
) -> Effect:
    effect = model.effects[index]
    around_best = model.predict(_vary_one(model, index, best_parameters))
    mean, covariance = around_best
    best = int(np.argmin(mean))
    difference = mean - mean[best]
    is_worse = (_z_scores(around_best, best) >= WORSE_Z_SCORE) & (difference >= MIN_DIFFERENCE)
    deviation = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    is_clear = _is_clear(model.predict_main_effect(index)) or _is_clear(around_best)
    return Effect(
        name=effect.dimension.name,
        fraction=fraction,
        values=tuple(effect.values),
        expected=tuple((units.mean + units.deviation * mean).tolist()),
        deviation=tuple((units.deviation * deviation).tolist()),
        best=effect.values[best],
        equally_good=_equally_good_values(effect, is_worse, best),
        is_clear=is_clear,
        end=_best_end(effect, is_worse, best),
    )


def _vary_one(model: AnovaModel, index: int, best_parameters: Parameters) -> EncodedPoints:
    """The best trial with one hyperparameter at each of its values, as if it were active there."""
    effect = model.effects[index]
    name = effect.dimension.name
    points = model.encode([{**best_parameters, name: value} for value in effect.values])
    points.active[index] = 1.0
    points.coordinates[index][:] = effect.encoded_values
    return points


def _z_scores(prediction: Prediction, best: int) -> Floats:
    """By how many standard deviations each value (values,) is worse than the best one."""
    mean, covariance = prediction
    variance_of_best = covariance[best, best]
    variance = np.diag(covariance) + variance_of_best - 2 * covariance[best]
    bounded = np.maximum(variance, MIN_VARIANCE_OF_DIFFERENCE)
    difference = mean - mean[best]
    return np.asarray(difference / np.sqrt(bounded))


def _is_clear(prediction: Prediction) -> bool:
    """Whether the worst of a hyperparameter's values is worse than the best beyond chance."""
    best = int(np.argmin(prediction.mean))
    worst = int(np.argmax(prediction.mean))
    z_scores = _z_scores(prediction, best)
    return float(z_scores[worst]) >= CLEAR_Z_SCORE


def _equally_good_values(effect: MainEffect, is_worse: Flags, best: int) -> tuple[Value, ...]:
    """The values that are not worse; of numbers those next to the best without a gap."""
    if not effect.is_ordered:
        indices = np.flatnonzero(~is_worse)
        return tuple(effect.values[index] for index in indices)
    first = best
    while first > 0 and not is_worse[first - 1]:
        first -= 1
    last = best
    while last < len(effect.values) - 1 and not is_worse[last + 1]:
        last += 1
    return tuple(effect.values[first : last + 1])


def _best_end(effect: MainEffect, is_worse: Flags, best: int) -> str | None:
    """The end at which the best value is, if a fourth of the way in is worse.

    None also where the hyperparameter does not allow values further out.
    """
    last = len(effect.values) - 1
    if not effect.is_ordered or last < 2 or best not in (0, last):
        return None
    catalogue = effect.dimension.catalogue
    hyperparameter = catalogue[effect.dimension.name]
    value = float(effect.values[best])
    fourth = max(1, last // 4)
    if best == 0:
        end = "low"
        inside = fourth
        can_go_on = value > hyperparameter.low
    else:
        end = "high"
        inside = last - fourth
        can_go_on = value < hyperparameter.high
    if is_worse[inside] and can_go_on:
        return end
    return None
