"""A CSV as a table: numbers, dates, and what is unusual about them."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.csv_reading import checks, findings
from app.domain.csv_reading.body import Body, read_body
from app.domain.csv_reading.dates import parse_dates, swap_day_and_month
from app.domain.csv_reading.dialect import Dialect
from app.domain.csv_reading.encoding import decode_text
from app.domain.csv_reading.encoding_choices import check_encoding
from app.domain.csv_reading.findings import Finding, Lines
from app.domain.csv_reading.layout import Layout, find_table
from app.domain.csv_reading.layout_findings import check_layout
from app.domain.csv_reading.numbers import (
    MAX_MAGNITUDE,
    find_ambiguous_number,
    is_missing,
    parse_numbers,
)
from app.domain.csv_reading.rows import sample_lines
from app.domain.csv_reading.scan import keep_rows
from app.domain.csv_reading.series import SeriesError

HEAD_ROWS = 8
MIN_NUMBER_FRACTION = 0.5  # of the filled cells of a column of numbers
SAMPLED_DATES = 1000


@dataclass(frozen=True, eq=False)
class Table:
    """A file that has been read.

    numbers: float64 columns, NaN where there is no number. dates: NaT where there is no date; None
    without a date column. lines: the line of the file each row begins on. head: the first rows as
    text. missing: how many cells of each column have no value.
    """

    dialect: Dialect
    columns: tuple[str, ...]
    numbers: pd.DataFrame
    dates: "pd.Series[pd.Timestamp] | None"
    lines: Lines
    head: list[list[str]]
    missing: dict[str, int]
    findings: tuple[Finding, ...] = field(default=())

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return len(self.lines)

    @property
    def number_columns(self) -> list[str]:
        """Names of the columns of numbers, in the file's order."""
        names = self.numbers.columns
        return [str(name) for name in names]


def read_table(content: bytes, dialect: Dialect) -> Table:
    """Read a file that is written in this dialect. Raises SeriesError where it has no numbers."""
    text = decode_text(content, dialect.encoding)
    lines = sample_lines(text)
    layout = find_table(lines, dialect.separator, dialect.has_header)
    names = layout.names
    _refuse_unknown_date_columns(dialect.date_columns, names)
    rows = keep_rows(text, layout, dialect.separator)
    body = read_body(rows.text, layout, dialect)
    table_findings = check_encoding(content, text, dialect.encoding)
    table_findings += check_layout(layout, rows.passed_over)
    if layout.header is not None:
        table_findings += checks.check_names(names, layout.header)
    numbers = {}
    for name in names:
        if name in dialect.date_columns:
            continue
        values, column_findings = _read_column(name, body, dialect)
        table_findings += column_findings
        if values is not None:
            numbers[name] = values
    if not numbers:
        raise _no_numbers(layout, dialect)
    dates = None
    if dialect.date_columns:
        dates, date_findings = _read_dates(body, dialect)
        table_findings += date_findings
    table_findings += _find_ambiguous_numbers(layout, dialect)
    return Table(
        dialect=dialect,
        columns=tuple(names),
        numbers=pd.DataFrame(numbers),
        dates=dates,
        lines=body.lines,
        head=[row.cells for row in layout.body[:HEAD_ROWS]],
        missing={name: int(body.cells[name].isna().sum()) for name in names},
        findings=tuple(table_findings),
    )


def _refuse_unknown_date_columns(columns: tuple[str, ...], names: list[str]) -> None:
    for column in columns:
        if column not in names:
            raise SeriesError.at(
                "date",
                f'There is no column "{column[:100]}".',
            )


def _no_numbers(layout: Layout, dialect: Dialect) -> SeriesError:
    message = "No column holds numbers, so there is nothing to forecast."
    has_only_dates = set(layout.names) <= set(dialect.date_columns)
    if has_only_dates:
        return SeriesError.at(
            "file",
            f"There is no column besides the dates. {message} Is the separator right?",
        )
    return SeriesError.at(
        "file",
        f"{message} Are the separator and the decimal sign right?",
    )


