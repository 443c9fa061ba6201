"""What a network is told of the rows after each row: season, calendar, what is known ahead.

Bundles copy this module and app.domain.calendar_inputs: it needs numpy alone.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.domain.calendar_inputs import Cycle, calendar_columns

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]


def list_shifts(horizon: int, time_steps: int) -> tuple[int, ...]:
    """How many rows ahead a row of a window tells about, the farthest first.

    So many that the rows of a window together tell about each of the `horizon` rows after it.
    """
    return tuple(range(horizon, 0, -time_steps))


def extra_columns(
    target: Floats,
    dates: Dates,
    transform: str,
    cycles: Sequence[str],
    lags: Sequence[int],
    shifts: Sequence[int] = (1,),
) -> Floats:
    """The columns beside the features, float64 (rows, lags x shifts + 2 x cycles).

    target: (rows,), in the units of the CSV. dates: (rows + 1,), the last one that of the row to
    come; they count only where there are cycles. First, for each lag, one column a shift: at row s
    the transformed target as it would be if row s + shift repeated the row of one season before, or
    of as many seasons as it takes to be known at row s. Where there is none, it is 0. Then sine and
    cosine of each cycle for row s + 1.
    """
    rows = len(target)
    seasons = [(lag, shift) for lag in lags for shift in shifts]
    columns = np.zeros((rows, len(seasons)))
    for index, (lag, shift) in enumerate(seasons):
        rows_back = _rows_back(lag, shift)
        columns[rows_back:, index] = _repeat_season(target, transform, rows_back)
    if not cycles:
        return columns
    next_dates = dates[1 : rows + 1]
    calendar = calendar_columns(next_dates, tuple(Cycle(cycle) for cycle in cycles))
    return np.hstack([columns, calendar])


def known_ahead_columns(known_values: Floats, rows: int, shifts: Sequence[int]) -> Floats:
    """The columns of what is known ahead, float64 (rows, known columns x shifts).

    known_values: (rows and those known after them, known columns), in the units of the CSV; it may
    end earlier. For each known column, one column a shift: at row s the value of row s + shift; NaN
    where there is none.
    """
    n_known = known_values.shape[1]
    columns = np.full((rows, n_known * len(shifts)), np.nan)
    for index in range(n_known):
        for position, shift in enumerate(shifts):
            values = known_values[shift : shift + rows, index]
            columns[: len(values), index * len(shifts) + position] = values
    return columns


def first_complete_row(first_row: int, lags: Sequence[int], shifts: Sequence[int] = (1,)) -> int:
    """The first row whose columns all have a value; `first_row`: that of the features alone."""
    rows_back = [_rows_back(lag, shift) for lag in lags for shift in shifts]
    return max([first_row, *rows_back])


def _rows_back(lag: int, shift: int) -> int:
    """How many rows before a row the same place of the season as `shift` rows after it is."""
    n_seasons = -(-shift // lag)
    return n_seasons * lag - shift


def _repeat_season(target: Floats, transform: str, rows_back: int) -> Floats:
    """The column of one lag and shift from row `rows_back` on."""
    season_before = target[: len(target) - rows_back]
    if transform == "level":
        return season_before
    present = target[rows_back:]
    if transform == "difference":
        return season_before - present
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(season_before / present))
