"""A CSV as a table: numbers, dates, and all that is odd about it, with line numbers."""

import io
import re
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.csv_reading import findings
from app.domain.csv_reading.dates import other_reading, parse_dates
from app.domain.csv_reading.dialect import Dialect
from app.domain.csv_reading.findings import Finding, Lines
from app.domain.csv_reading.numbers import (
    LARGEST,
    MISSING,
    doubtful_cell,
    is_missing,
    number_column,
)
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.text import (
    LONGEST_CELL,
    Layout,
    decoded,
    find_table,
    long_cell,
    sample_lines,
    wide_line,
    without_comments,
)

SHOWN_ROWS = 8
NUMERIC_SHARE = (
    0.5  # of the filled cells that must be numbers for a column to count as one of numbers
)
NOT_THERE = sorted(
    MISSING | {word.upper() for word in MISSING} | {"NaN", "None", "Null", "Nan", "NaT"}
)


@dataclass(frozen=True, eq=False)
class Table:
    """numbers: float64 columns, NaN where there is none; lines: file line of each row; head: the first rows as text."""

    dialect: Dialect
    columns: tuple[str, ...]
    numbers: pd.DataFrame
    dates: "pd.Series[pd.Timestamp] | None"
    lines: Lines
    head: list[list[str]]
    missing: dict[str, int]  # cells without a value by column
    findings: tuple[Finding, ...] = field(default=())

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.lines)

    @property
    def number_columns(self) -> list[str]:
        """Those that hold numbers, in the file's order."""
        return [str(name) for name in self.numbers.columns]


def read(content: bytes, dialect: Dialect) -> Table:
    """Read a file as told. Raises SeriesError where that makes no table of numbers."""
    text = decoded(content, dialect.encoding)
    layout = find_table(sample_lines(text), dialect.separator, dialect.has_header)
    names = layout.names
    if dialect.date_column is not None and dialect.date_column not in names:
        raise SeriesError([("date", f'There is no column "{dialect.date_column[:100]}".')])
    cells, lines = _cells(without_comments(text, dialect.separator, layout.width), layout, dialect)
    found = [
        *findings.skipped(layout.skipped),
        *findings.repeated_names(names, layout.header or [""] * len(names)),
    ]
    numbers, missing = {}, {}
    for name in names:
        missing[name] = int(cells[name].isna().sum())
        if name != dialect.date_column:
            column, odd = _read_column(name, cells[name], dialect, lines)
            found += odd
            if column is not None:
                numbers[name] = column
    if not numbers:
        raise SeriesError([("file", _no_numbers(layout, dialect))])
    dates = _read_dates(cells, dialect, lines, found)
    found += _doubts(layout, dialect)
    head = [row for _, row in layout.body[:SHOWN_ROWS]]
    return Table(
        dialect, tuple(names), pd.DataFrame(numbers), dates, lines, head, missing, tuple(found)
    )


def _cells(text: str, layout: Layout, dialect: Dialect) -> tuple[pd.DataFrame, Lines]:
    """The body of the table; columns of plain numbers are read as such, the others as text, NaN for no value."""
    if not layout.body:
        raise SeriesError([("file", "The file has a header and no rows.")])
    skipped = layout.first_line - 1
    try:
        frame = pd.read_csv(
            io.StringIO(text),
            sep=dialect.separator,
            header=None,
            names=layout.names,
            skiprows=skipped,
            dtype={dialect.date_column: "str"} if dialect.date_column else None,
            decimal=dialect.decimal,
            na_values=NOT_THERE,
            keep_default_na=False,
            skip_blank_lines=False,
            skipinitialspace=True,
            index_col=False,
            low_memory=False,
            on_bad_lines="error",
        )
    except pd.errors.EmptyDataError:
        raise SeriesError([("file", "The file has a header and no rows.")]) from None
    except (pd.errors.ParserError, ValueError, OverflowError) as error:
        raise _bad_line(str(error)) from None
    lines = _line_numbers(frame, text, layout.first_line)
    _refuse_long_cells(frame, lines)
    filled = frame.notna().any(axis=1).to_numpy()
    if not filled.any():
        raise SeriesError([("file", "The file has no rows.")])
    return (frame, lines) if filled.all() else (frame[filled].reset_index(drop=True), lines[filled])


