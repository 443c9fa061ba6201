"""The lines that are read of a transposed table: the chosen series, with a row for each date."""

from dataclasses import replace

import pandas as pd

from app.domain.csv_reading.body import Body
from app.domain.csv_reading.dialect import Dialect
from app.domain.csv_reading.findings import Finding
from app.domain.csv_reading.layout.table_place import Layout
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.several.key_detection import OF_LINES, find_key_columns
from app.domain.csv_reading.several.keys import WIDE, Codes, SeriesIndex
from app.domain.csv_reading.several.series_choice import (
    ChosenRows,
    find_number,
    is_undecided,
    name_key_columns,
    settle_series,
)
from app.domain.csv_reading.several.series_detection import DetectedSeries, index_series
from app.domain.csv_reading.several.series_report import (
    offer_series,
    report_taken_columns,
    report_taken_series,
)
from app.domain.csv_reading.several.transposed import (
    MAX_SHOWN_CELLS,
    cut_empty_ends,
    keep_filled_lines,
    line_parts,
    report_renamed_dates,
    report_unused_columns,
    transpose_lines,
    transpose_to_columns,
)
from app.domain.csv_reading.several.transposed_layout import TransposedTable, find_transposed


def choose_lines(body: Body, layout: Layout, dialect: Dialect) -> ChosenRows:
    """The rows of the chosen series of a transposed table. Raises SeriesError."""
    transposed = find_transposed(layout, dialect.date_columns, dialect.date_format or "")
    body, findings = keep_filled_lines(body, transposed)
    findings += report_renamed_dates(transposed)
    detected = find_series_of_lines(body, transposed, dialect)
    if detected is None:
        transposed_body, cut = _transpose_one(body, transposed)
        unused = report_unused_columns(body, transposed, ())
        return ChosenRows(transposed_body, dialect, [*findings, *unused, *cut])
    dialect = name_key_columns(dialect, detected.index)
    findings += report_unused_columns(body, transposed, dialect.key_columns)
    chosen = _choose(body, transposed, dialect, detected)
    return replace(chosen, findings=[*chosen.findings, *findings])


def find_series_of_lines(
    body: Body, transposed: TransposedTable, dialect: Dialect
) -> DetectedSeries | None:
    """The series of lines with values; None where all of them are one without a name."""
    names = _names_of_lines(body, transposed)
    detected = None
    if not dialect.key_columns:
        detected = _detect_lines(body, names, transposed)
    return settle_series(names, dialect, detected)


def _names_of_lines(body: Body, transposed: TransposedTable) -> pd.DataFrame:
    """The columns that may name series."""
    not_names = [body.cells.columns[index] for index in transposed.columns]
    if transposed.line_column is not None:
        not_names.append(transposed.line_column)
    return body.cells.drop(columns=not_names)


def _detect_lines(
    body: Body, names: pd.DataFrame, transposed: TransposedTable
) -> DetectedSeries | None:
    """The series of the lines; None where all lines are one. Raises SeriesError without names."""
    parts, _ = pd.factorize(line_parts(body, transposed))
    is_different = ~body.cells.duplicated().to_numpy()
    different_parts, unique_parts = pd.factorize(parts[is_different])
    if len(unique_parts) == len(different_parts):
        return None
    rows = names[is_different].reset_index(drop=True)
    key = find_key_columns(rows, different_parts, rules=OF_LINES)
    if key is None:
        raise SeriesError.at(
            "key_columns",
            f"The header has the dates, {len(parts):,} lines have values, and no columns of text "
            "name each line. Add a column with a name for each.",
        )
    columns = tuple(column.name for column in key)
    return DetectedSeries(index_series(names, columns))


def _choose(
    body: Body, transposed: TransposedTable, dialect: Dialect, detected: DetectedSeries
) -> ChosenRows:
    index = detected.index
    sizes = _count_values(body, transposed, index)
    if is_undecided(dialect, index):
        finding = offer_series(detected, sizes, "values", columns_of_values=1)
        shown_lines = max(1, MAX_SHOWN_CELLS // len(transposed.columns))
        shown = Body(body.cells.iloc[:shown_lines], body.lines[:shown_lines])
        shown = transpose_lines(shown, transposed, dialect.key_columns)
        return ChosenRows(shown, dialect, [finding], is_open=True)
    if dialect.key == (WIDE,):
        wide = transpose_to_columns(body, transposed, index)
        wide, cut = cut_empty_ends(wide, transposed.date_columns[0])
        finding = report_taken_columns(detected, sizes, "values")
        return ChosenRows(wide, dialect, [finding, *cut])
    number = find_number(index, dialect, sizes)
    rows = index.rows_of(number)
    lines = Body(body.cells.iloc[rows].reset_index(drop=True), body.lines[rows])
    transposed_body, cut = _transpose_one(lines, transposed)
    findings = list(cut)
    if len(index) > 1:
        taken = report_taken_series(detected, number, sizes, "values", columns_of_values=1)
        findings.insert(0, taken)
    return ChosenRows(transposed_body, replace(dialect, key=index.key_of(number)), findings)


def _transpose_one(lines: Body, transposed: TransposedTable) -> tuple[Body, list[Finding]]:
    """The lines of one series, from its first to its last value."""
    body = transpose_lines(lines, transposed, ())
    return cut_empty_ends(body, transposed.date_columns[0])


def _count_values(body: Body, transposed: TransposedTable, index: SeriesIndex) -> Codes:
    """How many values each series has."""
    names = [body.cells.columns[position] for position in transposed.columns]
    values_of_lines = body.cells[names].notna().sum(axis=1)
    counts = pd.Series(values_of_lines.to_numpy()).groupby(index.codes).sum()
    return counts.to_numpy(dtype="int64")
