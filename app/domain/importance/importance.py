"""Which hyperparameters the objective depends on, estimated from the trials of a search.

The variance between trials is divided as a functional analysis of variance does (Hutter et al., An
Efficient Approach for Assessing Hyperparameter Importance, 2014): over the whole search space,
whichever trials were chosen, into what each hyperparameter does alone, what two do together, and a
rest, which is chance or more complicated. Around the best trial, the model also predicts what
would come of changing one hyperparameter alone.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from app.domain.importance.anova_gp import AnovaModel, EncodedPoints, Floats
from app.domain.importance.comparison import (
    equally_good_values,
    find_best_end,
    is_clear_difference,
    z_scores_of,
)
from app.domain.importance.objective_model import ObjectiveModel
from app.domain.search_space.parameters import Parameters, Value

WORSE_Z_SCORE = 1.0  # from which one value is taken to be worse than another,
MIN_DIFFERENCE = 0.1  # unless they differ by less than this many deviations of all objectives
NEGLIGIBLE_FRACTION = 0.05


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


def measure_importance(fitted: ObjectiveModel) -> Importance:
    """Measure what each hyperparameter does."""
    anova = fitted.anova
    main, pairs = anova.explained_variances
    total = float(main.sum() + pairs.sum()) + anova.residual_variance
    effects = []
    for index, variance in enumerate(main):
        fraction = float(variance) / total
        effects.append(_effect(fitted, index, fraction))
    pair_effects = _pair_effects(anova, pairs / total)
    return Importance(
        n_trials=fitted.n_trials,
        best_parameters=fitted.best_parameters,
        effects=tuple(sorted(effects, key=lambda effect: -effect.fraction)),
        pairs=tuple(sorted(pair_effects, key=lambda pair: -pair.fraction)),
        unexplained=anova.residual_variance / total,
    )


def _pair_effects(model: AnovaModel, fractions: Floats) -> list[PairEffect]:
    """The effects of all pairs, from the fraction (pairs,) of the variance of each."""
    names = [effect.dimension.name for effect in model.effects]
    pair_effects = []
    for (left, right), fraction in zip(model.pairs, fractions, strict=True):
        effect = PairEffect(names[left], names[right], float(fraction))
        pair_effects.append(effect)
    return pair_effects


def _effect(fitted: ObjectiveModel, index: int, fraction: float) -> Effect:
    model = fitted.anova
    units = fitted.units
    effect = model.effects[index]
    alone = model.predict_main_effect(index)
    around_best = model.predict(_vary_one(model, index, fitted.best_parameters))
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
