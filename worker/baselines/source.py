"""What a baseline is computed from, and what each function of one returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.metrics import root_mean_square
from app.domain.terms import Part

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]


class Skipped(Exception):
    """A baseline that this series has not got, and why, in words."""


@dataclass(frozen=True)
class BoardSource:
    """A series, its parts and its seasons. values, dates: shape (rows,)."""

    values: Floats
    dates: Dates
    parts: Mapping[Part, range]
    season_lengths: tuple[float, ...]

    @property
    def train(self) -> range:
        """The rows that parameters are fitted on."""
        return self.parts[Part.TRAIN]

    @property
    def train_values(self) -> Floats:
        """The target of the train part."""
        return self.values[: self.train.stop]

    @property
    def forecast_rows(self) -> range:
        """The validation and the test part."""
        return range(self.train.stop, len(self.values))

    def seasons_fitting(self, times: int) -> list[int]:
        """The season lengths, in whole rows, of which the train part has at least so many."""
        seasons = []
        for length in self.season_lengths:
            season = round(length)
            if season > 1 and season * times <= len(self.train):
                seasons.append(season)
        return seasons

    def validation_rmse(self, forecast: Floats) -> float:
        """Of a forecast of `forecast_rows`: what decides between two settings."""
        validation = self.parts[Part.VALIDATION]
        actual = self.values[validation.start : validation.stop]
        return root_mean_square(forecast[: len(validation)] - actual)


@dataclass(frozen=True)
class BaselineForecast:
    """One-step forecasts of `forecast_rows`, each knowing all rows before it; and the settings."""

    values: Floats
    settings: dict[str, Any]
