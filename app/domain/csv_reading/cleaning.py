"""From a table to a series: sort by date, and fix or refuse incomplete rows."""

from typing import Literal

import numpy as np
import pandas as pd

from app.domain.csv_reading.filling import FILL_METHODS, fill_missing, list_filled
from app.domain.csv_reading.findings import NOTED_KINDS, Finding, FindingKind, to_problem
from app.domain.csv_reading.future_rows import (
    report_future,
    without_future,
)
from app.domain.csv_reading.numbers.bounds import ask_about_bounds, read_bounds
from app.domain.csv_reading.selection import CleaningOptions, Selection, select_columns
from app.domain.csv_reading.series import Cells, FileProblem, FutureRows, Series, SeriesError
from app.domain.csv_reading.table import Table

MIN_ROWS = 30
DROP_OR_FILL = "Choose to drop these rows, to fill them with the previous value or to interpolate."
CLEANING_ADVICE: dict[FindingKind, str] = {  # for what the option `missing` is about
    FindingKind.MISSING: DROP_OR_FILL,
    FindingKind.TEXT: DROP_OR_FILL,
    FindingKind.DATE: "Choose to drop, fill or interpolate: rows without a date are left out.",
}


def make_series(table: Table, options: CleaningOptions) -> tuple[Series, list[str]]:
    """The series, and notes on what was done. Raises SeriesError with every problem."""
    _refuse_undecided_series(table)
    selection = select_columns(table, options)
    problems = _find_problems(table, options, selection)
    if problems:
        raise SeriesError(problems)
    notes = list(selection.notes)
    rows = table.numbers[selection.columns].copy()
    if options.missing == "bound":
        rows = read_bounds(rows, table, notes)
    rows.index = _index_of_dates(table, notes)
    rows = _order_rows(rows, options, notes)
    rows, future = _split_future(rows, selection)
    rows, filled_cells = _complete_rows(rows, options, notes)
    _refuse_useless_rows(rows, selection.target)
    for finding in table.findings:
        if finding.kind in NOTED_KINDS:
            notes.append(finding.message)
    dates = rows.index.to_numpy()
    values = rows.to_numpy(dtype="float64")
    series = Series(
        dates=dates.astype("datetime64[us]"),
        columns=tuple(selection.columns),
        values=np.ascontiguousarray(values),
        target=selection.target,
        known_ahead=selection.ahead.columns,
        future=future,
        filled_cells=filled_cells,
    )
    return series, notes


def _refuse_undecided_series(table: Table) -> None:
    """Raise SeriesError where a person has yet to choose one of several series."""
    for finding in table.findings:
        if finding.kind == FindingKind.SERIES:
            raise SeriesError([to_problem(finding)])


def _find_problems(
    table: Table, options: CleaningOptions, selection: Selection
) -> list[FileProblem]:
    """The findings about the chosen columns and the dates that no option says how to handle."""
    used_columns = [*selection.columns, table.dialect.date_name]
    findings = without_future(table.findings, table, selection.ahead)
    relevant = [finding for finding in findings if finding.column in used_columns]
    problems = []
    if options.known_ahead is None:
        reports = report_future(table, selection.target, selection.ahead)
        problems += [to_problem(finding) for finding in reports if finding.is_question]
    if options.missing == "refuse":
        for finding in relevant:
            if finding.kind in CLEANING_ADVICE:
                problems.append(_ask_about_missing(finding))
            if finding.kind == FindingKind.BOUND:
                problems.append(ask_about_bounds(finding))
    if options.duplicates == "refuse":
        for finding in relevant:
            if finding.kind == FindingKind.DUPLICATES:
                problems.append(_ask_about_duplicates(finding))
            if finding.kind == FindingKind.COARSE:
                problems.append(to_problem(finding))
    return problems


def _ask_about_missing(finding: Finding) -> FileProblem:
    advice = CLEANING_ADVICE[finding.kind]
    return FileProblem(
        "missing",
        f"{finding.message} {advice}",
    )


def _ask_about_duplicates(finding: Finding) -> FileProblem:
    return FileProblem(
        "duplicates",
        f"{finding.message} Choose whether to keep the first or last.",
    )


