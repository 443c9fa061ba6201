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

from app.domain.importance.anova_gp import AnovaModel, EncodedPoints
from app.domain.importance.comparison import (
    equally_good_values,
    find_best_end,
    is_clear_difference,
    z_scores_of,
)
from app.domain.search_space.parameters import Parameters, Value
from app.domain.search_space.space import SearchSpace

MIN_EVALUATED_TRIALS = 10
MAX_MODELLED_TRIALS = 200  # of more, some are left out evenly
OUTLIER_FACTOR = 3.0  # times the distance from the best to the median, above the median
WORSE_Z_SCORE = 1.0  # from which one value is taken to be worse than another,
MIN_DIFFERENCE = 0.1  # unless they differ by less than this many deviations of all objectives
NEGLIGIBLE_FRACTION = 0.05
MIN_RELATIVE_DEVIATION = 1e-9  # of objectives that are not all equal
Floats = NDArray[np.float64]


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
    measured = [trial.objective for trial in trials]
    objectives = limit_outliers(measured)
    if len(trials) < MIN_EVALUATED_TRIALS:
        return None
    if not space.searched or _are_equal(objectives):
        return None
    units = _Units(
        mean=float(objectives.mean()),
        deviation=float(objectives.std()),
    )
    parameters = [trial.parameters for trial in trials]
    best = int(objectives.argmin())
    best_parameters = parameters[best]
    standardised = (objectives - units.mean) / units.deviation
    model = AnovaModel(space, parameters, standardised)

    main, pairs = model.explained_variances
    total = float(main.sum() + pairs.sum()) + model.residual_variance
    effects = []
    for index, variance in enumerate(main):
        fraction = float(variance) / total
        effects.append(_effect(model, index, fraction, best_parameters, units))
    pair_effects = _pair_effects(model, pairs / total)
    return Importance(
        n_trials=len(trials),
        best_parameters=best_parameters,
        effects=tuple(sorted(effects, key=lambda effect: -effect.fraction)),
        pairs=tuple(sorted(pair_effects, key=lambda pair: -pair.fraction)),
        unexplained=model.residual_variance / total,
    )


def thin_trials(trials: Sequence[EvaluatedTrial]) -> Sequence[EvaluatedTrial]:
    """At most MAX_MODELLED_TRIALS of them: see `thin_evenly`."""
    objectives = [trial.objective for trial in trials]
    indices = thin_evenly(objectives, MAX_MODELLED_TRIALS)
    return [trials[index] for index in indices]


def thin_evenly(objectives: Sequence[float | None], limit: int) -> list[int]:
    """At most `limit` indices, evenly spaced, and that of the best objective in any case."""
    n_objectives = len(objectives)
    if n_objectives <= limit:
        return list(range(n_objectives))
    finite = {}
    for index, objective in enumerate(objectives):
        if _is_finite(objective):
            finite[index] = objective
    best = min(finite, key=lambda index: finite[index], default=0)
    last = n_objectives - 1
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
    distance = middle - best
    return middle + OUTLIER_FACTOR * distance


class _Units(NamedTuple):
    """The mean and the standard deviation of all objectives, which the model does not know."""

    mean: float
    deviation: float


def _is_finite(objective: float | None) -> TypeGuard[float]:
    return objective is not None and isfinite(objective)


def _are_equal(objectives: Floats) -> bool:
    deviation = float(objectives.std())
    largest = float(np.abs(objectives).max())
    least_deviation = MIN_RELATIVE_DEVIATION * largest
    return deviation <= least_deviation


def _pair_effects(model: AnovaModel, fractions: Floats) -> list[PairEffect]:
    """The effects of all pairs, from the fraction (pairs,) of the variance of each."""
    names = [effect.dimension.name for effect in model.effects]
    pair_effects = []
    for (left, right), fraction in zip(model.pairs, fractions, strict=True):
        effect = PairEffect(names[left], names[right], float(fraction))
        pair_effects.append(effect)
    return pair_effects


def _effect(
    model: AnovaModel, index: int, fraction: float, best_parameters: Parameters, units: _Units
) -> Effect:
    effect = model.effects[index]
    alone = model.predict_main_effect(index)
    around_best = model.predict(_vary_one(model, index, best_parameters))
    mean, covariance = around_best
    best = int(mean.argmin())
    difference = mean - mean[best]
    z_scores = z_scores_of(around_best, best)
    is_worse = (z_scores >= WORSE_Z_SCORE) & (difference >= MIN_DIFFERENCE)
    is_clear = is_clear_difference(alone) or is_clear_difference(around_best)
    variance = np.maximum(np.diag(covariance), 0.0)
    expected = units.mean + units.deviation * mean
    deviation = units.deviation * np.sqrt(variance)
    return Effect(
        name=effect.dimension.name,
        fraction=fraction,
        values=tuple(effect.values),
        expected=tuple(expected.tolist()),
        deviation=tuple(deviation.tolist()),
        best=effect.values[best],
        equally_good=equally_good_values(effect, is_worse, best),
        is_clear=is_clear,
        end=find_best_end(effect, is_worse, best),
    )


def _vary_one(model: AnovaModel, index: int, best_parameters: Parameters) -> EncodedPoints:
    """The best trial with one hyperparameter at each of its values, as if it were active there."""
    effect = model.effects[index]
    name = effect.dimension.name
    changed = [{**best_parameters, name: value} for value in effect.values]
    points = model.encode(changed)
    points.active[index] = 1.0
    points.coordinates[index][:] = effect.encoded_values
    return points
