"""The parts of dates, such as year, week and hour, as moments: all cells of a column at once."""

import numpy as np
from numpy.typing import NDArray

from app.domain.csv_reading.dates.counts import FIRST_YEAR, LAST_YEAR

UNREADABLE = -1
NO_OFFSET = 100_000  # minutes
Fields = dict[str, NDArray[np.int64]]
Days = NDArray[np.int64]


def to_moments(fields: Fields, pivot: int) -> NDArray[np.datetime64]:
    """Dates and times of day together, NaT where they are none."""
    days, is_date = _to_days(fields, pivot)
    microseconds, is_time = _to_time(fields)
    is_readable = is_date & is_time
    if "z" in fields:
        is_readable &= fields["z"] != NO_OFFSET
    moments = days * 86_400_000_000 + microseconds
    dates = np.where(is_readable, moments, 0).astype("datetime64[us]")
    years = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    is_readable &= (years >= FIRST_YEAR) & (years <= LAST_YEAR)
    dates[~is_readable] = np.datetime64("NaT")
    return dates


def _to_days(fields: Fields, pivot: int) -> tuple[Days, NDArray[np.bool_]]:
    """Days since 1970, and which of them are days."""
    years = _to_years(fields, pivot)
    is_date = (years >= FIRST_YEAR) & (years <= LAST_YEAR)
    years = np.where(is_date, years, 1970)
    if "V" in fields:
        return _weeks_to_days(years, fields, is_date)
    if "j" in fields:
        begins = _month_begins(years, np.ones_like(years))
        next_begins = _month_begins(years + 1, np.ones_like(years))
        day_of_year = fields["j"]
        is_date &= (day_of_year >= 1) & (day_of_year <= next_begins - begins)
        return begins + day_of_year - 1, is_date
    months = _to_months(fields, years)
    is_date &= (months >= 1) & (months <= 12)
    months = np.where(is_date, months, 1)
    begins = _month_begins(years, months)
    days = fields.get("d", fields.get("D", np.ones_like(years)))
    lengths = _month_begins(years, months + 1) - begins
    is_date &= (days >= 1) & (days <= lengths)
    return begins + days - 1, is_date


def _to_years(fields: Fields, pivot: int) -> NDArray[np.int64]:
    for field in ("Y", "G"):
        if field in fields:
            return fields[field]
    if "y" not in fields:
        raise ValueError("The format has no year.")
    two_digits = fields["y"]
    years = pivot + (two_digits - pivot) % 100
    return np.where(two_digits == UNREADABLE, UNREADABLE, years)


def _to_months(fields: Fields, years: NDArray[np.int64]) -> NDArray[np.int64]:
    for field in ("m", "b"):
        if field in fields:
            return fields[field]
    if "q" in fields:
        return np.where(fields["q"] > 0, 3 * fields["q"] - 2, UNREADABLE)
    if "h" in fields:
        return np.where(fields["h"] > 0, 6 * fields["h"] - 5, UNREADABLE)
    return np.ones_like(years)


def _month_begins(years: NDArray[np.int64], months: NDArray[np.int64]) -> Days:
    """The days since 1970 on which months begin; month 13 is the next January."""
    since_1970 = 12 * (years - 1970) + months - 1
    days: Days = since_1970.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return days


def _weeks_to_days(
    years: NDArray[np.int64], fields: Fields, is_date: NDArray[np.bool_]
) -> tuple[Days, NDArray[np.bool_]]:
    """The Mondays of ISO weeks, or the weekday that is written; week 1 has January 4 in it."""
    weeks = fields["V"]
    weekdays = fields.get("u", np.ones_like(years))
    first_mondays = _first_mondays(years)
    weeks_of_year = (_first_mondays(years + 1) - first_mondays) // 7
    is_date = is_date & (weeks >= 1) & (weeks <= weeks_of_year)
    return first_mondays + 7 * (weeks - 1) + weekdays - 1, is_date


def _first_mondays(years: NDArray[np.int64]) -> Days:
    fourths = _month_begins(years, np.ones_like(years)) + 3
    weekdays = (fourths + 3) % 7  # 1970-01-01 was a Thursday
    return fourths - weekdays


def _to_time(fields: Fields) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Microseconds since midnight, and which are times of day; 24:00 is the next midnight."""
    rows = len(next(iter(fields.values())))
    zeros = np.zeros(rows, np.int64)
    hours = fields.get("H", fields.get("I", zeros))
    minutes = fields.get("M", zeros)
    seconds = fields.get("S", zeros)
    for field, divisor in (("T", 100), ("N", 1)):
        if field in fields:
            number = fields[field]
            seconds = number % 100 if divisor == 100 else zeros
            minutes = number // divisor % 100
            hours = number // divisor // 100
    is_time = (minutes < 60) & (seconds < 60) & (hours >= 0)
    if "I" in fields:
        is_time &= (hours >= 1) & (hours <= 12) & (fields["p"] != UNREADABLE)
        hours = hours % 12 + 12 * fields["p"]
    fractions = fields.get("f", zeros)
    past_hour = (60 * minutes + seconds) * 1_000_000 + fractions
    is_time &= (hours < 24) | ((hours == 24) & (past_hour == 0))
    return hours * 3_600_000_000 + past_hour, is_time