def _index_of_dates(table: Table, notes: list[str]) -> pd.DatetimeIndex:
    if table.dates is not None:
        return pd.DatetimeIndex(table.dates)
    _refuse_unread_dates(table)
    notes.append("There is no date column: the rows are numbered as days from 1970-01-01.")
    return pd.date_range(
        "1970-01-01",
        periods=table.rows,
        freq="D",
    )


def _refuse_unread_dates(table: Table) -> None:
    """Raise SeriesError for a date column that was chosen and that reads in no format."""
    if not table.dialect.date_columns:
        return
    questions = [finding for finding in table.findings if finding.field == "date_format"]
    raise SeriesError(
        FileProblem(question.field, question.message, question.choices) for question in questions
    )


def _order_rows(rows: pd.DataFrame, options: CleaningOptions, notes: list[str]) -> pd.DataFrame:
    """The rows in the order of their dates, each date once; `notes` gets what was done."""
    has_no_date = np.asarray(rows.index.isna())
    rows = _drop_rows(
        rows,
        has_no_date,
        "without a readable date",
        "left out",
        notes,
    )
    rows = rows.sort_index(kind="stable")
    kept: Literal["first", "last"] = "first"
    if options.duplicates == "last":
        kept = "last"
    is_repeated = rows.index.duplicated(keep=kept)
    return _drop_rows(
        rows,
        is_repeated,
        "with a repeated date",
        f"left out (kept the {kept})",
        notes,
    )


def _split_future(
    rows: pd.DataFrame, selection: Selection
) -> tuple[pd.DataFrame, FutureRows | None]:
    """The rows up to the last target, and those after it in which all is known that should be."""
    columns = list(selection.ahead.columns)
    if not selection.ahead.n_rows:
        return rows, None
    last_date = rows.index[rows[selection.target].notna()].max()
    is_after = rows.index > last_date
    is_future = is_after & rows[columns].notna().all(axis=1).to_numpy()
    ahead = rows[is_future]
    dates = ahead.index.to_numpy().astype("datetime64[us]")
    future = FutureRows(dates, np.ascontiguousarray(ahead[columns].to_numpy(dtype="float64")))
    return rows[~is_future], future


def _complete_rows(
    rows: pd.DataFrame, options: CleaningOptions, notes: list[str]
) -> tuple[pd.DataFrame, Cells]:
    """Rows that have all values, and which were filled; `notes` gets what was done."""
    filled = rows
    if options.missing in ("fill", "interpolate"):
        filled = fill_missing(rows, options.missing)
        _note_filled_rows(rows, filled, FILL_METHODS[options.missing], notes)
    is_incomplete = filled.isna().any(axis=1).to_numpy()
    complete_rows = _drop_rows(
        filled,
        is_incomplete,
        "with missing values",
        "left out",
        notes,
    )
    return complete_rows, list_filled(rows, filled)


def _drop_rows(
    rows: pd.DataFrame, is_dropped: np.ndarray, which: str, what: str, notes: list[str]
) -> pd.DataFrame:
    if not is_dropped.any():
        return rows
    dropped_rows = int(is_dropped.sum())
    note = _count_rows(dropped_rows, which, what)
    notes.append(note)
    return rows[~is_dropped]


def _note_filled_rows(
    rows: pd.DataFrame, filled: pd.DataFrame, what: str, notes: list[str]
) -> None:
    """Note how many rows have all values now that they are filled."""
    is_filled = rows.isna().any(axis=1) & filled.notna().all(axis=1)
    filled_rows = int(is_filled.sum())
    if filled_rows:
        notes.append(_count_rows(filled_rows, "with missing values", what))


def _count_rows(count: int, which: str, what: str) -> str:
    subject = f"{count:,} rows {which} were"
    if count == 1:
        subject = f"1 row {which} was"
    return f"{subject} {what}."


def _refuse_useless_rows(rows: pd.DataFrame, target: str) -> None:
    """Raise SeriesError for too few rows, and for a target that never changes."""
    if len(rows) < MIN_ROWS:
        left = f"{len(rows)} rows are"
        if len(rows) == 1:
            left = "1 row is"
        raise SeriesError.at(
            "file",
            f"Only {left} left; at least {MIN_ROWS} are needed.",
        )
    values = rows[target]
    if values.min() == values.max():
        raise SeriesError.at(
            "target",
            f'"{target}" never changes, so there is nothing to forecast.',
        )