def _refuse_long_cells(frame: pd.DataFrame, lines: Lines) -> None:
    """Raise SeriesError for a cell of absurd length, also behind the lines that were looked at first."""
    for name in frame.columns:
        if pd.api.types.is_numeric_dtype(frame[name]):
            continue
        for line, cell in zip(lines, frame[name].tolist(), strict=True):
            length = len(cell.strip()) if isinstance(cell, str) else 0
            if length > LONGEST_CELL:
                raise long_cell(int(line), str(name), length)


def _line_numbers(frame: pd.DataFrame, text: str, first_line: int) -> Lines:
    """The line each row begins on; a quoted cell may hold several."""
    lines = np.arange(len(frame), dtype=np.int64) + first_line
    if text.count("\n", 0, -1) + 1 == first_line + len(frame) - 1:
        return lines
    inside = np.zeros(len(frame), np.int64)
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            inside += np.array([str(cell).count("\n") for cell in frame[name]], np.int64)
    before: Lines = np.cumsum(inside) - inside
    return lines + before


def _bad_line(message: str) -> SeriesError:
    found = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", message)
    if found:
        return wide_line(int(found[2]), int(found[3]), int(found[1]))
    if "EOF inside string" in message:
        began = re.search(r"starting at row (\d+)", message)
        where = f" in line {int(began[1]) + 1}" if began else ""
        words = f"A quotation mark is opened{where} and never closed, so the rest of the file cannot be read."
        return SeriesError([("file", words)])
    return SeriesError(
        [("file", "The rows of this file have different numbers of cells. Is the separator right?")]
    )


def _no_numbers(layout: Layout, dialect: Dialect) -> str:
    words = "No column holds numbers, so there is nothing to forecast."
    if len(layout.names) - (dialect.date_column is not None) < 1:
        return f"There is no column beside the dates. {words} Is the separator right?"
    return f"{words} Are the separator and the decimal sign right?"


def _read_column(
    name: str, cells: "pd.Series[float]", dialect: Dialect, lines: Lines
) -> tuple["NDArray[np.float64] | None", list[Finding]]:
    """The column as float64, None when it is one of text, and what is odd about it."""
    nothing = cells.isna().to_numpy()
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        values = np.array(cells, np.float64)
    else:
        texts = cells.astype("str").fillna("").tolist()
        values = number_column(texts, dialect.decimal, dialect.thousands)
        nothing = np.isnan(values)
        nothing[nothing] = [is_missing(texts[place]) for place in np.flatnonzero(nothing)]
    values[np.abs(values) > LARGEST] = np.nan
    odd = np.isnan(values) & ~nothing
    example = str(cells[odd].iloc[0]) if odd.any() else ""
    if nothing.all():
        return None, [Finding("left_out", name, f'"{name}" is empty and was left out.')]
    if (~np.isnan(values)).sum() < max(1, NUMERIC_SHARE * (~nothing).sum()):
        return None, [findings.left_out(name, example)]
    return values, findings.odd_cells(name, nothing, odd, example, lines) + findings.constant(
        name, values
    )


def _read_dates(
    cells: pd.DataFrame, dialect: Dialect, lines: Lines, found: list[Finding]
) -> "pd.Series[pd.Timestamp] | None":
    name, date_format = dialect.date_column, dialect.date_format
    if name is None:
        return None
    if date_format is None:
        raise SeriesError([("date_format", f'The cells of "{name}" are dates in no known format.')])
    dates = parse_dates(cells[name], date_format)
    if dates.isna().all():
        raise SeriesError(
            [("date_format", f'No cell of "{name}" is a date written as {date_format}.')]
        )
    found += findings.of_dates(name, cells[name].fillna(""), dates, lines)
    every = max(1, len(dates) // 1000)
    if all(_reads_both_ways(cells[name][::step], date_format) for step in (every, 1)):
        first = int(dates.notna().to_numpy().argmax())
        shown = str(dates.iloc[first])[:10]
        found.append(
            findings.doubtful_dates(name, str(cells[name].iloc[first]), date_format, shown)
        )
    return dates


def _reads_both_ways(cells: "pd.Series[str]", date_format: str) -> bool:
    """Whether all of these dates could have day and month exchanged."""
    other = other_reading(date_format)
    if other is None:
        return False
    read = parse_dates(cells, date_format).notna()
    return bool(read.any()) and bool(parse_dates(cells, other)[read].notna().all())


def _doubts(layout: Layout, dialect: Dialect) -> list[Finding]:
    cell = doubtful_cell([cell for _, row in layout.body for cell in row], dialect.decimal)
    return (
        [findings.doubtful_numbers(cell, dialect.decimal)]
        if cell and dialect.separator != ","
        else []
    )
