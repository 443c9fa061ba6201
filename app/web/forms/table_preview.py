"""A table as the page of its upload shows it: small, however many rows it has."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.domain.csv_reading.dates.rhythm import find_rhythm
from app.domain.csv_reading.encodings.encoding import decode_text
from app.domain.csv_reading.encodings.file_lines import FileLines, NumberedLine
from app.domain.csv_reading.findings import FindingKind
from app.domain.csv_reading.future_rows import Ahead, find_ahead
from app.domain.csv_reading.layout.rows import Line, split_rows
from app.domain.csv_reading.numbers.targets import default_features, guess_target
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.table import Table
from app.services.wording import count_nouns
from app.web.charts.figures import Figure
from app.web.charts.series import row_figure, series_figure
from app.web.forms.column_preview import MAX_SHOWN_COLUMNS, Column, describe_columns
from app.web.forms.upload_questions import Remarks
from app.web.forms.upload_repairs import SaveButton, count_missing, offer_buttons

MAX_PASSED_LINES = 30
SHOWN_ROWS = 5  # of the first, and of the last
SHORT_SPAN = np.timedelta64(3, "D")  # in which the hour of the first and last row is told
EMPTY_FIGURE: Figure = {"data": [], "layout": {}}


@dataclass(frozen=True)
class PassedLines:
    """Lines that are no rows of the table; `more`: how many are not shown."""

    shown: list[NumberedLine]
    more: int


@dataclass(frozen=True)
class TablePreview:
    """What the page shows of a table.

    summary: the table in one sentence. first_rows, last_rows: as they stand in the file. figure:
    the target over its dates.
    """

    rows: int
    columns: tuple[str, ...]
    number_columns: list[str]
    varying_columns: tuple[str, ...]
    likely_target: str
    summary: str
    remarks: Remarks
    described_columns: list[Column]
    first_rows: list[list[str]]
    last_rows: list[list[str]]
    passed_lines: PassedLines
    ahead: Ahead
    figure: Figure
    save_buttons: list[SaveButton]
    has_constants: bool

    @classmethod
    def of(
        cls,
        content: bytes,
        table: Table,
        cleaning: CleaningOptions,
        settled_fields: Collection[str],
    ) -> "TablePreview":
        """The preview of a table, with the target and features that are chosen or likely."""
        likely_target = guess_target(table)
        target = cleaning.target or likely_target
        varying = varying_columns(table)
        used_columns = {target, *(varying if cleaning.features is None else cleaning.features)}
        ahead = find_ahead(table, target, sorted(used_columns), cleaning.known_ahead)
        dates = table.dialect.date_columns
        asked_columns = {*used_columns, *dates, table.dialect.date_name}
        remarks = Remarks.of(table, cleaning, settled_fields, asked_columns, target, ahead)
        missing = count_missing(table, used_columns, ahead)
        lines = FileLines(decode_text(content, table.dialect.encoding))
        return cls(
            rows=table.rows,
            columns=table.columns,
            number_columns=table.number_columns,
            varying_columns=varying,
            likely_target=likely_target,
            summary=summarize(table, target, used_columns),
            remarks=remarks,
            described_columns=describe_columns(table, {*used_columns, *dates}),
            first_rows=[row[:MAX_SHOWN_COLUMNS] for row in table.head[:SHOWN_ROWS]],
            last_rows=_find_last_rows(lines, table),
            passed_lines=_find_passed_lines(lines, table),
            ahead=ahead,
            figure=EMPTY_FIGURE if _has_open_series(table) else _draw_target(table, target),
            save_buttons=offer_buttons(remarks.questions, cleaning, missing),
            has_constants=bool(table.constant_columns),
        )


def summarize(table: Table, target: str, used_columns: Collection[str]) -> str:
    """The table in a sentence.

    600 rows, hourly from 2024-01-01 to 2024-01-25, 3 gaps; target Close; 2 features.
    """
    parts = [_summarize_rows(table)]
    if not _has_open_series(table) and target in used_columns:
        n_features = len(set(used_columns) - {target})
        parts.append(f"target {target}")
        parts.append(count_nouns(n_features, "feature") if n_features else "no other features")
    return "; ".join(parts) + "."


def _summarize_rows(table: Table) -> str:
    rows = count_nouns(table.rows, "row")
    if table.dates is None:
        return f"{rows}, numbered in the order of the file, because no column is read as the date"
    dates = table.dates.dropna()
    if dates.empty:
        return f"{rows} without a date"
    rhythm = find_rhythm(table.dates)
    span = f"{rhythm.frequency} from {_describe_span(dates)}"
    if _has_open_series(table):
        return f"{rows} of several series, {span}"
    parts = [rows, span]
    if rhythm.gaps is not None:
        parts.append(count_nouns(len(rhythm.gaps), "gap") if len(rhythm.gaps) else "no gaps")
    if rhythm.repeated:
        parts.append(f"{count_nouns(rhythm.repeated, 'row')} with a repeated date")
    without_date = table.rows - len(dates)
    if without_date:
        parts.append(f"{count_nouns(without_date, 'row')} without a date")
    return ", ".join(parts)


def _has_open_series(table: Table) -> bool:
    """Whether the table holds the rows of several series: its dates repeat, and say nothing."""
    return any(finding.kind == FindingKind.SERIES for finding in table.findings)


def _describe_span(dates: "pd.Series[pd.Timestamp]") -> str:
    first = dates.min()
    last = dates.max()
    if last - first < SHORT_SPAN:
        return f"{first:%Y-%m-%d %H:%M:%S} to {last:%Y-%m-%d %H:%M:%S}"
    return f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"


def varying_columns(table: Table) -> tuple[str, ...]:
    """The columns of numbers that are not always the same."""
    constants = table.constant_columns
    return tuple(name for name in default_features(table) if name not in constants)


def _find_last_rows(lines: FileLines, table: Table) -> list[list[str]]:
    """The last rows as they stand in the file; none of a table whose rows are no lines."""
    if table.dialect.is_transposed or table.rows <= len(table.head[:SHOWN_ROWS]):
        return []
    numbers = [int(number) for number in table.lines[-SHOWN_ROWS:]]
    texts = [Line(line.number, line.text) for line in lines.select(numbers)]
    rows = []
    for row in split_rows(texts, table.dialect.separator):
        if len(row.cells) <= len(table.columns):
            rows.append(row.cells[:MAX_SHOWN_COLUMNS])
    return rows


def _find_passed_lines(lines: FileLines, table: Table) -> PassedLines:
    numbers: list[int] = []
    for finding in table.findings:
        if finding.kind == FindingKind.SKIPPED:
            numbers += finding.lines
    in_order = sorted(set(numbers))
    return PassedLines(
        shown=lines.select(in_order[:MAX_PASSED_LINES]),
        more=max(0, len(in_order) - MAX_PASSED_LINES),
    )


def _draw_target(table: Table, target: str) -> Figure:
    """The target over time, or by row number; nothing where there is no such column."""
    if target not in table.numbers.columns:
        return EMPTY_FIGURE
    values = table.numbers[target]
    has_value = values.notna()
    if table.dates is None:
        row_numbers = values.index[has_value].to_numpy() + 1
        return row_figure(row_numbers, values[has_value].to_numpy(), target)
    has_value &= table.dates.notna()
    dates = table.dates[has_value].to_numpy().astype("datetime64[us]")
    in_order = dates.argsort(kind="stable")
    drawn_values = values[has_value].to_numpy()
    gaps = find_rhythm(table.dates).gaps
    return series_figure(dates[in_order], drawn_values[in_order], target, gaps)
