"""A season taken off a series before a model is fitted: classical decomposition."""

import numpy as np
from numpy.typing import NDArray

from worker.baselines.recursions.seasons import SeasonalIndices

Floats = NDArray[np.float64]

MIN_FACTOR = 0.01  # of a multiplicative season: below, it is taken off by subtraction


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
            return SeasonalIndices(tuple(factors.tolist()), is_multiplicative=True)
    differences = _mean_by_place(middle - trend, first_row, season)
    centred = differences - differences.mean()
    return SeasonalIndices(tuple(centred.tolist()), is_multiplicative=False)


def _mean_by_place(values: Floats, first_row: int, season: int) -> Floats:
    """The mean of each place of the season; values begin with row `first_row`."""
    places = (np.arange(len(values)) + first_row) % season
    sums = np.bincount(places, weights=values, minlength=season)
    counts = np.bincount(places, minlength=season)
    return np.asarray(sums / np.maximum(counts, 1))
