"""Ridge regression on lagged values and the calendar.

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

    def forecast(self, values: Floats, dates: Dates, origins: range, horizon: int) -> Floats:
        """Forecasts of several rows, each knowing the rows before its origin: (origins, horizon).

        Later steps take the forecasts of earlier ones as values. origins: a range of step 1, at
        least max(lags), at most n. dates: those of every row that is forecast, where there are
        cycles.
        """
        history = np.asarray(values, np.float64)
        if self.is_logarithmic:
            history = np.log(history)
        forecasts = np.empty((horizon, len(origins)))
        for ahead in range(horizon):
            forecast = self._without_lags(dates, origins, ahead)
            for lag, weight in zip(self.lags, self.lag_weights, strict=True):
                if lag <= ahead:
                    lagged = forecasts[ahead - lag]
                else:
                    first_row = origins.start + ahead - lag
                    lagged = history[first_row : first_row + len(origins)]
                forecast = forecast + weight * lagged
            forecasts[ahead] = forecast
        if self.is_logarithmic:
            forecasts = np.exp(forecasts)
        return np.asarray(forecasts.T)

    def _without_lags(self, dates: Dates, origins: range, ahead: int) -> Floats:
        """The intercept and the calendar of the rows so many after these origins."""
        if not self.cycles:
            return np.full(len(origins), self.intercept)
        rows = slice(origins.start + ahead, origins.stop + ahead)
        calendar = calendar_columns(dates[rows], self.cycles)
        return np.asarray(self.intercept + calendar @ np.asarray(self.calendar_weights, np.float64))

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
