"""A CSV as a table: numbers, dates, and what is unusual about them."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.csv_reading import checks, findings
from app.domain.csv_reading.body import Body, read_body
from app.domain.csv_reading.date_questions import ask_about_unread, ask_for_date
from app.domain.csv_reading.date_reading import ReadDates, read_dates
from app.domain.csv_reading.dialect import Dialect
from app.domain.csv_reading.encoding import decode_text
from app.domain.csv_reading.encoding_choices import check_encoding
from app.domain.csv_reading.findings import Finding, FindingKind, Lines, to_problem
from app.domain.csv_reading.layout import Layout, find_table
from app.domain.csv_reading.layout_findings import check_layout
from app.domain.csv_reading.numbers import (
    MAX_MAGNITUDE,
    find_ambiguous_number,
    is_missing,
    parse_numbers,
)
from app.domain.csv_reading.repeats import find_repeats
from app.domain.csv_reading.rows import sample_lines
from app.domain.csv_reading.scan import keep_rows
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.series_choice import ChosenRows
from app.domain.csv_reading.several_series import choose_series

HEAD_ROWS = 8
MIN_NUMBER_FRACTION = 0.5  # of the filled cells of a column of numbers
OF_ONE_SERIES = (  # said once a series is chosen
    FindingKind.MISSING,
    FindingKind.TEXT,
    FindingKind.UNSORTED,
    FindingKind.DUPLICATES,
    FindingKind.COARSE,
    FindingKind.GAP,
)


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
    if not dialect.is_turned:
        _refuse_unknown_date_columns(dialect.date_columns, names)
    rows = keep_rows(text, layout, dialect.separator)
    whole_body = read_body(rows.text, layout, dialect)
    chosen = choose_series(whole_body, layout, dialect)
    body = chosen.body
    table_findings = check_encoding(content, text, dialect.encoding)
    table_findings += check_layout(layout, rows.passed_over)
    dialect = chosen.dialect
    if layout.header is not None:
        table_findings += checks.check_names(names, layout.header)
    table_findings += chosen.findings
    numbers, number_findings = _read_numbers(chosen)
    table_findings += number_findings
    read = _read_dates(body, layout, dialect)
    table_findings += read.findings
    if read.dates is not None and not chosen.is_open:
        table_findings += find_repeats(body.cells, read.dates, dialect.date_columns, body.lines)
    table_findings += _find_ambiguous_numbers(layout, dialect)
    if chosen.is_open:
        table_findings = [item for item in table_findings if item.kind not in OF_ONE_SERIES]
    names = list(body.cells.columns)
    return Table(
        dialect=dialect,
        columns=tuple(names),
        numbers=numbers,
        dates=read.dates,
        lines=body.lines,
        head=_first_rows(body, whole_body, layout),
        missing={name: int(body.cells[name].isna().sum()) for name in names},
        findings=tuple(table_findings),
    )


def _read_numbers(chosen: ChosenRows) -> tuple[pd.DataFrame, list[Finding]]:
    """The columns of numbers, and what is unusual about these and the others.

    Raises SeriesError where there is none: with the question which series is meant, if that is
    open, since one of them may have numbers.
    """
    body = chosen.body
    dialect = chosen.dialect
    numbers = {}
    number_findings = []
    names = list(body.cells.columns)
    for name in names:
        if name in dialect.date_columns or name in dialect.key_columns:
            continue
        values, column_findings = _read_column(name, body, dialect)
        number_findings += column_findings
        if values is not None:
            numbers[name] = values
    if not numbers and chosen.is_open:
        raise SeriesError([to_problem(finding) for finding in chosen.findings if finding.field])
    if not numbers:
        raise _no_numbers(names, dialect)
    return pd.DataFrame(numbers), number_findings


def _first_rows(body: Body, whole_body: Body, layout: Layout) -> list[list[str]]:
    """The first rows as text: as they are written, where all rows are read as they stand."""
    if body is whole_body:
        return [row.cells for row in layout.body[:HEAD_ROWS]]
    cells = body.cells.head(HEAD_ROWS).astype("object").fillna("")
    return [[str(cell) for cell in row] for row in cells.to_numpy().tolist()]


def _refuse_unknown_date_columns(columns: tuple[str, ...], names: list[str]) -> None:
    for column in columns:
        if column not in names:
            raise SeriesError.at(
                "date",
                f'There is no column "{column[:100]}".',
            )


def _no_numbers(names: list[str], dialect: Dialect) -> SeriesError:
    message = "No column holds numbers, so there is nothing to forecast."
    has_only_dates = set(names) <= set(dialect.date_columns)
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


def _read_dates(body: Body, layout: Layout, dialect: Dialect) -> ReadDates:
    """The dates; without date columns, the question which they are."""
    if dialect.is_turned:
        return read_dates(body, dialect)
    sample = [row.cells for row in layout.body]
    if dialect.date_columns:
        dates = read_dates(body, dialect)
        if dialect.is_turned:
            return dates
        question = ask_about_unread(layout.names, sample, dialect.date_columns)
        return ReadDates(dates.dates, [*dates.findings, *question])
    return ReadDates(None, ask_for_date(layout.names, sample))


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
