"""Forecasts of several rows: from which rows they begin, and which of them are stored.

An origin is the first row that a forecast is about: from origin t it knows the rows before t, and
forecasts the rows t, t + 1, … t + horizon - 1, which are steps 1, 2, … horizon.
"""

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
MAX_HORIZON = 500
MAX_STORED_VALUES = 200_000  # of one forecast of one part


def origins(part: range, horizon: int) -> range:
    """Every origin whose rows all lie in the part; empty where the part is shorter."""
    return range(part.start, max(part.start, part.stop - horizon + 1))


def stored_origins(part: range, horizon: int) -> range:
    """The origins whose forecasts are kept: each k-th, so that not too many values are stored.

    The first origin is always kept. All are where one row is forecast.
    """
    every = origins(part, horizon)
    return every[:: storage_interval(len(every), horizon)]


def storage_interval(n_origins: int, horizon: int) -> int:
    """Of how many origins one is kept."""
    if horizon == 1:
        return 1
    n_kept = max(1, MAX_STORED_VALUES // horizon)
    return max(1, -(-n_origins // n_kept))


def step_rows(first_rows: range, horizon: int) -> Integers:
    """The rows that are forecast from these origins, int64 (origins, horizon)."""
    origin_rows = np.arange(first_rows.start, first_rows.stop, first_rows.step)
    return origin_rows[:, np.newaxis] + np.arange(horizon)


def step_values(values: Floats, first_rows: range, horizon: int) -> Floats:
    """What happened at each step from each origin: (rows,) to float64 (origins, horizon)."""
    return np.asarray(values[step_rows(first_rows, horizon)], np.float64)


def by_step(forecast: Floats) -> Floats:
    """A forecast as (origins, horizon); one of a single row ahead may come as (origins,)."""
    if forecast.ndim == 1:
        return forecast[:, np.newaxis]
    return forecast
