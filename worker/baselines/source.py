"""What a baseline is computed from, and what each function of one returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.horizons import origins, step_values
from app.domain.metrics import root_mean_square
from app.domain.terms import Part

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]


class Skipped(Exception):
    """A baseline that this series has not got, and why, in words."""


@dataclass(frozen=True)
class BoardSource:
    """A series, its parts and its seasons. values, dates: shape (rows,). horizon: rows ahead."""

    values: Floats
    dates: Dates
    parts: Mapping[Part, range]
    season_lengths: tuple[float, ...]
    horizon: int = 1

    @property
    def train(self) -> range:
        """The rows that parameters are fitted on."""
        return self.parts[Part.TRAIN]

    @property
    def train_values(self) -> Floats:
        """The target of the train part."""
        return self.values[: self.train.stop]

    @property
    def origins(self) -> range:
        """The rows of the validation and the test part, and the one that comes after them."""
        return range(self.train.stop, len(self.values) + 1)

    def seasons_fitting(self, times: int) -> list[int]:
        """The season lengths, in whole rows, of which the train part has at least so many."""
        seasons = []
        for length in self.season_lengths:
            season = round(length)
            if season > 1 and season * times <= len(self.train):
                seasons.append(season)
        return seasons

    def validation_rmse(self, forecasts: Floats) -> float:
        """Of forecasts from `origins`: what decides between two settings."""
        validation = origins(self.parts[Part.VALIDATION], self.horizon)
        actual = step_values(self.values, validation, self.horizon)
        return root_mean_square(forecasts[: len(validation)] - actual)


@dataclass(frozen=True)
class BaselineForecast:
    """Forecasts from every origin of a source, each knowing all rows before it; and the settings.

    values: float64 (origins, horizon); the last ones are those of the rows to come.
    """

    values: Floats
    settings: dict[str, Any]
