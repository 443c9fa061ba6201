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
from app.domain.csv_reading.findings import Finding, Lines
from app.domain.csv_reading.layout import Layout, find_table
from app.domain.csv_reading.numbers import (
    MAX_MAGNITUDE,
    find_ambiguous_number,
    is_missing,
    parse_numbers,
)
from app.domain.csv_reading.rows import (
    blank_commented_rows,
    sample_lines,
)
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
    layout = find_table(sample_lines(text), dialect.separator, dialect.has_header)
    names = layout.names
    if dialect.date_column is not None and dialect.date_column not in names:
        message = f'There is no column "{dialect.date_column[:100]}".'
        raise SeriesError.at("date", message)
    body = read_body(blank_commented_rows(text, dialect.separator, layout.width), layout, dialect)
    found = findings.report_skipped_lines(layout.skipped)
    found += checks.check_names(names, layout.header or [""] * len(names))
    numbers = {}
    for name in names:
        if name == dialect.date_column:
            continue
        values, column_findings = _read_column(name, body, dialect)
        found += column_findings
        if values is not None:
            numbers[name] = values
    if not numbers:
        raise _no_numbers(layout, dialect)
    dates = None
    if dialect.date_column is not None:
        dates, date_findings = _read_dates(dialect.date_column, body, dialect)
        found += date_findings
    found += _find_ambiguous_numbers(layout, dialect)
    return Table(
        dialect=dialect,
        columns=tuple(names),
        numbers=pd.DataFrame(numbers),
        dates=dates,
        lines=body.lines,
        head=[row.cells for row in layout.body[:HEAD_ROWS]],
        missing={name: int(body.cells[name].isna().sum()) for name in names},
        findings=tuple(found),
    )


def _no_numbers(layout: Layout, dialect: Dialect) -> SeriesError:
    message = "No column holds numbers, so there is nothing to forecast."
    has_only_dates = layout.names == [dialect.date_column]
    if has_only_dates:
        only_dates = "There is no column besides the dates."
        return SeriesError.at("file", f"{only_dates} {message} Is the separator right?")
    return SeriesError.at("file", f"{message} Are the separator and the decimal sign right?")


def _read_column(
    name: str, body: Body, dialect: Dialect
) -> tuple["NDArray[np.float64] | None", list[Finding]]:
    """The column as float64, None where it is one of text, and what is unusual about it."""
    cells = body.cells[name]
    is_empty = cells.isna().to_numpy()
    if _is_parsed(cells):
        values = np.array(cells, np.float64)
    else:
        texts = cells.astype("str").fillna("").tolist()
        values = parse_numbers(texts, dialect.decimal, dialect.thousands)
        is_empty = np.isnan(values)
        is_empty[is_empty] = [is_missing(texts[row]) for row in np.flatnonzero(is_empty)]
    values[np.abs(values) > MAX_MAGNITUDE] = np.nan
    is_number = ~np.isnan(values)
    is_text = ~is_number & ~is_empty
    example = ""
    if is_text.any():
        example = str(cells[is_text].iloc[0])
    if is_empty.all():
        empty_column = findings.report_empty_column(name)
        return None, [empty_column]
    filled_cells = int((~is_empty).sum())
    least_numbers = max(1, MIN_NUMBER_FRACTION * filled_cells)
    if is_number.sum() < least_numbers:
        text_column = findings.report_text_column(name, example)
        return None, [text_column]
    found = checks.check_cells(name, is_empty, is_text, example, body.lines)
    found += checks.check_constant(name, values)
    return values, found


def _is_parsed(cells: "pd.Series[float]") -> bool:
    """Whether pandas has read the column as plain numbers."""
    if pd.api.types.is_bool_dtype(cells):
        return False
    return bool(pd.api.types.is_numeric_dtype(cells))


def _read_dates(
    column: str, body: Body, dialect: Dialect
) -> tuple["pd.Series[pd.Timestamp]", list[Finding]]:
    """The dates of the table, and what is unusual about them."""
    cells = body.cells[column]
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
    found = checks.check_dates(column, cells.fillna(""), dates, body.lines)
    if _are_ambiguous(cells, date_format):
        first = int(dates.notna().to_numpy().argmax())
        cell = str(cells.iloc[first])
        read_as = str(dates.iloc[first])[:10]
        found.append(findings.report_ambiguous_dates(column, cell, date_format, read_as))
    return dates, found


def _are_ambiguous(cells: "pd.Series[str]", date_format: str) -> bool:
    """Whether all of these dates could have day and month swapped; a sample is tried first."""
    every = max(1, len(cells) // SAMPLED_DATES)
    if not _fit_swapped_format(cells[::every], date_format):
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
    cells = [cell for row in layout.body for cell in row.cells]
    cell = find_ambiguous_number(cells, dialect.decimal)
    if not cell:
        return []
    return [findings.report_ambiguous_numbers(cell, dialect.decimal)]
