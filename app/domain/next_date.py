"""The dates of the rows to come, from the rhythm of those before them, and that rhythm in words.

Bundles copy this module and app.domain.calendar_inputs: it needs numpy alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.calendar_inputs import are_numbers

Dates = NDArray[np.datetime64]
Integers = NDArray[np.int64]

SECOND = 1_000_000  # microseconds
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
SHORTEST_MONTH = 28 * DAY
UNITS = {"week": WEEK, "day": DAY, "hour": HOUR, "minute": MINUTE, "second": SECOND}
MONTHS_IN_WORDS = {1: "month", 3: "quarter", 12: "year"}
WEEKEND = (2, 3)  # days after 1970-01-01, a Thursday
MAX_DATES = 5_000  # the rhythm of so many dates is looked at, the last ones
MIN_SAME_TIMES = 3  # so many rows at the same time of the week tell what follows it
MIN_LAST_DAYS_FRACTION = 0.8  # of month ends: holidays move the others to a day before
MAX_DAYS_EARLY = 4  # that holidays move a month end
MIN_REGULAR_FRACTION = 0.5  # of the steps: with fewer as expected, the dates have no rhythm


@dataclass(frozen=True)
class MonthlyRhythm:
    """Dates at the same time of their months, or on the last day of each.

    months: from one date to the next. offset: from the beginning of the month, microseconds; of the
    month after where the date is one day before that.
    """

    months: int
    offset: int
    is_before_next_month: bool

    def dates_after(self, last: np.datetime64) -> Iterator[np.datetime64]:
        """The dates that follow, without end."""
        shift = np.timedelta64(DAY if self.is_before_next_month else 0, "us")
        month = (last + shift).astype("datetime64[M]")
        while True:
            month = month + np.timedelta64(self.months, "M")
            yield month.astype("datetime64[us]") + np.timedelta64(self.offset, "us") - shift

    def describe(self) -> str:
        period = MONTHS_IN_WORDS.get(self.months, f"{self.months} months")
        day = f"on day {1 + self.offset // DAY}"
        if self.is_before_next_month:
            day = "on the last day"
        return f"Rows come every {period}, {day}; the next dates go on like this."


@dataclass(frozen=True)
class BusinessMonthRhythm:
    """Dates on the last day from Monday to Friday of their months, at the same time of day.

    months: from one date to the next. time: of the day, microseconds.
    """

    months: int
    time: int

    def dates_after(self, last: np.datetime64) -> Iterator[np.datetime64]:
        """The dates that follow, without end."""
        month = last.astype("datetime64[M]")
        while True:
            month = month + np.timedelta64(self.months, "M")
            day = last_business_days(month)
            yield day.astype("datetime64[us]") + np.timedelta64(self.time, "us")

    def describe(self) -> str:
        period = MONTHS_IN_WORDS.get(self.months, f"{self.months} months")
        return (
            f"Rows come every {period}, on the last business day; the next dates go on like this, "
            "holidays included."
        )


@dataclass(frozen=True)
class SteadyRhythm:
    """Steps in microseconds. of_time: the step after a time of the week, where that tells one."""

    step: int
    of_time: Mapping[int, int]
    is_weekdays: bool  # whether all rows are on the days from Monday to Friday

    def dates_after(self, last: np.datetime64) -> Iterator[np.datetime64]:
        """The dates that follow, without end."""
        moment = int(last.astype(np.int64))
        while True:
            moment += self.of_time.get(moment % WEEK, self.step)
            yield np.datetime64(moment, "us")

    def describe(self) -> str:
        is_same_all_week = all(step == self.step for step in self.of_time.values())
        every = f"every {say_duration(self.step)}"
        if is_same_all_week:
            return f"Rows come {every}; the next dates go on like this."
        if self.step == DAY and self.is_weekdays:
            return (
                "Rows come every business day; the next dates are the days from Monday to Friday, "
                "holidays included."
            )
        return f"Rows come {every}, with pauses; the next dates keep to the times of the week."


@dataclass(frozen=True)
class IrregularRhythm:
    """Dates without a rhythm. step: the median, in microseconds."""

    step: int

    def dates_after(self, last: np.datetime64) -> Iterator[np.datetime64]:
        """The dates that follow, without end."""
        while True:
            last = last + np.timedelta64(self.step, "us")
            yield last

    def describe(self) -> str:
        amount = say_duration(self.step, with_one=True)
        return (
            f"Rows come at irregular times, about every {say_duration(self.step)}; "
            f"the next dates are assumed {amount} apart."
        )


Rhythm = MonthlyRhythm | BusinessMonthRhythm | SteadyRhythm | IrregularRhythm


def append_next_date(dates: Dates) -> Dates:
    """Ascending dates (rows,) and the one that follows them, datetime64[us] (rows + 1,)."""
    return append_next_dates(dates, 1)


def append_next_dates(dates: Dates, count: int) -> Dates:
    """Ascending dates (rows,) and those that follow them, datetime64[us] (rows + count,).

    The same step as mostly after the same time of the week: a Friday of business days is followed
    by a Monday. Dates on the same day of the month, or on its last day, keep to it. Where there is
    no such rhythm, dates are as far apart as the median of the steps.
    """
    exact = dates.astype("datetime64[us]")
    following = find_rhythm(exact).dates_after(exact[-1])
    next_dates = np.array(list(islice(following, count)), "datetime64[us]")
    return np.concatenate([exact, next_dates])


def describe_rhythm(dates: Dates) -> str:
    """In a sentence: how ascending dates (rows,) follow each other, and what is assumed of more."""
    if len(dates) < 2:
        return "There is only one row; the next dates are assumed 1 day apart."
    if are_numbers(dates):
        return "The rows have no dates: they are numbered as days from 1970-01-01, and so on."
    return find_rhythm(dates.astype("datetime64[us]")).describe()


def find_rhythm(dates: Dates) -> Rhythm:
    """How the last of ascending dates (rows,), datetime64[us], follow each other."""
    recent = dates[-MAX_DATES:]
    if len(recent) < 2:
        return IrregularRhythm(DAY)
    return _find_monthly(recent) or _find_business_months(recent) or _find_steady(recent)


def say_duration(microseconds: int, *, with_one: bool = False) -> str:
    """ "15 minutes", "day", or "1 day" with_one; rounded to a tenth where it is no whole number."""
    dividing = [name for name, unit in UNITS.items() if microseconds % unit == 0]
    fitting = [name for name, unit in UNITS.items() if unit <= DAY and microseconds >= unit]
    name = [*dividing, *fitting, "second"][0]
    number = microseconds / UNITS[name]
    if number == 1:
        return f"1 {name}" if with_one else name
    return f"{number:.1f}".removesuffix(".0") + f" {name}s"


def _find_monthly(dates: Dates) -> MonthlyRhythm | None:
    if np.diff(dates.astype(np.int64)).min() < SHORTEST_MONTH:
        return None
    for is_before_next_month in (False, True):
        shifted = dates + np.timedelta64(DAY if is_before_next_month else 0, "us")
        months = shifted.astype("datetime64[M]")
        offsets = (shifted - months.astype(shifted.dtype)).astype(np.int64)
        if (offsets == offsets[-1]).all():
            step = most_common(np.diff(months).astype(np.int64))
            return MonthlyRhythm(step, int(offsets[-1]), is_before_next_month)
    return None


def last_business_days(months: Any) -> Any:
    """The last days from Monday to Friday of months, datetime64[D]."""
    first_of_next = (months + np.timedelta64(1, "M")).astype("datetime64[D]")
    return np.busday_offset(first_of_next, -1, roll="forward")


def _find_business_months(dates: Dates) -> BusinessMonthRhythm | None:
    """The rhythm of dates on the last business days of their months, at one time.

    A holiday moves a few of them to a day before.
    """
    days = dates.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    days_early = (last_business_days(months) - days).astype(np.int64)
    if days_early.min() < 0 or days_early.max() > MAX_DAYS_EARLY:
        return None
    if np.mean(days_early == 0) < MIN_LAST_DAYS_FRACTION:
        return None
    steps = np.diff(months).astype(np.int64)
    times = (dates - days).astype(np.int64)
    if steps.min() < 1 or not (times == times[-1]).all():
        return None
    return BusinessMonthRhythm(most_common(steps), int(times[-1]))


def _find_steady(dates: Dates) -> SteadyRhythm | IrregularRhythm:
    microseconds = dates.astype(np.int64)
    steps = np.diff(microseconds)
    step = most_common(steps)
    times = microseconds[:-1] % WEEK
    of_time = _steps_by_time(times, steps)
    expected = np.array([of_time.get(time, step) for time in times.tolist()])
    if np.mean(steps == expected) < MIN_REGULAR_FRACTION:
        middle = (len(steps) - 1) // 2
        return IrregularRhythm(int(np.partition(steps, middle)[middle]))
    days = microseconds // DAY % 7
    return SteadyRhythm(step, of_time, is_weekdays=not np.isin(days, WEEKEND).any())


def _steps_by_time(times: Integers, steps: Integers) -> dict[int, int]:
    """The most common step after each time of the week that enough rows have; the shortest such."""
    pairs, counts = np.unique(np.column_stack([times, steps]), axis=0, return_counts=True)
    n_rows: dict[int, int] = {}
    best: dict[int, tuple[int, int]] = {}
    for (time, step), count in zip(pairs.tolist(), counts.tolist(), strict=True):
        n_rows[time] = n_rows.get(time, 0) + count
        if time not in best or count > best[time][0]:
            best[time] = (count, step)
    return {time: step for time, (_, step) in best.items() if n_rows[time] >= MIN_SAME_TIMES}


def most_common(steps: Integers) -> int:
    """The value that occurs most often, of several the smallest."""
    values, counts = np.unique(steps, return_counts=True)
    return int(values[np.argmax(counts)])
