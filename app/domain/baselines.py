"""Forecasts that need no model.

Each takes the whole target, shape (rows,), and the rows to forecast; it returns one value for each
of these rows, float64. The first row has none before it, so its own value stands in.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def naive(values: Floats, rows: range) -> Floats:
    """Tomorrow = today: the value of the row before."""
    return seasonal_naive(values, rows, season=1)


def seasonal_naive(values: Floats, rows: range, season: int) -> Floats:
    """The value one season (a number of rows) before; in the first season that of the first row."""
    season_before = np.arange(rows.start, rows.stop) - season
    not_before_start = np.maximum(season_before, 0)
    return np.asarray(values[not_before_start], np.float64)
