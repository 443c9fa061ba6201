"""What no model is needed for. Each takes the whole target, shape (rows,), and the rows to forecast."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def naive(values: Floats, rows: range) -> Floats:
    """Tomorrow = today: the value of the row before. The very first row has none before it and gets its own."""
    before = np.maximum(np.arange(rows.start, rows.stop) - 1, 0)
    return np.asarray(values[before], np.float64)


def seasonal_naive(values: Floats, rows: range, season: int) -> Floats:
    """The value one season (a number of rows) before; the first season gets the first row's value."""
    before = np.maximum(np.arange(rows.start, rows.stop) - season, 0)
    return np.asarray(values[before], np.float64)


def drift(values: Floats, rows: range) -> Floats:
    """The value of the row before plus the mean change of all rows up to it."""
    numbers = np.arange(rows.start, rows.stop)
    before = np.maximum(numbers - 1, 0)
    slope = (values[before] - values[0]) / np.maximum(before, 1)
    return np.asarray(values[before] + slope, np.float64)
