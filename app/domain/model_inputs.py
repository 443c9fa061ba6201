"""What a network is told of the row after each row: the season before, and the calendar.

Bundles copy this module and app.domain.calendar_inputs: it needs numpy alone.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.domain.calendar_inputs import Cycle, calendar_columns

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]


def extra_columns(
    target: Floats,
    dates: Dates,
    transform: str,
    cycles: Sequence[str],
    lags: Sequence[int],
) -> Floats:
    """The columns beside the features, float64 (rows, lags + 2 x cycles). Row s is about row s + 1.

    target: (rows,), in the units of the CSV. dates: (rows + 1,), the last one that of the row to
    come; they count only where there are cycles. First one column a lag: the transformed target as
    it would be if row s + 1 repeated the row of one season before. Then sine and cosine of each
    cycle. The first max(lags) - 1 rows have no season before them: they are 0.
    """
    rows = len(target)
    columns = np.zeros((rows, len(lags)))
    for index, lag in enumerate(lags):
        columns[lag - 1 :, index] = _repeat_season(target, transform, lag)
    if not cycles:
        return columns
    next_dates = dates[1 : rows + 1]
    calendar = calendar_columns(next_dates, tuple(Cycle(cycle) for cycle in cycles))
    return np.hstack([columns, calendar])


def first_complete_row(first_row: int, lags: Sequence[int]) -> int:
    """The first row whose columns all have a value; `first_row`: that of the features alone."""
    longest = max(lags, default=1)
    return max(first_row, longest - 1)


def _repeat_season(target: Floats, transform: str, lag: int) -> Floats:
    """The column of one lag from row lag - 1 on."""
    season_before = target[: len(target) - lag + 1]
    if transform == "level":
        return season_before
    present = target[lag - 1 :]
    if transform == "difference":
        return season_before - present
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(season_before / present))
