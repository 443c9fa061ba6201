"""Ridge regression on lagged values and the calendar, one row ahead.

Bundles copy this module and app.domain.calendar_inputs: predicting needs numpy alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.domain.calendar_inputs import Cycle, calendar_columns

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]


@dataclass(frozen=True)
class RidgeModel:
    """A fitted ridge regression.

    y[t] = intercept + Σ lag_weights[i] · y[t - lags[i]] + calendar(t) · calendar_weights, of the
    logarithm of y where `is_logarithmic`.
    """

    lags: tuple[int, ...]  # rows before the row being predicted, ascending
    lag_weights: tuple[float, ...]
    cycles: tuple[Cycle, ...]
    calendar_weights: tuple[float, ...]  # two a cycle, as in calendar_columns
    intercept: float
    is_logarithmic: bool

    def predict(self, values: Floats, dates: Dates, rows: ArrayLike) -> Floats:
        """Forecasts in the units of `values` for these row numbers, float64 (rows,).

        `values` (n,) are the target's; `dates` has one date more than values where row n is asked
        for. Each row is at least max(lags).
        """
        history = np.asarray(values, np.float64)
        if self.is_logarithmic:
            history = np.log(history)
        row_numbers = np.asarray(rows, np.int64)
        calendar = calendar_columns(dates[row_numbers], self.cycles)
        forecast = self.intercept + calendar @ np.asarray(self.calendar_weights, np.float64)
        for lag, weight in zip(self.lags, self.lag_weights, strict=True):
            forecast = forecast + weight * history[row_numbers - lag]
        if self.is_logarithmic:
            forecast = np.exp(forecast)
        return np.asarray(forecast, np.float64)

    def to_document(self) -> dict[str, Any]:
        """As a bundle stores it: JSON."""
        return {
            "lags": list(self.lags),
            "lag_weights": list(self.lag_weights),
            "cycles": [cycle.value for cycle in self.cycles],
            "calendar_weights": list(self.calendar_weights),
            "intercept": self.intercept,
            "is_logarithmic": self.is_logarithmic,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "RidgeModel":
        """The inverse of `to_document`."""
        return cls(
            lags=tuple(document["lags"]),
            lag_weights=tuple(document["lag_weights"]),
            cycles=tuple(Cycle(name) for name in document["cycles"]),
            calendar_weights=tuple(document["calendar_weights"]),
            intercept=float(document["intercept"]),
            is_logarithmic=bool(document["is_logarithmic"]),
        )
