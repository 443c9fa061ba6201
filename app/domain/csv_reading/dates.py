"""Dates as people write them: which column holds them, in which format, and what they say."""

import itertools
import re
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from app.domain.csv_reading.numbers import MISSING, number

SECONDS, MILLISECONDS = "seconds since 1970", "milliseconds since 1970"
PER_SECOND = {SECONDS: 1, MILLISECONDS: 1000}
DATE_FORMATS = (
    "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M",
    "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%d %H:%M:%S.%f%z", "%Y-%m-%dT%H:%M%z", "%Y-%m-%d %H:%M%z",
    "%Y-%m-%d %H:%M:%S UTC", "%Y/%m/%d", "%Y.%m.%d", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y.%m.%d %H:%M",
    "%Y%m%d", "%Y%m%d %H%M%S", "%Y%m%d %H:%M", "%Y%m%d %H:%M:%S", "%d.%m.%Y", "%d.%m.%y", "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %I:%M %p", "%d/%m/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p",
    "%d/%m/%Y %I:%M:%S %p", "%m-%d-%Y", "%d-%m-%Y", "%d-%m-%Y %H:%M", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y",
    "%b %d, %Y", "%B %d, %Y", "%d %B %Y", "%a %b %d %Y", "%b %Y", "%B %Y", "%b-%Y", "%b-%y", "%Y-%m", "%Y/%m",
    "%m/%Y", "%m.%Y", "%Y%m", "%Y", SECONDS, MILLISECONDS,
)  # fmt: skip
DATE_NAME = re.compile(
    r"date|time|(^|[^a-z])day($|[^a-z])|datum|zeit|year|jahr|month|monat|fecha|(^|[^a-z])(ds|dt|ts)($|[^a-z])",
    re.IGNORECASE,
)
OF_DIGITS = ("%Y%m%d", "%Y%m", "%Y", SECONDS, MILLISECONDS)
NAMED_ONLY = ("%Y%m", "%Y", "%m.%Y")
FITS = 0.8  # of the cells that must be dates for a column to count as one of dates
FIRST_LOOK = 12
EARLIEST, LATEST = 1600, 2300
OFFSET = r"(?:Z|[+-]\d\d:?\d\d)$"  # spaces before it are stripped: a pattern that begins with them is quadratic


def recognise_dates(
    names: Sequence[str], body: Sequence[Sequence[str]]
) -> tuple[str | None, str | None]:
    """The column that reads as dates and its format, preferring one that is called so; None, None without one."""
    for place in sorted(
        range(len(names)), key=lambda place: (not DATE_NAME.search(names[place]), place)
    ):
        found = date_format_of(cells_at(body, place), named=bool(DATE_NAME.search(names[place])))
        if found is not None:
            return names[place], found
    for place in range(len(names)):
        found = (
            commonest_format(cells_at(body, place))
            if place == 0 or DATE_NAME.search(names[place])
            else None
        )
        if found is not None:
            return names[place], found
    return None, None


def cells_at(body: Sequence[Sequence[str]], place: int) -> list[str]:
    """The filled cells of one column."""
    return [
        row[place].strip()
        for row in body
        if place < len(row) and row[place].strip().lower() not in MISSING
    ]


def date_format_of(values: Sequence[str], *, named: bool) -> str | None:
    """The format most of the values have; of two that fit, the one in which the dates are in better order."""
    formats = _candidates(values[:FIRST_LOOK], named=named)
    fitting = []
    for known in formats:
        if _share(values[:FIRST_LOOK], known) >= FITS / 2 and _share(values, known) >= FITS:
            read = [found for value in values if (found := _date(value, known)) is not None]
            if _plausible(read, known, named=named):
                fitting.append(
                    (len(read), _order(read), _evenness(read), -DATE_FORMATS.index(known), known)
                )
    return max(fitting)[-1] if fitting else None


def commonest_format(values: Sequence[str]) -> str | None:
    """The format most cells have in a column of dates written in several ways; None if it is no such column."""
    formats = [
        known for known in _candidates(values[:FIRST_LOOK], named=False) if known not in OF_DIGITS
    ]
    for cells in (values[:FIRST_LOOK], values):
        formats = [known for known in formats if any(_is_date(cell, known) for cell in cells)]
        dates = sum(any(_is_date(cell, known) for known in formats) for cell in cells)
        if not formats or dates < FITS * len(cells):
            return None
    return max(formats, key=lambda known: _share(values, known))


