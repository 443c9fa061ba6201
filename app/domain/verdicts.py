"""How a forecast compares with another one of the same rows: by how much, and how surely."""

from dataclasses import dataclass
from math import copysign, inf

import numpy as np
from numpy.typing import NDArray

from app.domain.bootstrap import compare_errors
from app.domain.metrics import RMSE, Measure

Floats = NDArray[np.float64]
MIN_Z = 1.0  # standard errors: below, two forecasts cannot be told apart
NEGLIGIBLE_STANDARD_ERROR = 1e-9  # of the difference: what rounding leaves of zero


@dataclass(frozen=True)
class ForecastGain:
    """How a forecast compares with another of the same rows, in the units of the series.

    error, other_error: by the measure that was asked for.
    difference: how much lower its error is than the other's; positive is better.
    standard_error: of that difference, by block bootstrap; None where there are too few rows.
    """

    error: float
    other_error: float
    difference: float
    standard_error: float | None

    @property
    def gain(self) -> float | None:
        """How much lower its error is, as a fraction of the other's; None where that is 0."""
        if self.other_error == 0:
            return None
        return self.difference / self.other_error

    @property
    def z(self) -> float | None:
        """The difference in standard errors; positive is better. None where they are not known."""
        if self.standard_error is None:
            return None
        if self.difference == 0:
            return 0.0
        if self.standard_error <= NEGLIGIBLE_STANDARD_ERROR * abs(self.difference):
            return copysign(inf, self.difference)
        return self.difference / self.standard_error

    @property
    def is_clear(self) -> bool:
        """Whether the two can be told apart: they differ by a standard error at least."""
        z = self.z
        return z is not None and abs(z) >= MIN_Z


def compare_forecasts(
    actual: Floats, predicted: Floats, other: Floats, measure: Measure = RMSE
) -> ForecastGain | None:
    """Compare two forecasts of the same rows, shape (rows,) or (origins, horizon) each.

    Rows for which the other forecast has no value (NaN) are left out of both; None if all are.
    """
    is_given = np.isfinite(other).reshape(len(other), -1).all(axis=1)
    if not is_given.any():
        return None
    errors = (predicted - actual)[is_given]
    other_errors = (other - actual)[is_given]
    difference, standard_error = compare_errors(errors, other_errors, measure)
    return ForecastGain(
        error=measure.of_errors(errors),
        other_error=measure.of_errors(other_errors),
        difference=difference,
        standard_error=standard_error,
    )
