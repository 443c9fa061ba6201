"""Tables whose lines are series and whose header has the dates, and their rows by date."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from app.domain.csv_reading.body import Body
from app.domain.csv_reading.findings import Finding, FindingKind, list_names
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.several.keys import SeriesIndex
from app.domain.csv_reading.several.transposed_header import NO_VALUE, month_number
from app.domain.csv_reading.several.transposed_layout import TransposedTable

VALUE_COLUMN = "value"
MAX_SHOWN_CELLS = 200_000  # of a file of which no series is chosen yet
FLAGGED_NUMBER = re.compile(r"^(-?\d[\d.,]*) [a-z]{1,3}$")  # as Eurostat writes what is estimated


def keep_filled_lines(body: Body, transposed: TransposedTable) -> tuple[Body, list[Finding]]:
    """The lines with a value, numbers without flags, and what was left out."""
    names = [body.cells.columns[index] for index in transposed.columns]
    values, flagged = _without_flags(body.cells[names])
    cells = body.cells
    if values is not None:
        others = cells.drop(columns=names)
        cells = pd.concat([others, values], axis=1)[list(cells.columns)]
    is_filled = cells[names].notna().any(axis=1).to_numpy()
    findings = []
    if flagged:
        message = f'Letters behind numbers, such as "{flagged[:40]}", are flags and were left out.'
        findings.append(Finding(FindingKind.SKIPPED, "", message))
    empty_lines = int((~is_filled).sum())
    if empty_lines:
        message = f"Lines without any value were left out: {empty_lines:,}."
        findings.append(Finding(FindingKind.SKIPPED, "", message))
    if not is_filled.any():
        raise SeriesError.at("file", "No line has a value below the dates of the header.")
    kept = cells[is_filled].reset_index(drop=True)
    return Body(kept, body.lines[is_filled]), findings


def _without_flags(values: pd.DataFrame) -> tuple[pd.DataFrame | None, str]:
    """The values as Eurostat means them, None where nothing changes, and the first flag."""
    flat = pd.Series(values.to_numpy(dtype=object).ravel(), dtype="str")
    is_number = pd.to_numeric(flat, errors="coerce").notna()
    others = flat[flat.notna() & ~is_number].str.strip()
    has_no_value = others.str.startswith(NO_VALUE).astype(bool)
    is_flagged = others.str.match(FLAGGED_NUMBER).astype(bool)
    if not has_no_value.any() and not is_flagged.any():
        return None, ""
    flagged = ""
    if is_flagged.any():
        flagged = str(others[is_flagged].iloc[0])
    numbers = others[is_flagged].str.replace(FLAGGED_NUMBER, r"\1", regex=True)
    flat[numbers.index] = numbers
    flat[has_no_value[has_no_value].index] = None
    cells = flat.to_numpy(dtype=object).reshape(values.shape)
    return pd.DataFrame(cells, columns=values.columns, dtype="str"), flagged


def line_parts(body: Body, transposed: TransposedTable) -> "pd.Series[str]":
    """What the lines have of the date, for each line: the year, or the number of the month."""
    if transposed.line_column is None:
        return pd.Series("", index=body.cells.index, dtype="str")
    cells = body.cells[transposed.line_column].fillna("").str.strip()
    if transposed.date_format.startswith("%m"):
        return cells.map(_month_or_text)
    return cells


def transpose_lines(body: Body, transposed: TransposedTable, kept: Sequence[str]) -> Body:
    """A row for each date of each line: columns `kept` of the line, the date and the value."""
    names = [body.cells.columns[index] for index in transposed.columns]
    width = len(names)
    repeated = np.repeat(np.arange(len(body.cells)), width)
    cells = {}
    for name in kept:
        cells[name] = body.cells[name].iloc[repeated].reset_index(drop=True)
    cells[transposed.date_columns[0]] = _dates_of_lines(body, transposed)
    values = body.cells[names].to_numpy(dtype=object).ravel()
    cells[value_name(transposed, kept)] = pd.Series(values, dtype="str")
    return Body(pd.DataFrame(cells), body.lines[repeated])


def transpose_to_columns(body: Body, transposed: TransposedTable, index: SeriesIndex) -> Body:
    """A row for each date, and a column for each series. Lines with one part of a date join."""
    names = [body.cells.columns[position] for position in transposed.columns]
    dates = _dates_of_lines(body, transposed)
    codes, different_dates = pd.factorize(dates)
    values = body.cells[names].to_numpy(dtype=object)
    first_dates = codes.reshape(len(body.cells), len(names))
    columns: dict[str, pd.Series[str]] = {
        transposed.date_columns[0]: pd.Series(np.asarray(different_dates), dtype="str")
    }
    for number in range(len(index)):
        rows = index.rows_of(number)
        places = first_dates[rows].ravel()
        if len(np.unique(places)) < len(places):
            raise _second_line(index.name_of(number))
        column = np.full(len(different_dates), np.nan, dtype=object)
        column[places] = values[rows].ravel()
        columns[index.name_of(number)] = pd.Series(column, dtype="str")
    first_line = np.full(len(different_dates), body.lines[0], dtype=np.int64)
    return Body(pd.DataFrame(columns), first_line)


def cut_empty_ends(body: Body, date_column: str) -> tuple[Body, list[Finding]]:
    """The dates from the first to the last with a value, and which were cut."""
    values = body.cells.drop(columns=[date_column])
    filled = np.flatnonzero(values.notna().any(axis=1).to_numpy())
    if not len(filled):
        return body, []
    first = int(filled[0])
    last = int(filled[-1])
    dates = body.cells[date_column]
    cut = []
    if first > 0:
        cut.append(_name_dates(dates.iloc[:first]))
    if last < len(dates) - 1:
        cut.append(_name_dates(dates.iloc[last + 1 :]))
    if not cut:
        return body, []
    message = f"There is no value for {' and '.join(cut)}: these dates were left out."
    finding = Finding(FindingKind.SKIPPED, "", message)
    kept = body.cells.iloc[first : last + 1].reset_index(drop=True)
    return Body(kept, body.lines[first : last + 1]), [finding]


def report_renamed_dates(transposed: TransposedTable) -> list[Finding]:
    """Dates of the header that are not read as they are written."""
    if transposed.renamed is None:
        return []
    written, text = transposed.renamed
    message = f'"{written}" in the header is read as {text}, and so are the others like it.'
    return [Finding(FindingKind.SKIPPED, "", message)]


def report_unused_columns(
    body: Body, transposed: TransposedTable, used: Sequence[str]
) -> list[Finding]:
    """Columns beside the dates that say nothing about which series a line is."""
    values = [body.cells.columns[index] for index in transposed.columns]
    unused = []
    for name in body.cells.columns:
        if name in values or name in used or name == transposed.line_column:
            continue
        if body.cells[name].notna().any():
            unused.append(str(name))
    if not unused:
        return []
    message = f"Beside the dates stand {list_names(unused)}: they are not used."
    return [Finding(FindingKind.LEFT_OUT, "", message)]


def value_name(transposed: TransposedTable, taken: Sequence[str]) -> str:
    """A name for the values that no other column has."""
    name = VALUE_COLUMN
    while name in (*taken, *transposed.date_columns):
        name += "_"
    return name


def _second_line(name: str) -> SeriesError:
    return SeriesError.at(
        "key",
        f'"{name[:40]}" has a second line for the same dates, so the series cannot stand side by '
        "side: choose one of them.",
    )


def _dates_of_lines(body: Body, transposed: TransposedTable) -> "pd.Series[str]":
    """The date of each cell, line by line."""
    parts = line_parts(body, transposed).to_numpy(dtype=object)
    texts = np.array(transposed.texts, dtype=object)
    if transposed.line_column is None:
        return pd.Series(np.tile(texts, len(parts)), dtype="str")
    joined = parts[:, None] + " " + texts[None, :]
    return pd.Series(joined.ravel(), dtype="str")


def _month_or_text(cell: str) -> str:
    return month_number(cell) or cell


def _name_dates(dates: "pd.Series[str]") -> str:
    if len(dates) == 1:
        return str(dates.iloc[0])
    return f"{dates.iloc[0]} to {dates.iloc[-1]}"
