"""How far a forecast is from what happened, in the units of the CSV."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scores:
    """Errors of one forecast; None where an error is not defined.

    mape is a fraction. skill is 1 - rmse / naive rmse.
    """

    rmse: float
    mae: float
    mape: float | None
    skill: float | None


def score_forecast(actual: Floats, predicted: Floats, naive: Floats) -> Scores:
    """Score a forecast against the naive one for the same points.

    All three have one shape, such as (points,) or (origins, horizon), and at least one point. mape
    leaves out points whose actual value is 0; skill is None where the naive forecast is perfect.
    """
    errors = predicted - actual
    rmse = root_mean_square(errors)
    naive_rmse = root_mean_square(naive - actual)
    skill = None
    if naive_rmse > 0:
        skill = 1 - rmse / naive_rmse
    return Scores(
        rmse=rmse,
        mae=float(np.mean(np.abs(errors))),
        mape=_mean_absolute_percentage_error(actual, errors),
        skill=skill,
    )


def root_mean_square(errors: Floats) -> float:
    """The square root of the mean squared error."""
    mean_square = np.mean(np.square(errors))
    return float(np.sqrt(mean_square))


def _mean_absolute_percentage_error(actual: Floats, errors: Floats) -> float | None:
    divisible = actual != 0
    if not divisible.any():
        return None
    relative_errors = errors[divisible] / actual[divisible]
    return float(np.mean(np.abs(relative_errors)))
