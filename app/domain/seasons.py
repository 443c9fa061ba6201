"""Season lengths of a series, in rows: detected from its dates and its autocorrelation."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]

MAX_SEASONS = 2
MAX_SEASON_LENGTH = 10_000  # rows
SeasonLengths = tuple[float, ...]  # rows in a season, the shortest first; at most MAX_SEASONS


def detect_season_lengths(dates: Dates, values: Floats) -> SeasonLengths:
    """The season lengths of values (rows,) at ascending dates (rows,); () where there are none."""
    return ()


def season_lags(lengths: Sequence[float]) -> tuple[int, ...]:
    """How many whole rows before a row the same place of each season is."""
    lags = [round(length) for length in lengths]
    return tuple(sorted(set(lags)))
