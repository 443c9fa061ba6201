"""How far a forecast is from what happened, in the units of the CSV."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Measure:
    """One number for the errors of a forecast: `total` of the mean of their `losses`.

    name: of the field of Scores that holds it.
    """

    name: str
    losses: Callable[[Any], Any]
    total: Callable[[Any], Any]

    def of_errors(self, errors: Floats) -> float:
        """What it says of these errors, of any shape."""
        mean = np.mean(self.losses(errors))
        return float(self.total(mean))


RMSE = Measure("rmse", np.square, np.sqrt)
MAE = Measure("mae", np.abs, np.positive)


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
    return RMSE.of_errors(errors)


def _mean_absolute_percentage_error(actual: Floats, errors: Floats) -> float | None:
    divisible = actual != 0
    if not divisible.any():
        return None
    relative_errors = errors[divisible] / actual[divisible]
    return float(np.mean(np.abs(relative_errors)))
