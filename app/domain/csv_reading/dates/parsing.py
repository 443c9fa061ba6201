"""Read dates that are written in a format, and write them."""

import re
import unicodedata

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.csv_reading.dates.counts import (
    COUNTS,
    FIRST_YEAR,
    LAST_YEAR,
    format_counts,
    parse_counts,
)
from app.domain.csv_reading.dates.fields import NO_OFFSET, UNREADABLE, Fields, to_moments
from app.domain.csv_reading.dates.formats import CompiledFormat, compile_format, write_date
from app.domain.csv_reading.dates.words import AFTERNOON, FORENOON, MONTHS, ZONE_MINUTES, fold

DATE_FORMATS = (  # that are offered to people; any other format in this language is read as well
    "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M",
    "%Y-%m-%dT%H:%M:%S[.%f]%z", "%Y-%m-%d %H:%M:%S[.%f]", "%Y-%m-%d %H:%M:%S%z", "%Y/%m/%d",
    "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y.%m.%d", "%Y.%m.%d %H:%M", "%Y.%m.%d %H:%M:%S",
    "%Y%m%d", "%Y%m%d%H", "%Y%m%d%H%M", "%Y%m%d%H%M%S", "%Y%m%d %H:%M", "%Y%m%d %H%M%S",
    "%Y%m%d %T", "%d.%m.%Y", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S[.%f]",
    "%d.%m.%y", "%{1930}y-%m-%d", "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y",
    "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M %p", "%d/%m/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p", "%d/%m/%Y %I:%M:%S %p",
    "%m-%d-%Y", "%d-%m-%Y", "%d-%m-%Y %H:%M", "%d-%m-%Y %H:%M:%S", "%d/%m/%Y %H.%M.%S",
    "%d%b%Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d. %b %Y", "%b %d, %Y", "%a %b %d %Y",
    "%b %Y", "%b-%Y", "%b-%y", "%b-%{1930}y", "%Y-%m", "%Y/%m", "%m/%Y", "%m.%Y", "%Y%m", "%YM%m",
    "%Y-Q%q", "Q%q %Y", "%YQ%q", "%q. Quartal %Y", "%Y:%q", "%Y-W%V", "%Y-%j", "%Y",
    "%Y %m %d %H", "%Y %m %d", "%Y %m", "%Y年%m月%d日", *COUNTS,
)  # fmt: skip
SWAPPED_STARTS = {"%d/%m": "%m/%d", "%m/%d": "%d/%m", "%d-%m": "%m-%d", "%m-%d": "%d-%m"}
CELLS_AT_ONCE = 100_000  # so that the matches of a large column never lie in memory together
MAX_DATE_LENGTH = 200
DASHES = str.maketrans({"\u2013": "-", "\u2014": "-", "\u2212": "-", "\u2010": "-", "\u2011": "-"})
# What pandas reads in the same way, and faster: numbers with signs between them.
PLAIN_FORMAT = re.compile(r"%[Yd][-./]%m[-./]%[Yd]([ T]%H:%M(:%S)?)?")
UTC_FORMAT = re.compile(r"%Y-%m-%d[ T]%H:%M(:%S)?(\[\.%f\])?%z")
MIN_UTC_LENGTH = len("2024-01-01T00:00Z")


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
    if date_format in COUNTS:
        return parse_counts(cells, date_format)
    if PLAIN_FORMAT.fullmatch(date_format):
        moments = pd.to_datetime(cells, format=date_format, errors="coerce")
    elif UTC_FORMAT.fullmatch(date_format) and _are_utc(cells):
        in_utc = pd.to_datetime(cells, format="ISO8601", errors="coerce", utc=True)
        moments = in_utc.dt.tz_localize(None)
    else:
        return _parse_by_pattern(cells, date_format)
    moments = moments.astype("datetime64[us]")
    moments = moments.where(moments.dt.year.between(FIRST_YEAR, LAST_YEAR))
    is_unread = moments.isna() & cells.notna()
    if is_unread.any():
        moments[is_unread] = _parse_by_pattern(cells[is_unread], date_format)
    return moments


def format_dates(moments: pd.DatetimeIndex, date_format: str) -> list[str]:
    """Moments as cells that `parse_dates` reads back."""
    if date_format in COUNTS:
        return format_counts(moments, date_format)
    return [write_date(moment, date_format) for moment in moments.to_pydatetime()]


