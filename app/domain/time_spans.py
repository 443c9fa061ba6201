"""How much time so many rows are, in words, by the rhythm of a series."""

import numpy as np
from numpy.typing import NDArray

Dates = NDArray[np.datetime64]

DAY = 86_400_000_000  # microseconds
DAYS_PER_MONTH = 30.436875
UNITS = (
    ("week", 7 * DAY),
    ("day", DAY),
    ("hour", 3_600_000_000),
    ("minute", 60_000_000),
    ("second", 1_000_000),
)
MAX_DATES = 5_000  # the rhythm of so many dates is looked at, the last ones
SHORTEST_MONTH = 28 * DAY
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
    span = _most_common(spans)
    is_regular = np.mean(spans == span) >= REGULAR_FRACTION
    if is_regular:
        return _describe_exactly(span)
    return f"about {_describe_roughly(float(np.median(spans)))}"


def _describe_months(months: int) -> str:
    if months % 12 == 0:
        return _count(months // 12, "year")
    return _count(months, "month")


def _describe_exactly(span: int) -> str:
    for name, length in UNITS:
        if span % length == 0:
            return _count(span // length, name)
    return _describe_roughly(span)


def _describe_roughly(span: float) -> str:
    """In the largest unit that fits into it, but weeks."""
    for name, length in UNITS[1:]:
        if span >= length:
            return _count(round(span / length), name)
    return f"{span / UNITS[-1][1]:.3g} seconds"


def _count(number: int, unit: str) -> str:
    if number == 1:
        return f"one {unit}"
    return f"{number:,} {unit}s"


def _most_common(spans: NDArray[np.int64]) -> int:
    values, counts = np.unique(spans, return_counts=True)
    return int(values[np.argmax(counts)])
