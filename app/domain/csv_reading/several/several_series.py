"""The rows that are read of a file that may have several series: the chosen one, or all."""

from dataclasses import replace

from app.domain.csv_reading.body import Body
from app.domain.csv_reading.dialect import Dialect
from app.domain.csv_reading.layout.table_place import Layout
from app.domain.csv_reading.several.keys import ONE_SERIES, WIDE
from app.domain.csv_reading.several.series_choice import (
    ChosenRows,
    find_number,
    is_undecided,
    name_key_columns,
    settle_series,
)
from app.domain.csv_reading.several.series_detection import DetectedSeries, detect_series
from app.domain.csv_reading.several.series_report import (
    offer_series,
    report_taken_columns,
    report_taken_series,
)
from app.domain.csv_reading.several.transposed_series import choose_lines
from app.domain.csv_reading.several.wide import put_side_by_side, value_columns


def choose_series(body: Body, layout: Layout, dialect: Dialect) -> ChosenRows:
    """The rows of the series that a dialect names, with a date and values in each.

    Raises SeriesError for a series that the file does not have.
    """
    if dialect.is_transposed:
        return choose_lines(body, layout, dialect)
    if dialect.key == (ONE_SERIES,):
        return ChosenRows(body, dialect, [])
    detected = find_series_of_rows(body, dialect)
    if detected is None:
        return ChosenRows(body, dialect, [])
    return _choose_rows(body, dialect, detected)


def find_series_of_rows(body: Body, dialect: Dialect) -> DetectedSeries | None:
    """The series of a table with a date in each row; None where it has one without a name."""
    detected = None
    if not dialect.key_columns:
        detected = detect_series(body, dialect)
    return settle_series(body.cells, dialect, detected)


def _choose_rows(body: Body, dialect: Dialect, detected: DetectedSeries) -> ChosenRows:
    index = detected.index
    dialect = name_key_columns(dialect, index)
    values = value_columns(body, dialect, index)
    if is_undecided(dialect, index):
        finding = offer_series(detected, index.counts, "rows", len(values))
        return ChosenRows(body, dialect, [finding], is_open=True)
    if dialect.key == (WIDE,):
        wide = put_side_by_side(body, dialect, index, values)
        finding = report_taken_columns(detected, index.counts, "rows")
        return ChosenRows(wide, dialect, [finding])
    number = find_number(index, dialect, index.counts)
    rows = index.rows_of(number)
    cells = body.cells.iloc[rows].reset_index(drop=True)
    findings = []
    if len(index) > 1:
        taken = report_taken_series(detected, number, index.counts, "rows", len(values))
        findings.append(taken)
    return ChosenRows(
        body=Body(cells, body.lines[rows]),
        dialect=replace(dialect, key=index.key_of(number)),
        findings=findings,
    )
