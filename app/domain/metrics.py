"""How far a forecast is from what happened, in the units of the CSV."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scores:
    """Errors of one forecast. mape is a fraction; skill is 1 - rmse / naive rmse; None where it is not defined."""

    rmse: float
    mae: float
    mape: float | None
    skill: float | None


def scores(actual: Floats, predicted: Floats, naive: Floats) -> Scores:
    """Score a forecast against the same points' naive one. All three: shape (points,), at least one point.

    mape leaves out points whose actual value is 0; skill is None where the naive forecast is perfect.
    """
    rmse = root_mean_square(predicted - actual)
    baseline = root_mean_square(naive - actual)
    divisible = actual != 0
    relative = np.abs((predicted - actual)[divisible] / actual[divisible])
    return Scores(
        rmse=rmse,
        mae=float(np.mean(np.abs(predicted - actual))),
        mape=float(np.mean(relative)) if divisible.any() else None,
        skill=1 - rmse / baseline if baseline > 0 else None,
    )


def root_mean_square(errors: Floats) -> float:
    """The square root of the mean squared error."""
    return float(np.sqrt(np.mean(np.square(errors))))
