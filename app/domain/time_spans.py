"""How much time so many rows are, in words, by the rhythm of a series."""

import numpy as np
from numpy.typing import NDArray

from app.domain.next_date import DAY, MAX_DATES, SECOND, SHORTEST_MONTH, UNITS, most_common

Dates = NDArray[np.datetime64]

DAYS_PER_MONTH = 30.436875
REGULAR_FRACTION = 0.75  # of the spans, which are alike where rows have a rhythm


def describe_span(dates: Dates, rows: int) -> str:
    """What time `rows` rows are: "one day", "2 weeks"; "about …" where they differ.

    dates: ascending, (rows,). "" where there are too few to tell.
    """
    microseconds = dates[-MAX_DATES - rows :].astype("datetime64[us]").astype(np.int64)
    if len(microseconds) < 2:
        return ""
    steps = np.diff(microseconds)
    if steps.min() >= SHORTEST_MONTH:
        months = np.round(steps / DAY / DAYS_PER_MONTH)
        return _describe_months(int(np.median(months)) * rows)
    spans = steps * rows
    if rows < len(microseconds):
        spans = microseconds[rows:] - microseconds[:-rows]
    span = most_common(spans)
    is_regular = np.mean(spans == span) >= REGULAR_FRACTION
    if is_regular:
        return _describe_exactly(span)
    return f"about {_describe_roughly(float(np.median(spans)))}"


def _describe_months(months: int) -> str:
    if months % 12 == 0:
        return _count(months // 12, "year")
    return _count(months, "month")


def _describe_exactly(span: int) -> str:
    for name, length in UNITS.items():
        if span % length == 0:
            return _count(span // length, name)
    return _describe_roughly(span)


def _describe_roughly(span: float) -> str:
    """In the largest unit that fits into it, but weeks."""
    for name, length in UNITS.items():
        if length <= DAY and span >= length:
            return _count(round(span / length), name)
    return f"{span / SECOND:.3g} seconds"


def _count(number: int, unit: str) -> str:
    if number == 1:
        return f"one {unit}"
    return f"{number:,} {unit}s"