def _candidates(values: Sequence[str], *, named: bool) -> list[str]:
    """The formats worth a try: cells that are numbers are dates in few of them, and most of those need the name."""
    if not values:
        return []
    if all(re.fullmatch(r"\d+(\.0*)?", value) for value in values):
        return [known for known in OF_DIGITS if named or known not in NAMED_ONLY]
    if all(np.isfinite(number(value, ".", ",")) for value in values):
        return ["%m.%Y"] if named else []
    return [known for known in DATE_FORMATS if known not in OF_DIGITS]


def other_reading(date_format: str) -> str | None:
    """The format with day and month exchanged, None where that makes no sense."""
    pairs = {"%d/%m": "%m/%d", "%m/%d": "%d/%m", "%d-%m": "%m-%d", "%m-%d": "%d-%m"}
    start = date_format[:5]
    return pairs[start] + date_format[5:] if start in pairs else None


def parse_dates(cells: "pd.Series[str]", date_format: str) -> "pd.Series[pd.Timestamp]":
    """Cells as moments without a zone, NaT where there is none or it is no date of a series (the year 9999).

    Moments with an offset become UTC, but whole days stay the days they are written as.
    """
    if date_format in PER_SECOND:
        return _since_1970(cells, PER_SECOND[date_format])
    moments = _parsed(cells, date_format)
    moments = moments.where(moments.dt.year.between(EARLIEST, LATEST))
    if "%z" in date_format:
        local = _parsed(
            cells.str.replace(OFFSET, "", regex=True).str.rstrip(), date_format.replace("%z", "")
        )
        if (local.dropna() == local.dropna().dt.normalize()).all():
            return local.where(moments.notna())
    return moments


def written_dates(moments: pd.DatetimeIndex, date_format: str) -> list[str]:
    """Moments as cells that `parse_dates` reads back."""
    if date_format in PER_SECOND:
        microseconds = moments.to_numpy().astype("datetime64[us]").astype(np.int64)
        return [str(count * PER_SECOND[date_format] / 1e6) for count in microseconds.tolist()]
    return [str(cell) for cell in moments.tz_localize("UTC").strftime(date_format)]


def _parsed(cells: "pd.Series[str]", date_format: str) -> "pd.Series[pd.Timestamp]":
    found = pd.to_datetime(cells, format=date_format, errors="coerce", utc=True)
    again = found.isna() & cells.notna()
    if again.any():
        found[again] = pd.to_datetime(
            cells[again].str.strip(), format=date_format, errors="coerce", utc=True
        )
    return found.dt.tz_localize(None).astype("datetime64[us]")


def _since_1970(text: "pd.Series[str]", per_second: int) -> "pd.Series[pd.Timestamp]":
    seconds = pd.to_numeric(text, errors="coerce").astype("float64") / per_second
    known = seconds.abs() < 1e10
    counted = (seconds.where(known, 0.0) * 1e6).round().astype("int64")
    return pd.Series(counted.to_numpy().astype("datetime64[us]"), index=text.index).where(known)


def _share(values: Sequence[str], date_format: str) -> float:
    return sum(_date(value, date_format) is not None for value in values) / len(values)


def _date(value: str, date_format: str) -> datetime | None:
    try:
        if date_format in PER_SECOND:
            return datetime.fromtimestamp(float(value) / PER_SECOND[date_format], UTC)
        return datetime.strptime(value, date_format)
    except (ValueError, OverflowError, OSError):
        return None


def _is_date(value: str, date_format: str) -> bool:
    found = _date(value, date_format)
    return found is not None and EARLIEST <= found.year <= LATEST


def _plausible(dates: list[datetime], date_format: str, *, named: bool) -> bool:
    if date_format in PER_SECOND:
        return all(1973 <= date.year <= 2200 for date in dates) and (named or _order(dates) == 1)
    if date_format in NAMED_ONLY and len(set(dates)) < len(dates):
        return False
    return sum(EARLIEST <= date.year <= LATEST for date in dates) >= FITS * len(dates)


def _order(dates: list[datetime]) -> float:
    """How well the dates are ordered, up or down: share of the steps that go the commoner way."""
    plain = [date.replace(tzinfo=None) for date in dates]
    rising = sum(after > before for before, after in itertools.pairwise(plain))
    falling = sum(after < before for before, after in itertools.pairwise(plain))
    return max(rising, falling) / max(1, len(plain) - 1)


def _evenness(dates: list[datetime]) -> float:
    """How alike the steps from date to date are, at most 0: tells months written 01/02/2020 from days."""
    steps = np.diff([date.replace(tzinfo=UTC).timestamp() for date in dates])
    return round(-float(steps.std() / max(abs(float(steps.mean())), 1.0)), 1) if len(steps) else 0.0
