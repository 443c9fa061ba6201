"""A CSV as a table: numbers, dates, and what is unusual about them."""

from dataclasses import dataclass, field, replace

import pandas as pd

from app.domain.csv_reading import checks, findings
from app.domain.csv_reading.body import Body, read_body
from app.domain.csv_reading.column_reading import read_columns
from app.domain.csv_reading.column_roles import Role, find_roles
from app.domain.csv_reading.dates import parse_dates, swap_day_and_month
from app.domain.csv_reading.dialect import Dialect
from app.domain.csv_reading.encoding import decode_text
from app.domain.csv_reading.findings import Finding, Lines
from app.domain.csv_reading.layout import Layout, find_table
from app.domain.csv_reading.number_doubts import find_sign_doubts
from app.domain.csv_reading.rows import (
    blank_comments,
    sample_lines,
)
from app.domain.csv_reading.sentinels import named_sentinels
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.survey import collect_cores, number_columns
from app.domain.csv_reading.targets import report_roles, report_target

HEAD_ROWS = 8
SAMPLED_DATES = 1000


@dataclass(frozen=True, eq=False)
class Table:
    """A file that has been read.

    numbers: float64 columns, NaN where there is no number. bounds: of the columns with cells such
    as <1, their numbers, NaN elsewhere. dates: NaT where there is no date; None
    without a date column. lines: the line of the file each row begins on. head: the first rows as
    text. missing: how many cells of each column have no value. roles: of those columns of numbers
    that measure nothing.
    """

    dialect: Dialect
    columns: tuple[str, ...]
    numbers: pd.DataFrame
    bounds: pd.DataFrame
    dates: "pd.Series[pd.Timestamp] | None"
    lines: Lines
    head: list[list[str]]
    missing: dict[str, int]
    findings: tuple[Finding, ...] = field(default=())
    roles: dict[str, Role] = field(default_factory=dict)

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
    uncommented = blank_comments(text, dialect.separator, layout.width)
    body = read_body(uncommented.text, layout, dialect)
    table_findings = findings.report_skipped_lines(layout.skipped)
    comment_lines = [line for line in uncommented.comment_lines if line >= layout.first_line]
    table_findings += findings.report_comments(comment_lines)
    if layout.header is not None:
        table_findings += checks.check_names(names, layout.header)
    sentinels = named_sentinels(lines, layout)
    columns = read_columns(body, number_columns(layout, dialect), dialect, sentinels)
    table_findings += columns.findings
    if not columns.numbers:
        raise _no_numbers(layout, dialect)
    dates = None
    if dialect.date_columns:
        dates, date_findings = _read_dates(body, dialect)
        table_findings += date_findings
    cores = collect_cores(body.cells, uncommented.text, layout, dialect)
    table_findings += find_sign_doubts(cores, dialect)
    table = Table(
        dialect=dialect,
        columns=tuple(names),
        numbers=pd.DataFrame(columns.numbers),
        bounds=pd.DataFrame(columns.bounds),
        dates=dates,
        lines=body.lines,
        head=[row.cells for row in layout.body[:HEAD_ROWS]],
        missing={name: int(body.cells[name].isna().sum()) for name in names},
        findings=tuple(table_findings),
    )
    return _add_roles(table)


def _add_roles(table: Table) -> Table:
    """The table with what its columns of numbers are for."""
    roles = find_roles(table.numbers, table.dates, table.columns)
    table = replace(table, roles=roles)
    table = replace(table, findings=(*table.findings, *report_roles(table)))
    return replace(table, findings=(*table.findings, *report_target(table)))


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
