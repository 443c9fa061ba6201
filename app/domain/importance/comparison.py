"""How the values of one hyperparameter compare, by the objective predicted for each of them."""

import numpy as np
from numpy.typing import NDArray

from app.domain.importance.anova_gp import Prediction
from app.domain.importance.main_effect import MainEffect
from app.domain.search_space.catalogue import Value

CLEAR_Z_SCORE = 2.5  # by which the worst of a hyperparameter's values is clearly worse
MIN_VARIANCE_OF_DIFFERENCE = 1e-12
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def z_scores_of(prediction: Prediction, best: int) -> Floats:
    """By how many standard deviations each value (values,) is worse than the best one."""
    mean = prediction.mean
    covariance = prediction.covariance
    variances = np.diag(covariance)
    with_best = covariance[best]
    variance = variances + variances[best] - 2 * with_best
    bounded = np.maximum(variance, MIN_VARIANCE_OF_DIFFERENCE)
    deviation = np.sqrt(bounded)
    difference = mean - mean[best]
    return np.asarray(difference / deviation)


def is_clear_difference(prediction: Prediction) -> bool:
    """Whether the worst of a hyperparameter's values is worse than the best beyond chance."""
    mean = prediction.mean
    best = int(mean.argmin())
    worst = int(mean.argmax())
    z_scores = z_scores_of(prediction, best)
    return float(z_scores[worst]) >= CLEAR_Z_SCORE


def equally_good_values(effect: MainEffect, is_worse: Flags, best: int) -> tuple[Value, ...]:
    """The values that are not worse; of numbers those next to the best without a gap."""
    if not effect.is_ordered:
        values = []
        for value, worse in zip(effect.values, is_worse, strict=True):
            if not worse:
                values.append(value)
        return tuple(values)
    first = best
    while first > 0 and not is_worse[first - 1]:
        first -= 1
    end = best + 1
    while end < len(effect.values) and not is_worse[end]:
        end += 1
    equally_good = effect.values[first:end]
    return tuple(equally_good)


def find_best_end(effect: MainEffect, is_worse: Flags, best: int) -> str | None:
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
