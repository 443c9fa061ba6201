"""The date of the row to come, from the rhythm of the dates before it.

Bundles copy this module: it needs numpy alone.
"""

import numpy as np
from numpy.typing import NDArray

Dates = NDArray[np.datetime64]
Integers = NDArray[np.int64]

DAY = 86_400_000_000  # microseconds
WEEK = 7 * DAY
SHORTEST_MONTH = 28 * DAY
MAX_DATES = 5_000  # the rhythm of so many dates is looked at, the last ones
MIN_SAME_TIMES = 3  # so many rows at the same time of the week tell what follows it


def append_next_date(dates: Dates) -> Dates:
    """Ascending dates (rows,) and the one that follows them, datetime64[us] (rows + 1,).

    The same step as mostly after the same time of the week: a Friday of business days is followed
    by a Monday. Dates on the same day of the month, or on its last day, keep to it.
    """
    exact = dates.astype("datetime64[us]")
    next_date = _next_date(exact[-MAX_DATES:])
    return np.append(exact, next_date)


def _next_date(dates: Dates) -> np.datetime64:
    last = dates[-1]
    if len(dates) < 2:
        return np.datetime64(last + np.timedelta64(1, "D"))
    microseconds = dates.astype(np.int64)
    steps = np.diff(microseconds)
    if steps.min() >= SHORTEST_MONTH:
        one_day = np.timedelta64(1, "D")
        if _share_day_of_month(dates):
            return _add_months(dates)
        if _share_day_of_month(dates + one_day):
            return np.datetime64(_add_months(dates + one_day) - one_day)
    time_of_week = microseconds % WEEK
    is_same_time = time_of_week[:-1] == time_of_week[-1]
    if is_same_time.sum() >= MIN_SAME_TIMES:
        steps = steps[is_same_time]
    return np.datetime64(last + np.timedelta64(_most_common(steps), "us"))


def _share_day_of_month(dates: Dates) -> bool:
    offsets = dates - dates.astype("datetime64[M]").astype(dates.dtype)
    return bool((offsets == offsets[-1]).all())


def _add_months(dates: Dates) -> np.datetime64:
    """The date after the last one, which are all at the same time of their months."""
    months = dates.astype("datetime64[M]")
    step = _most_common(np.diff(months).astype(np.int64))
    offset = dates[-1] - months[-1].astype(dates.dtype)
    next_month = months[-1] + np.timedelta64(step, "M")
    return np.datetime64(next_month.astype(dates.dtype) + offset)


def _most_common(steps: Integers) -> int:
    values, counts = np.unique(steps, return_counts=True)
    return int(values[np.argmax(counts)])
