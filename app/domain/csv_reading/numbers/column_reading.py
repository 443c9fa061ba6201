"""The columns of numbers of a body, and what is unusual about their cells."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.csv_reading import checks, findings
from app.domain.csv_reading.body import Body
from app.domain.csv_reading.findings import Finding
from app.domain.csv_reading.numbers.columns import NumberColumn, read_number_column
from app.domain.csv_reading.numbers.parsing import MAX_MAGNITUDE, is_missing
from app.domain.csv_reading.numbers.sentinels import (
    count_number,
    equals,
    find_sentinels,
    report_sentinel,
)
from app.domain.csv_reading.numbers.survey import is_parsed

if TYPE_CHECKING:
    from app.domain.csv_reading.dialect import Dialect

MIN_NUMBER_FRACTION = 0.5  # of the filled cells of a column of numbers
FRACTION = r"^[0-9]+[-'/ ][0-9]+(/[0-9]+)?\+?$"


@dataclass
class NumberColumns:
    """The columns of numbers.

    numbers: float64, NaN where there is no number. bounds: for columns with cells such as <1,
    their numbers, NaN elsewhere.
    """

    numbers: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    bounds: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class ColumnCells:
    """The cells of one column. is_empty: which say that there is no value."""

    column: NumberColumn
    is_empty: NDArray[np.bool_]


def read_columns(
    body: Body, names: list[str], dialect: "Dialect", named_sentinels: set[float]
) -> NumberColumns:
    """Those of these columns that hold numbers."""
    result = NumberColumns()
    columns = {}
    for name in names:
        cells = _read_cells(body.cells[name], name, dialect)
        left_out = _explain_no_numbers(name, cells, body)
        if left_out is not None:
            result.findings.append(left_out)
            continue
        columns[name] = cells
    result.findings += _take_missing_numbers(columns, body, dialect, named_sentinels)
    for name, cells in columns.items():
        _add_column(name, cells, body, result)
    return result


def _read_cells(cells: "pd.Series[Any]", name: str, dialect: "Dialect") -> ColumnCells:
    if is_parsed(cells):
        values = np.array(cells, np.float64)
        is_empty = cells.isna().to_numpy().copy()
        is_too_large = np.abs(values) > MAX_MAGNITUDE
        values[is_too_large] = np.nan
        no_bounds = np.zeros(len(values), bool)
        return ColumnCells(NumberColumn(values, no_bounds, np.full(len(values), np.nan)), is_empty)
    texts = cells.astype("str").fillna("").tolist()
    decimal, thousands = dialect.signs_of(name)
    column = read_number_column(texts, decimal, thousands, reads_bounds=dialect.reads_bounds)
    return ColumnCells(column, _find_empty_cells(texts, column))


def _find_empty_cells(texts: list[str], column: NumberColumn) -> NDArray[np.bool_]:
    """Which cells without a number say that there is no value."""
    is_empty = np.isnan(column.values) & ~column.is_bound
    missing_texts: dict[str, bool] = {}
    for row in np.flatnonzero(is_empty):
        text = texts[row]
        if text not in missing_texts:
            missing_texts[text] = is_missing(text)
        is_empty[row] = missing_texts[text]
    return is_empty


def _explain_no_numbers(name: str, cells: ColumnCells, body: Body) -> Finding | None:
    """Why a column is none of numbers; None for one that is."""
    column = cells.column
    is_filled = ~cells.is_empty
    if not is_filled.any():
        return findings.report_empty_column(name)
    is_number = ~np.isnan(column.values) | column.is_bound
    least_numbers = max(1, MIN_NUMBER_FRACTION * int(is_filled.sum()))
    if is_number.sum() >= least_numbers:
        return None
    texts = body.cells[name][is_filled & ~is_number].astype("str")
    example = str(texts.iloc[0])
    if texts.str.match(FRACTION).mean() >= MIN_NUMBER_FRACTION:
        return findings.report_fractions(name, example)
    return findings.report_text_column(name, example)


def _take_missing_numbers(
    columns: dict[str, ColumnCells], body: Body, dialect: "Dialect", named: set[float]
) -> list[Finding]:
    """Make numbers that stand for a missing value NaN, and tell of these and of those that may."""
    numbers = {name: cells.column.values for name, cells in columns.items()}
    taken = dialect.missing_numbers
    sentinels = {sentinel.number: sentinel for sentinel in find_sentinels(numbers, named)}
    for number in taken:
        sentinel = count_number(numbers, number)
        if sentinel.columns:
            sentinels.setdefault(number, sentinel)
    reports = []
    for number, sentinel in sentinels.items():
        is_in_row = np.zeros(len(body.lines), bool)
        for name in sentinel.columns:
            is_it = equals(numbers[name], number)
            is_in_row |= is_it
            if number in taken:
                columns[name].is_empty[is_it] = True
        report = report_sentinel(sentinel, taken, body.lines, is_in_row)
        reports.append(report)
    for cells in columns.values():
        cells.column.values[cells.is_empty] = np.nan
    return reports


def _add_column(name: str, cells: ColumnCells, body: Body, result: NumberColumns) -> None:
    """Add a column of numbers, with what is unusual about it."""
    column = cells.column
    is_number = ~np.isnan(column.values)
    is_bound = column.is_bound & ~is_number
    is_text = ~cells.is_empty & ~is_number & ~is_bound
    if not (is_number | is_bound).any():
        result.findings.append(findings.report_empty_column(name))
        return
    result.numbers[name] = column.values
    if is_bound.any():
        result.bounds[name] = column.bounds
        report = findings.report_bounds(
            name,
            example=_first_cell(body, name, is_bound),
            bound=float(column.bounds[is_bound][0]),
            lines=tuple(body.lines[is_bound].tolist()),
        )
        result.findings.append(report)
    example = ""
    if is_text.any():
        example = _first_cell(body, name, is_text)
    result.findings += checks.check_cells(name, cells.is_empty, is_text, example, body.lines)
    result.findings += checks.check_constant(name, column.values)
    if column.examples:
        result.findings.append(findings.report_reading(name, column.examples))


def _first_cell(body: Body, name: str, chosen: NDArray[np.bool_]) -> str:
    """The first of the chosen cells of a column, as it is written."""
    return str(body.cells[name][chosen].iloc[0])
