"""Forecasts of several rows: from which rows they begin, and which of them are stored.

An origin is the first row that a forecast is about: from origin t it knows the rows before t, and
forecasts the rows t, t + 1, … t + horizon - 1, which are steps 1, 2, … horizon.
"""

import numpy as np
from numpy.typing import NDArray

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
    if horizon == 1:
        return every
    n_kept = max(1, MAX_STORED_VALUES // horizon)
    step = -(-len(every) // n_kept)
    return every[:: max(1, step)]


def step_values(values: Floats, origins: range, horizon: int) -> Floats:
    """What happened at each step from each origin: (rows,) to float64 (origins, horizon)."""
    first_rows = np.arange(origins.start, origins.stop, origins.step)
    rows = first_rows[:, np.newaxis] + np.arange(horizon)
    return np.asarray(values[rows], np.float64)


def rows_at_step(origins: range, step: int) -> slice:
    """The rows that a step from these origins is about."""
    return slice(origins.start + step - 1, origins.stop + step - 1, origins.step)


def by_step(forecast: Floats) -> Floats:
    """A forecast as (origins, horizon); one of a single row ahead may come as (origins,)."""
    if forecast.ndim == 1:
        return forecast[:, np.newaxis]
    return forecast
