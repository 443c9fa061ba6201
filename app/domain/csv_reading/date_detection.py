"""Which column of a CSV holds dates, and the format they are written in."""

import itertools
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from app.domain.csv_reading.dates import (
    DATE_FORMATS,
    MAX_YEAR,
    MILLISECONDS,
    MIN_YEAR,
    SECONDS,
    TICKS_PER_SECOND,
)
from app.domain.csv_reading.numbers import is_missing, parse_number

DIGIT_FORMATS = ("%Y%m%d", "%Y%m", "%Y", SECONDS, MILLISECONDS)  # dates that are whole numbers
NAMED_FORMATS = ("%Y%m", "%Y", "%m.%Y")  # tried only in a column that is called a date
UNNAMED_DIGIT_FORMATS = tuple(name for name in DIGIT_FORMATS if name not in NAMED_FORMATS)
TEXT_FORMATS = tuple(name for name in DATE_FORMATS if name not in DIGIT_FORMATS)
DATE_NAME = re.compile(
    r"date|time|(^|[^a-z])day($|[^a-z])|datum|zeit|year|jahr|month|monat|fecha"
    r"|(^|[^a-z])(ds|dt|ts)($|[^a-z])",
    re.IGNORECASE,
)
SAMPLE_CELLS = 12
MIN_DATE_FRACTION = 0.8  # of the cells of a date column


class DateColumn(NamedTuple):
    """The column of dates and the format they are written in; None where it is in no known one."""

    name: str
    date_format: str | None


class FormatScore(NamedTuple):
    """How well a format fits a column; the larger, the better, in this order."""

    dates: int
    order: float
    evenness: float
    precedence: int
    date_format: str


def detect_date_column(names: Sequence[str], body: Sequence[Sequence[str]]) -> DateColumn | None:
    """The column that reads as dates, preferring one that is called so; None without one."""
    named = []
    unnamed = []
    for index, name in enumerate(names):
        if DATE_NAME.search(name):
            named.append(index)
        else:
            unnamed.append(index)
    for index in (*named, *unnamed):
        cells = column_cells(body, index)
        date_format = detect_date_format(cells, named=index in named)
        if date_format is not None:
            return DateColumn(names[index], date_format)
    for index in range(len(names)):
        if index > 0 and index not in named:
            continue
        cells = column_cells(body, index)
        date_format = most_common_format(cells)
        if date_format is not None:
            return DateColumn(names[index], date_format)
    return None


def column_cells(body: Sequence[Sequence[str]], index: int) -> list[str]:
    """The filled cells of one column."""
    cells = []
    for row in body:
        if index >= len(row):
            continue
        cell = row[index]
        if not is_missing(cell):
            cells.append(cell.strip())
    return cells


def detect_date_format(cells: Sequence[str], *, named: bool) -> str | None:
    """The format most cells have; of two that fit, the one with the dates in better order.

    named: whether the column is called a date.
    """
    sample = cells[:SAMPLE_CELLS]
    scores = []
    for date_format in _candidate_formats(sample, named=named):
        dates_in_sample = _read_dates(sample, date_format)
        if len(dates_in_sample) / len(sample) < MIN_DATE_FRACTION / 2:
            continue
        dates = _read_dates(cells, date_format)
        if len(dates) / len(cells) < MIN_DATE_FRACTION:
            continue
        if _are_plausible(dates, date_format, named=named):
            score = _score_format(dates, date_format)
            scores.append(score)
    if not scores:
        return None
    best = max(scores)
    return best.date_format


def most_common_format(cells: Sequence[str]) -> str | None:
    """The format most cells have in a column of dates written in several ways.

    None if the column is no such column.
    """
    sample = cells[:SAMPLE_CELLS]
    candidates = _candidate_formats(sample, named=False)
    formats = [date_format for date_format in candidates if date_format not in DIGIT_FORMATS]
    for part in (sample, cells):
        formats = _formats_in_use(part, formats)
        if not formats:
            return None
        dates = [cell for cell in part if _is_date_in_any(cell, formats)]
        if len(dates) < MIN_DATE_FRACTION * len(part):
            return None

    def count_dates(date_format: str) -> int:
        dates = _read_dates(cells, date_format)
        return len(dates)

    return max(formats, key=count_dates)


