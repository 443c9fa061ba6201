"""How often the rows of a table come, and where rows are missing."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.csv_reading.findings import format_duration

Moments = NDArray[np.datetime64]  # datetime64[us], ascending, each once

MIN_REGULAR_FRACTION = 0.5  # of the steps that must be the commonest one
MIN_DAYS_FOR_WEEK = 14  # so that weekdays without a row are no accident
MIN_DAILY_BREAKS = 0.5  # of the days of a series whose nights have no rows
ONE_DAY = np.timedelta64(1, "D")
WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
MONTH_WORDS = {1: "monthly", 3: "quarterly", 6: "every half-year", 12: "yearly"}
DAY_WORDS = {1: "daily", 7: "weekly"}
SHORT_WORDS = {3600: "hourly", 60: "every minute", 1: "every second"}


@dataclass(frozen=True, eq=False)
class Rhythm:
    """How often rows come.

    frequency: in words, such as "hourly". gaps: the rows before and after each place where at least
    one row is missing, (gaps, 2); None where rows come too irregularly to say. repeated: rows with
    the date of an earlier one.
    """

    frequency: str
    gaps: Moments | None
    repeated: int


@dataclass(frozen=True)
class Steps:
    """The steps after moments, counted in units of their frequency.

    counts: of each moment but the last one; 0 where a step says nothing, such as over a night.
    """

    frequency: str
    counts: NDArray[np.int64]

    def find_gaps(self, moments: Moments) -> Moments:
        """The moments before and after each step that is longer than one unit, (gaps, 2)."""
        is_before = np.flatnonzero(self.counts > 1)
        return np.column_stack([moments[is_before], moments[is_before + 1]])


def find_rhythm(dates: "pd.Series[pd.Timestamp] | Moments") -> Rhythm:
    """The rhythm of these dates in whatever order. A million take about 0.1 seconds."""
    moments = np.asarray(dates).astype("datetime64[us]")
    in_order = moments[~np.isnat(moments)]
    in_order.sort()  # np.unique takes ten times as long
    is_new = np.ones(len(in_order), dtype=bool)
    is_new[1:] = in_order[1:] > in_order[:-1]
    moments = in_order[is_new]
    repeated = len(in_order) - len(moments)
    if len(moments) < 2:
        return Rhythm("one moment", None, repeated)
    steps = _count_months(moments)
    if steps is None:
        steps = _count_steps(moments)
    if steps is None:
        usual_step = pd.Timedelta(np.median(np.diff(moments)))
        return Rhythm(f"irregular, about every {format_duration(usual_step)}", None, repeated)
    return Rhythm(steps.frequency, steps.find_gaps(moments), repeated)


def _count_months(moments: Moments) -> Steps | None:
    """Steps of whole months, from the same day of each: quarters and years too."""
    months = moments.astype("datetime64[M]")
    steps = np.diff(months).astype(np.int64)
    if not steps.all():
        return None
    days = moments.astype("datetime64[D]")
    days_of_month = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    month_end = ""
    if days_of_month.min() != days_of_month.max():
        month_end = _name_month_ends(days, months)
        if not month_end:
            return None
    commonest = _find_commonest(steps)
    if commonest is None:
        return None
    unit = int(commonest)
    if (steps % unit).any():
        return None
    frequency = MONTH_WORDS.get(unit, f"every {unit} months")
    if unit % 12 == 0 and unit > 12:
        frequency = f"every {unit // 12} years"
    return Steps(frequency + month_end, steps // unit)


def _name_month_ends(days: Moments, months: Moments) -> str:
    """In which way all days end their months; nothing if they do not."""
    last_days = (months + 1).astype("datetime64[D]") - ONE_DAY
    if (days == last_days).all():
        return " (month ends)"
    last_business_days = np.busday_offset(last_days, 0, roll="backward")
    if (days == last_business_days).all():
        return " (last business days)"
    return ""


def _count_steps(moments: Moments) -> Steps | None:
    """Steps of one length, or of days without weekends, or of hours without nights."""
    steps = np.diff(moments)
    usual_step = _find_commonest(steps)
    if usual_step is None:
        return None
    if usual_step == ONE_DAY:
        return _count_days(moments)
    counts = np.rint(steps / usual_step).astype(np.int64)
    frequency = _name_step(usual_step)
    if usual_step < ONE_DAY:
        in_days = _leave_out_nights(moments, counts)
        if in_days is not None:
            return Steps(f"{frequency} on part of each day", in_days)
    return Steps(frequency, counts)


def _count_days(moments: Moments) -> Steps:
    """Days, without the weekdays that never have a row."""
    days = moments.astype("datetime64[D]")
    counts = np.diff(days).astype(np.int64)
    has_weeks = (days[-1] - days[0]).astype(np.int64) >= MIN_DAYS_FOR_WEEK
    weekdays = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    week = np.bincount(weekdays, minlength=7) > 0
    if not has_weeks or week.all():
        return Steps("daily", counts)
    counts = np.busday_count(days[:-1], days[1:], weekmask=week)
    missing = [name for name, has_rows in zip(WEEKDAYS, week, strict=True) if not has_rows]
    frequency = f"daily without {' and '.join(missing)}"
    if missing == ["Saturdays", "Sundays"]:
        frequency = "business days"
    return Steps(frequency, counts)


def _leave_out_nights(moments: Moments, counts: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """The steps, 0 over each night, of a series that rests then; None of one that does not."""
    days = moments.astype("datetime64[D]")
    is_next_day = days[1:] > days[:-1]
    breaks = int((is_next_day & (counts > 1)).sum())
    changes = int(is_next_day.sum())
    if changes < 2 or breaks < MIN_DAILY_BREAKS * changes:
        return None
    return np.where(is_next_day, 0, counts)


def _find_commonest(steps: NDArray[Any]) -> Any:
    """The commonest step; None where it is too rare to be the rule."""
    values, frequencies = np.unique(steps, return_counts=True)
    commonest = int(frequencies.argmax())
    if frequencies[commonest] < MIN_REGULAR_FRACTION * len(steps):
        return None
    return values[commonest]


def _name_step(step: np.timedelta64) -> str:
    """A step in words, such as hourly, weekly or every 10 min."""
    duration = pd.Timedelta(step)
    seconds = duration.total_seconds()
    days = seconds / 86_400
    if days in DAY_WORDS:
        return DAY_WORDS[int(days)]
    if seconds in SHORT_WORDS:
        return SHORT_WORDS[int(seconds)]
    return f"every {format_duration(duration)}"