def _read_column(
    name: str, body: Body, dialect: Dialect
) -> tuple["NDArray[np.float64] | None", list[Finding]]:
    """The column as float64, None where it is one of text, and what is unusual about it."""
    cells = body.cells[name]
    if _is_parsed(cells):
        values = np.array(cells, np.float64)
        is_empty = cells.isna().to_numpy()
    else:
        texts = cells.astype("str").fillna("").tolist()
        values = parse_numbers(texts, dialect.decimal, dialect.thousands)
        is_empty = _find_empty_cells(texts, values)
    is_too_large = np.abs(values) > MAX_MAGNITUDE
    values[is_too_large] = np.nan
    is_number = ~np.isnan(values)
    is_filled = ~is_empty
    is_text = is_filled & ~is_number
    example = ""
    if is_text.any():
        example = str(cells[is_text].iloc[0])
    if not is_filled.any():
        empty_column = findings.report_empty_column(name)
        return None, [empty_column]
    filled_cells = int(is_filled.sum())
    least_numbers = max(1, MIN_NUMBER_FRACTION * filled_cells)
    if is_number.sum() < least_numbers:
        text_column = findings.report_text_column(name, example)
        return None, [text_column]
    column_findings = checks.check_cells(name, is_empty, is_text, example, body.lines)
    column_findings += checks.check_constant(name, values)
    return values, column_findings


def _find_empty_cells(texts: list[str], values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which cells without a number say that there is no value."""
    is_empty = np.isnan(values)
    for row in np.flatnonzero(is_empty):
        is_empty[row] = is_missing(texts[row])
    return is_empty


def _is_parsed(cells: "pd.Series[float]") -> bool:
    """Whether pandas has read the column as plain numbers."""
    if pd.api.types.is_bool_dtype(cells):
        return False
    return bool(pd.api.types.is_numeric_dtype(cells))


def _read_dates(body: Body, dialect: Dialect) -> tuple["pd.Series[pd.Timestamp]", list[Finding]]:
    """The dates of the table, and what is unusual about them."""
    column = dialect.date_name
    cells = _join_cells(body, dialect.date_columns)
    date_format = dialect.date_format
    if date_format is None:
        raise SeriesError.at(
            "date_format",
            f'The dates in "{column}" have no known format.',
        )
    dates = parse_dates(cells, date_format)
    if dates.isna().all():
        raise SeriesError.at(
            "date_format",
            f'No cell of "{column}" is a date written as {date_format}.',
        )
    texts = cells.fillna("")
    date_findings = checks.check_dates(column, texts, dates, body.lines)
    if _are_ambiguous(cells, date_format):
        is_date = dates.notna().to_numpy()
        first = int(is_date.argmax())
        cell = str(cells.iloc[first])
        read_as = str(dates.iloc[first])[:10]
        ambiguous = findings.report_ambiguous_dates(column, cell, date_format, read_as)
        date_findings.append(ambiguous)
    return dates, date_findings


def _join_cells(body: Body, columns: tuple[str, ...]) -> "pd.Series[str]":
    """The cells of these columns with a space between; NaN where one has no value."""
    joined = body.cells[columns[0]]
    for column in columns[1:]:
        joined = joined.str.cat(body.cells[column], sep=" ")
    return joined


def _are_ambiguous(cells: "pd.Series[str]", date_format: str) -> bool:
    """Whether all of these dates could have day and month swapped; a sample is tried first."""
    every = max(1, len(cells) // SAMPLED_DATES)
    sample = cells[::every]
    if not _fit_swapped_format(sample, date_format):
        return False
    return _fit_swapped_format(cells, date_format)


def _fit_swapped_format(cells: "pd.Series[str]", date_format: str) -> bool:
    swapped_format = swap_day_and_month(date_format)
    if swapped_format is None:
        return False
    is_date = parse_dates(cells, date_format).notna()
    if not is_date.any():
        return False
    swapped_dates = parse_dates(cells, swapped_format)
    return bool(swapped_dates[is_date].notna().all())


def _find_ambiguous_numbers(layout: Layout, dialect: Dialect) -> list[Finding]:
    if dialect.separator == ",":
        return []
    cells: list[str] = []
    for row in layout.body:
        cells += row.cells
    cell = find_ambiguous_number(cells, dialect.decimal)
    if not cell:
        return []
    ambiguous = findings.report_ambiguous_numbers(cell, dialect.decimal)
    return [ambiguous]
