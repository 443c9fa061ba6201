"""A CSV as a table: numbers, dates, and what is unusual about them."""

from dataclasses import dataclass, field, replace

import pandas as pd

from app.domain.csv_reading import checks
from app.domain.csv_reading.body import Body, read_body
from app.domain.csv_reading.dates.questions import ask_about_unread, ask_for_date
from app.domain.csv_reading.dates.reading import ReadDates, read_dates
from app.domain.csv_reading.dialect import Dialect
from app.domain.csv_reading.encodings.encoding import decode_text
from app.domain.csv_reading.encodings.encoding_choices import check_encoding
from app.domain.csv_reading.findings import Finding, FindingKind, Lines, to_problem
from app.domain.csv_reading.layout.layout_findings import check_layout
from app.domain.csv_reading.layout.rows import sample_lines
from app.domain.csv_reading.layout.scan import keep_rows
from app.domain.csv_reading.layout.table_place import Layout, find_table
from app.domain.csv_reading.numbers.column_reading import NumberColumns, read_columns
from app.domain.csv_reading.numbers.column_roles import Role, find_roles
from app.domain.csv_reading.numbers.doubts import find_sign_doubts
from app.domain.csv_reading.numbers.sentinels import named_sentinels
from app.domain.csv_reading.numbers.survey import collect_cores
from app.domain.csv_reading.numbers.targets import report_roles, report_target
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.several.repeats import find_repeats
from app.domain.csv_reading.several.series_choice import ChosenRows
from app.domain.csv_reading.several.several_series import choose_series

HEAD_ROWS = 8

OF_ONE_SERIES = (  # said once a series is chosen
    FindingKind.MISSING,
    FindingKind.TEXT,
    FindingKind.UNSORTED,
    FindingKind.DUPLICATES,
    FindingKind.COARSE,
    FindingKind.GAP,
    FindingKind.COUNTER,
    FindingKind.SENTINEL,
    FindingKind.BOUND,
)


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
    def constant_columns(self) -> set[str]:
        """Names of the columns of numbers that never change."""
        constants = [item for item in self.findings if item.kind == FindingKind.CONSTANT]
        return {finding.column for finding in constants}

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
    if not dialect.is_transposed:
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
    columns = _read_numbers(chosen, named_sentinels(lines, layout))
    table_findings += columns.findings
    read = _read_dates(body, layout, dialect)
    table_findings += read.findings
    if read.dates is not None and not chosen.is_open:
        table_findings += find_repeats(body.cells, read.dates, dialect.date_columns, body.lines)
    cores = collect_cores(whole_body.cells, rows.text, layout, dialect)
    table_findings += find_sign_doubts(cores, dialect)
    table = Table(
        dialect=dialect,
        columns=tuple(body.cells.columns),
        numbers=pd.DataFrame(columns.numbers),
        bounds=pd.DataFrame(columns.bounds),
        dates=read.dates,
        lines=body.lines,
        head=_first_rows(body, whole_body, layout),
        missing={name: int(body.cells[name].isna().sum()) for name in body.cells.columns},
        findings=tuple(table_findings),
    )
    return _add_roles(table, is_open=chosen.is_open)


def _add_roles(table: Table, *, is_open: bool) -> Table:
    """The table with what its columns of numbers are for.

    is_open: whether a series is still to be chosen; nothing is said that holds for one alone.
    """
    roles = find_roles(table.numbers, table.dates, table.columns)
    table = replace(table, roles=roles)
    table = replace(table, findings=(*table.findings, *report_roles(table)))
    findings = (*table.findings, *report_target(table))
    if is_open:
        findings = tuple(item for item in findings if item.kind not in OF_ONE_SERIES)
    return replace(table, findings=findings)


def _read_numbers(chosen: ChosenRows, sentinels: set[float]) -> NumberColumns:
    """The columns of numbers, and what is unusual about these and the others.

    Raises SeriesError where there is none: with the question which series is meant, if that is
    open, since one of them may have numbers.
    """
    body = chosen.body
    dialect = chosen.dialect
    names = [str(name) for name in body.cells.columns]
    others = {*dialect.date_columns, *dialect.key_columns}
    possible = [name for name in names if name not in others]
    columns = read_columns(body, possible, dialect, sentinels)
    if not columns.numbers and chosen.is_open:
        raise SeriesError([to_problem(finding) for finding in chosen.findings if finding.field])
    if not columns.numbers:
        raise _no_numbers(names, dialect)
    return columns


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
                f'Column "{column[:100]}" not found.',
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


def _read_dates(body: Body, layout: Layout, dialect: Dialect) -> ReadDates:
    """The dates; without date columns, the question which they are."""
    if dialect.is_transposed:
        return read_dates(body, dialect)
    sample = [row.cells for row in layout.body]
    if dialect.date_columns:
        dates = read_dates(body, dialect)
        question = ask_about_unread(layout.names, sample, dialect.date_columns)
        return ReadDates(dates.dates, [*dates.findings, *question])
    return ReadDates(None, ask_for_date(layout.names, sample))
