"""The calendar as numbers: sine and cosine of the hour, the weekday and the day of the year.

Bundles copy this module: it needs numpy alone.
"""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]

MICROSECONDS_PER_DAY = 86_400_000_000
DAYS_PER_YEAR = 365.2425
THURSDAY = 3  # 1970-01-01 was one; Monday is 0


class Cycle(StrEnum):
    """A period of the calendar that rows can be placed in."""

    DAY = "day"
    WEEK = "week"
    YEAR = "year"

    @property
    def days(self) -> float:
        """Its length."""
        return {Cycle.DAY: 1.0, Cycle.WEEK: 7.0, Cycle.YEAR: DAYS_PER_YEAR}[self]


def find_cycles(dates: Dates) -> tuple[Cycle, ...]:
    """The cycles that these dates (rows,), ascending, can tell apart: at least two of each.

    Rows that come once a day or more seldom say nothing about the hour; weekly and monthly ones
    nothing about the weekday.
    """
    if len(dates) < 3 or are_numbers(dates):
        return ()
    days = _days(dates)
    step = float(np.median(np.diff(days)))
    length = days[-1] - days[0]
    cycles = []
    for cycle in Cycle:
        if step <= cycle.days / 2 and length >= 2 * cycle.days:
            cycles.append(cycle)
    return tuple(cycles)


def are_numbers(dates: Dates) -> bool:
    """Whether these are no dates but numbered rows: the days from 1970-01-01 on."""
    numbered = np.arange(len(dates)).astype("datetime64[D]")
    return bool((dates == numbered).all())


def calendar_columns(dates: Dates, cycles: tuple[Cycle, ...]) -> Floats:
    """Sine and cosine of each cycle, shape (rows, 2 x cycles), in [-1, 1]."""
    days = _days(dates)
    columns = []
    for cycle in cycles:
        phase = days / cycle.days
        if cycle == Cycle.WEEK:
            phase = (days + THURSDAY) / cycle.days
        angle = 2 * np.pi * phase
        columns += [np.sin(angle), np.cos(angle)]
    if not columns:
        return np.zeros((len(dates), 0))
    return np.column_stack(columns)


def _days(dates: Dates) -> Floats:
    """Days since 1970, with their fractions, float64 (rows,)."""
    microseconds = dates.astype("datetime64[us]").astype(np.int64)
    return np.asarray(microseconds / MICROSECONDS_PER_DAY)