def _formats_in_use(cells: Sequence[str], date_formats: Sequence[str]) -> list[str]:
    """The formats that at least one of these cells has."""
    used = []
    for date_format in date_formats:
        if any(_is_date(cell, date_format) for cell in cells):
            used.append(date_format)
    return used


def _candidate_formats(sample: Sequence[str], *, named: bool) -> Sequence[str]:
    """The formats worth trying.

    Numbers are dates in few formats, and most of these need a column that is called a date.
    """
    if not sample:
        return ()
    if all(re.fullmatch(r"\d+(\.0*)?", cell) for cell in sample):
        if named:
            return DIGIT_FORMATS
        return UNNAMED_DIGIT_FORMATS
    if all(np.isfinite(parse_number(cell, ".", ",")) for cell in sample):
        if named:
            return ("%m.%Y",)
        return ()
    return TEXT_FORMATS


def _score_format(dates: list[datetime], date_format: str) -> FormatScore:
    return FormatScore(
        dates=len(dates),
        order=_measure_order(dates),
        evenness=_measure_evenness(dates),
        precedence=-DATE_FORMATS.index(date_format),
        date_format=date_format,
    )


def _read_dates(cells: Sequence[str], date_format: str) -> list[datetime]:
    """The dates of those cells that have this format."""
    dates = []
    for cell in cells:
        date = _read_date(cell, date_format)
        if date is not None:
            dates.append(date)
    return dates


def _read_date(cell: str, date_format: str) -> datetime | None:
    try:
        if date_format in TICKS_PER_SECOND:
            seconds = float(cell) / TICKS_PER_SECOND[date_format]
            return datetime.fromtimestamp(seconds, UTC)
        return datetime.strptime(cell, date_format)
    except (ValueError, OverflowError, OSError):
        return None


def _is_date(cell: str, date_format: str) -> bool:
    date = _read_date(cell, date_format)
    if date is None:
        return False
    return _is_in_range(date)


def _is_in_range(date: datetime) -> bool:
    return MIN_YEAR <= date.year <= MAX_YEAR


def _is_date_in_any(cell: str, date_formats: list[str]) -> bool:
    return any(_is_date(cell, date_format) for date_format in date_formats)


def _are_plausible(dates: list[datetime], date_format: str, *, named: bool) -> bool:
    """Whether these can be the dates of a series, and not numbers that happen to read as dates."""
    if date_format in TICKS_PER_SECOND:
        are_recent = all(1973 <= date.year <= 2200 for date in dates)
        if not are_recent:
            return False
        return named or _measure_order(dates) == 1
    if date_format in NAMED_FORMATS:
        different_dates = set(dates)
        if len(different_dates) < len(dates):
            return False
    usable = [date for date in dates if _is_in_range(date)]
    least_usable = MIN_DATE_FRACTION * len(dates)
    return len(usable) >= least_usable


def _measure_order(dates: list[datetime]) -> float:
    """How well dates are ordered, up or down: the fraction of steps in the commoner direction."""
    moments = [date.replace(tzinfo=None) for date in dates]
    rising = 0
    falling = 0
    for before, after in itertools.pairwise(moments):
        rising += after > before
        falling += after < before
    steps = len(moments) - 1
    commoner = max(rising, falling)
    return commoner / max(1, steps)


def _measure_evenness(dates: list[datetime]) -> float:
    """How alike the steps between dates are, at most 0.

    This tells months that are written 01/02/2020 from days.
    """
    if len(dates) < 2:
        return 0.0
    seconds = []
    for date in dates:
        moment = date.replace(tzinfo=UTC)
        seconds.append(moment.timestamp())
    steps = np.diff(seconds)
    mean_step = abs(float(steps.mean()))
    deviation = float(steps.std())
    relative_deviation = deviation / max(mean_step, 1.0)
    return round(-relative_deviation, 1)
