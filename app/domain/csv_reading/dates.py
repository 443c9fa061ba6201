"""Dates as people write them: their formats, and what they say."""

import numpy as np
import pandas as pd

SECONDS = "seconds since 1970"
MILLISECONDS = "milliseconds since 1970"
TICKS_PER_SECOND = {SECONDS: 1, MILLISECONDS: 1000}
DATE_FORMATS = (
    "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M",
    "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%d %H:%M:%S.%f%z", "%Y-%m-%dT%H:%M%z", "%Y-%m-%d %H:%M%z",
    "%Y-%m-%d %H:%M:%S UTC", "%Y/%m/%d", "%Y.%m.%d", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S",
    "%Y.%m.%d %H:%M", "%Y%m%d", "%Y%m%d %H%M%S", "%Y%m%d %H:%M", "%Y%m%d %H:%M:%S",
    "%d.%m.%Y", "%d.%m.%y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S",
    "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %I:%M %p", "%d/%m/%Y %I:%M %p",
    "%m/%d/%Y %I:%M:%S %p", "%d/%m/%Y %I:%M:%S %p", "%m-%d-%Y", "%d-%m-%Y", "%d-%m-%Y %H:%M",
    "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%B %d, %Y", "%d %B %Y", "%a %b %d %Y",
    "%b %Y", "%B %Y", "%b-%Y", "%b-%y", "%Y-%m", "%Y/%m", "%m/%Y", "%m.%Y", "%Y%m", "%Y",
    SECONDS, MILLISECONDS,
)  # fmt: skip
SWAPPED_STARTS = {"%d/%m": "%m/%d", "%m/%d": "%d/%m", "%d-%m": "%m-%d", "%m-%d": "%d-%m"}
# A pattern that began with the spaces before an offset would take quadratic time.
OFFSET = r"(?:Z|[+-]\d\d:?\d\d)$"
MAX_EPOCH_SECONDS = 1e10  # since 1970: the year 2286
MIN_YEAR = 1600
MAX_YEAR = 2300


def swap_day_and_month(date_format: str) -> str | None:
    """The format with day and month swapped, None where that makes no sense."""
    start = date_format[:5]
    if start not in SWAPPED_STARTS:
        return None
    swapped_start = SWAPPED_STARTS[start]
    rest = date_format[5:]
    return swapped_start + rest


def parse_dates(cells: "pd.Series[str]", date_format: str) -> "pd.Series[pd.Timestamp]":
    """Cells as moments without a time zone, datetime64[us].

    NaT where there is no date, or none a series can have (the year 9999). Moments with an offset
    become UTC, but whole days stay the days they are written as.
    """
    if date_format in TICKS_PER_SECOND:
        return _parse_ticks(cells, TICKS_PER_SECOND[date_format])
    moments = _parse_utc(cells, date_format)
    is_in_range = moments.dt.year.between(MIN_YEAR, MAX_YEAR)
    moments = moments.where(is_in_range)
    if "%z" not in date_format:
        return moments
    without_offset = cells.str.replace(OFFSET, "", regex=True)
    local_cells = without_offset.str.rstrip()
    local_format = date_format.replace("%z", "")
    local_times = _parse_utc(local_cells, local_format)
    written = local_times.dropna()
    are_whole_days = (written == written.dt.normalize()).all()
    if are_whole_days:
        return local_times.where(moments.notna())
    return moments


def format_dates(moments: pd.DatetimeIndex, date_format: str) -> list[str]:
    """Moments as cells that `parse_dates` reads back."""
    if date_format in TICKS_PER_SECOND:
        ticks_per_second = TICKS_PER_SECOND[date_format]
        return _format_ticks(moments, ticks_per_second)
    in_utc = moments.tz_localize("UTC")
    cells = in_utc.strftime(date_format)
    return [str(cell) for cell in cells]


def _parse_utc(cells: "pd.Series[str]", date_format: str) -> "pd.Series[pd.Timestamp]":
    moments = pd.to_datetime(cells, format=date_format, errors="coerce", utc=True)
    unread = moments.isna() & cells.notna()
    if unread.any():
        moments[unread] = pd.to_datetime(
            cells[unread].str.strip(),
            format=date_format,
            errors="coerce",
            utc=True,
        )
    without_zone = moments.dt.tz_localize(None)
    return without_zone.astype("datetime64[us]")


def _parse_ticks(cells: "pd.Series[str]", ticks_per_second: int) -> "pd.Series[pd.Timestamp]":
    numbers = pd.to_numeric(cells, errors="coerce")
    ticks = numbers.astype("float64")
    seconds = ticks / ticks_per_second
    is_date = seconds.abs() < MAX_EPOCH_SECONDS
    seconds_or_zero = seconds.where(is_date, 0.0)
    microseconds = (seconds_or_zero * 1e6).round()
    whole_microseconds = microseconds.astype("int64").to_numpy()
    dates = whole_microseconds.astype("datetime64[us]")
    moments = pd.Series(dates, index=cells.index)
    return moments.where(is_date)


def _format_ticks(moments: pd.DatetimeIndex, ticks_per_second: int) -> list[str]:
    dates = moments.to_numpy().astype("datetime64[us]")
    microseconds = dates.astype(np.int64)
    cells = []
    for count in microseconds.tolist():
        ticks = count * ticks_per_second / 1e6
        cells.append(str(ticks))
    return cells
