"""Dates in the header of a table whose lines are series: years, months, days in order."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from app.domain.csv_reading.dates.detection import detect_date_format
from app.domain.csv_reading.dates.parsing import parse_dates
from app.domain.csv_reading.dates.words import month_number as number_of_name
from app.domain.csv_reading.numbers.parsing import is_missing

MIN_HEADER_DATES = 3
MAX_DATE_LENGTH = 25
MIN_NUMBER_CELLS = 0.5  # fraction of the filled cells below the dates
MAX_DATE_CELLS = 0.9  # fraction of them that read as dates too: then they are no values
SHAPE_DIGITS = re.compile(r"\d+")
SHAPE_LETTERS = re.compile(r"[^\W\d_]+")
YEAR_IN_BRACKETS = re.compile(r"^(\d{4}) ?\[\w{0,4}\d{4}\]$")
PREFIXED_YEAR = re.compile(r"^[A-Za-z]{1,2}(\d{4})$")
NAME_OF_R = re.compile(r"^X(\d{1,4}\.\d{1,2}(?:\.\d{1,4})?)$")
FISCAL_YEAR = re.compile(r"^(\d{4})[-/](\d{2}|\d{4})$")
YEAR = re.compile(r"^(1[6-9]|2[0-2])\d\d$")
SIGNS_OF_MONTHS = (  # besides the names of months
    "djf jfm fma mam amj mjj jja jas aso son ond ndj",
    "m1 m2 m3 m4 m5 m6 m7 m8 m9 m10 m11 m12",
    "m01 m02 m03 m04 m05 m06 m07 m08 m09 m10 m11 m12",
    "1 2 3 4 5 6 7 8 9 10 11 12",
    "01 02 03 04 05 06 07 08 09 10 11 12",
    "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
)
QUARTERS = ("q1 q2 q3 q4", "qtr1 qtr2 qtr3 qtr4", "1q 2q 3q 4q", "i ii iii iv")
NO_VALUE = ":"  # Eurostat's
SAMPLED_CELLS = 4000
ALL_MONTHS = tuple(f"{month:02}" for month in range(1, 13))


@dataclass(frozen=True)
class HeaderDates:
    """The columns of a header that are dates, and how they read.

    texts: the date of each of these columns, as `date_format` reads it, or the part of it that the
    header has. line_column: the column with the other part: the year of a line of months.
    """

    columns: tuple[int, ...]
    texts: tuple[str, ...]
    date_format: str
    line_column: int | None = None


def find_header_dates(header: Sequence[str], body: Sequence[Sequence[str]]) -> HeaderDates | None:
    """The dates in a header above these rows; None where it has none."""
    dates = find_months_of_years(header, body) or find_dates_in_order(header)
    if dates is None or not _are_above_numbers(dates, body):
        return None
    if dates.line_column is not None:
        return dates
    if _has_days(dates, header, body):
        return None
    month_column = _find_month_column(dates, body)
    if month_column is not None and dates.date_format == "%Y":
        return HeaderDates(dates.columns, dates.texts, "%m %Y", month_column)
    return dates


def find_dates_in_order(header: Sequence[str]) -> HeaderDates | None:
    """The cells of a header that are written alike and are dates in order."""
    texts = _clean_dates(header)
    shapes = [_shape(text) for text in texts]
    counts = Counter(shape for shape in shapes if "9" in shape)
    if not counts:
        return None
    commonest, _ = counts.most_common(1)[0]
    columns = tuple(index for index, shape in enumerate(shapes) if shape == commonest)
    if len(columns) < MIN_HEADER_DATES:
        return None
    cells = [texts[index] for index in columns]
    date_format = detect_date_format(cells, named=True)
    if date_format is None or not _are_in_order(cells, date_format):
        return None
    return HeaderDates(columns, tuple(cells), date_format)


def read_header_dates(header: Sequence[str], date_format: str) -> HeaderDates | None:
    """The columns of a header that are dates in a format that was detected before."""
    texts = _clean_dates(header)
    dates = parse_dates(pd.Series(texts, dtype="str"), date_format)
    columns = tuple(int(index) for index in dates.notna().to_numpy().nonzero()[0])
    if not columns:
        return None
    return HeaderDates(columns, tuple(texts[index] for index in columns), date_format)


def find_months_of_years(
    header: Sequence[str], body: Sequence[Sequence[str]]
) -> HeaderDates | None:
    """Columns for twelve months or four quarters, and one with the year of each line."""
    months = find_months(header)
    if months is None:
        return None
    for index in range(len(header)):
        cells = [row[index] for row in body if index < len(row) and row[index]]
        if index not in months.columns and cells and all(YEAR.match(cell) for cell in cells):
            return HeaderDates(months.columns, months.texts, "%Y %m", index)
    return None


def find_months(header: Sequence[str]) -> HeaderDates | None:
    """Columns that are called after the months of a year, in order, as the number of each."""
    names = [cell.strip(" .").lower() for cell in header]
    for first in range(len(names)):
        months = tuple(month_number(name) for name in names[first : first + 12])
        if months == ALL_MONTHS:
            return HeaderDates(tuple(range(first, first + 12)), ALL_MONTHS, "%m")
        for words in QUARTERS:
            if names[first : first + 4] == words.split():
                return HeaderDates(tuple(range(first, first + 4)), ("01", "04", "07", "10"), "%m")
    return None


def month_number(cell: str) -> str | None:
    """The month that a cell names, from 01 to 12; None where it names none."""
    name = cell.strip(" .").lower()
    number = number_of_name(name)
    for signs in SIGNS_OF_MONTHS:
        if not number and name in signs.split():
            number = signs.split().index(name) + 1
    if not number:
        return None
    return f"{number:02}"


def _has_days(dates: HeaderDates, header: Sequence[str], body: Sequence[Sequence[str]]) -> bool:
    """Whether the lines have dates of their own, a day in each."""
    for index in range(len(header)):
        if index in dates.columns:
            continue
        cells = [row[index] for row in body if index < len(row) and not is_missing(row[index])]
        if len(set(cells)) < max(MIN_HEADER_DATES, len(cells) // 2):
            continue
        date_format = detect_date_format(cells, named=False)
        if date_format is not None and "%d" in date_format:
            return True
    return False


def _find_month_column(dates: HeaderDates, body: Sequence[Sequence[str]]) -> int | None:
    """The column that names the month of each line, below a header of years."""
    width = min(dates.columns)
    for index in range(width):
        cells = [row[index] for row in body if index < len(row) and row[index]]
        months = [month_number(cell) for cell in cells]
        if len(set(months)) >= 12 and None not in months:
            return index
    return None


def _clean_dates(header: Sequence[str]) -> list[str]:
    """The cells of a header without what tools put around dates: YR1960, 1960 [YR1960], X1960."""
    texts = []
    for cell in header:
        text = " ".join(cell.split())
        for pattern in (YEAR_IN_BRACKETS, PREFIXED_YEAR):
            text = pattern.sub(r"\1", text)
        name_of_r = NAME_OF_R.match(text)
        if name_of_r:
            text = name_of_r[1].replace(".", "/")
        texts.append(text)
    fiscal = [FISCAL_YEAR.match(text) for text in texts]
    matches = [match for match in fiscal if match is not None]
    if len(matches) >= MIN_HEADER_DATES and all(_is_fiscal(match) for match in matches):
        for index, match in enumerate(fiscal):
            if match is not None:
                texts[index] = match[1]
    return texts


def _is_fiscal(match: re.Match[str]) -> bool:
    """Whether the second year follows the first: 2019/20, but not the month 2019-12."""
    first_year = int(match[1])
    return (first_year + 1) % 100 == int(match[2]) % 100


def _shape(text: str) -> str:
    """How a cell is written: the same for all dates of a format."""
    if len(text) > MAX_DATE_LENGTH:
        return ""
    letters = SHAPE_LETTERS.sub("a", text)
    return SHAPE_DIGITS.sub("9", letters)


def _are_in_order(cells: Sequence[str], date_format: str) -> bool:
    dates = parse_dates(pd.Series(list(cells), dtype="str"), date_format)
    if dates.isna().any() or not dates.is_unique:
        return False
    return dates.is_monotonic_increasing or dates.is_monotonic_decreasing


def _are_above_numbers(dates: HeaderDates, body: Sequence[Sequence[str]]) -> bool:
    """Whether there are numbers below these dates, and not dates like them."""
    cells = []
    every = max(1, len(dates.columns) * len(body) // SAMPLED_CELLS)
    for row in body:
        cells += [row[index] for index in dates.columns[::every] if index < len(row)]
    cells = [cell for cell in cells if not is_missing(cell) and not cell.startswith(NO_VALUE)]
    if not cells:
        return False
    begin_as_numbers = sum(cell.lstrip("+-$€£¥(.,* ")[:1].isdigit() for cell in cells)
    if begin_as_numbers < MIN_NUMBER_CELLS * len(cells):
        return False
    read_as_dates = parse_dates(pd.Series(cells, dtype="str"), dates.date_format).notna()
    return bool(read_as_dates.mean() <= MAX_DATE_CELLS)
