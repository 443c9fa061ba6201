"""Seasons taken off a series before a model is fitted, as the train part knows them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MIN_FACTOR = 0.01  # of a multiplicative season: below, it is taken off by subtraction


@dataclass(frozen=True)
class SeasonalIndices:
    """A season as one number for each of its rows, of classical decomposition.

    pattern: shape (season,). The values are divided by it where it is multiplicative.
    """

    pattern: Floats
    is_multiplicative: bool

    def remove(self, values: Floats) -> Floats:
        """The values, which begin with the first row of the series, without the season."""
        if self.is_multiplicative:
            return values / self._repeat(len(values))
        return values - self._repeat(len(values))

    def restore(self, values: Floats, first_row: int) -> Floats:
        """The inverse of `remove`, of values that begin with a later row."""
        repeated = self._repeat(first_row + len(values))[first_row:]
        if self.is_multiplicative:
            return values * repeated
        return values + repeated

    def _repeat(self, rows: int) -> Floats:
        return np.resize(self.pattern, rows)


def fit_indices(train: Floats, season: int) -> SeasonalIndices:
    """Classical decomposition of the train part (rows,), which has at least two seasons."""
    weights = np.ones(season)
    if season % 2 == 0:
        weights = np.concatenate([[0.5], np.ones(season - 1), [0.5]])
    trend = np.convolve(train, weights / season, mode="valid")
    first_row = (len(weights) - 1) // 2
    middle = train[first_row : first_row + len(trend)]
    if train.min() > 0:
        factors = _mean_by_place(middle / trend, first_row, season)
        factors = factors / factors.mean()
        if factors.min() >= MIN_FACTOR:
            return SeasonalIndices(factors, is_multiplicative=True)
    differences = _mean_by_place(middle - trend, first_row, season)
    return SeasonalIndices(differences - differences.mean(), is_multiplicative=False)


def fourier_columns(rows: range, seasons: Sequence[int], harmonics: int) -> Floats:
    """Sine and cosine of up to so many harmonics of each season: shape (rows, columns)."""
    row_numbers = np.arange(rows.start, rows.stop)
    columns = []
    for season in seasons:
        for harmonic in range(1, min(harmonics, (season - 1) // 2) + 1):
            angle = 2 * np.pi * harmonic * row_numbers / season
            columns += [np.sin(angle), np.cos(angle)]
    return np.column_stack(columns)


def _mean_by_place(values: Floats, first_row: int, season: int) -> Floats:
    """The mean of each place of the season; values begin with row `first_row`."""
    places = (np.arange(len(values)) + first_row) % season
    sums = np.bincount(places, weights=values, minlength=season)
    counts = np.bincount(places, minlength=season)
    return np.asarray(sums / np.maximum(counts, 1))