def _are_utc(cells: "pd.Series[str]") -> bool:
    """Whether all cells are dates with a time of day that end with Z."""
    filled = cells.dropna()
    has_zone = filled.str.endswith("Z").all()
    return bool(has_zone and (filled.str.len() >= MIN_UTC_LENGTH).all())


def _parse_by_pattern(cells: "pd.Series[str]", date_format: str) -> "pd.Series[pd.Timestamp]":
    compiled = compile_format(date_format)
    texts = plain_cells(cells)
    parts = []
    offsets = []
    for start in range(0, len(texts), CELLS_AT_ONCE):
        part = texts[start : start + CELLS_AT_ONCE]
        fields = _match_fields(part, compiled)
        moments = to_moments(fields, compiled.pivot)
        parts.append(moments)
        offsets.append(fields.get("z", np.zeros(len(part), np.int64)))
    local = np.concatenate([np.empty(0, "datetime64[us]"), *parts])
    minutes = np.concatenate([np.empty(0, np.int64), *offsets])
    return pd.Series(_to_utc(local, minutes), index=cells.index)


def plain_cells(cells: "pd.Series[str]") -> list[str]:
    """Cells without spaces around, their wide digits, dashes and spaces made plain; "" for NaN."""
    texts = []
    for cell in cells.tolist():
        if not isinstance(cell, str):
            texts.append("")
            continue
        texts.append(plain_text(cell))
    return texts


def plain_text(cell: str) -> str:
    """A cell without spaces around, its wide digits, dashes and spaces made plain."""
    if not cell.isascii():
        cell = unicodedata.normalize("NFKC", cell).translate(DASHES)
    return cell.strip()


def _match_fields(texts: list[str], compiled: CompiledFormat) -> Fields:
    """The value of each directive in each cell, UNREADABLE where the cell is in another format."""
    fullmatch = compiled.pattern.fullmatch
    no_match: tuple[str | None, ...] = (None,) * len(compiled.fields)
    rows: list[tuple[str | None, ...]] = []
    is_match = np.zeros(len(texts), np.bool_)
    for index, text in enumerate(texts):
        match = None
        if len(text) <= MAX_DATE_LENGTH:
            match = fullmatch(text)
        if match is None:
            rows.append(no_match)
        else:
            rows.append(match.groups())
            is_match[index] = True
    fields: Fields = {}
    for field, column in zip(compiled.fields, zip(*rows, strict=True), strict=True):
        values = _read_field(field, column)
        values[~is_match] = UNREADABLE
        fields[field] = values
    return fields


def _read_field(field: str, column: tuple[str | None, ...]) -> NDArray[np.int64]:
    """The values of one directive; 0 where an optional one is missing."""
    if field in ("b", "p", "z"):
        meanings = {text: _read_word(field, text) for text in set(column) if text}
        meanings[""] = 0
        values = [meanings[text or ""] for text in column]
        return np.array(values, np.int64)
    if field == "f":
        return np.array([int((text or "0")[:6].ljust(6, "0")) for text in column], np.int64)
    return np.fromiter((int(text or 0) for text in column), np.int64, len(column))


def _read_word(field: str, text: str) -> int:
    if field == "b":
        return MONTHS.get(fold(text), UNREADABLE)
    if field == "z":
        return read_offset(text)
    word = fold(text)
    if word in FORENOON:
        return 0
    if word in AFTERNOON:
        return 1
    return UNREADABLE


def read_offset(text: str) -> int:
    """The minutes of an offset such as +02:00, UTC+2 or CET; NO_OFFSET where it is none."""
    name = text.rstrip("+-:0123456789 ")
    digits = text[len(name) :].strip().replace(":", "")
    minutes = 0
    if name:
        minutes = ZONE_MINUTES.get(fold(name), NO_OFFSET)
    if not digits:
        return minutes
    number = digits[1:]
    if minutes != 0 or digits[0] not in "+-" or not number.isdecimal():
        return NO_OFFSET
    sign = -1 if digits.startswith("-") else 1
    hours = int(number[:2])
    past_hour = int(number[2:] or 0)
    if hours > 15 or past_hour > 59:
        return NO_OFFSET
    return sign * (60 * hours + past_hour)


def _to_utc(local: NDArray[np.datetime64], minutes: NDArray[np.int64]) -> NDArray[np.datetime64]:
    written = local[~np.isnat(local)]
    are_whole_days = bool((written == written.astype("datetime64[D]")).all())
    if are_whole_days or not minutes.any():
        return local
    in_utc: NDArray[np.datetime64] = local - minutes.astype("timedelta64[m]")
    return in_utc
