"""From a table to a series: choose columns, sort by date, and mend or refuse what is odd."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from app.domain.csv_reading.findings import SAID, Finding
from app.domain.csv_reading.series import Series, SeriesError
from app.domain.csv_reading.table import Table

MIN_ROWS = 30
TARGET_NAME = re.compile(
    r"^<?(adj\.?[ _]?)?close\b|^(price|value|y|target|last|settle)$|^schluss|.*kurs$", re.IGNORECASE
)

MEND = "Choose to drop these rows or to fill them with the value before."
ADVICE: dict[str, str] = {
    "missing": MEND,
    "text": MEND,
    "date": "Choose to drop or fill: rows without a date are left out.",
}


@dataclass(frozen=True)
class Choices:
    """What to take and how to mend it. None: a good default. missing also covers text and unreadable dates."""

    target: str | None = None
    features: tuple[str, ...] | None = None
    missing: Literal["refuse", "drop", "fill"] = "refuse"
    duplicates: Literal["refuse", "first", "last"] = "refuse"
    constant: Literal["drop", "keep"] = "drop"


def default_target(table: Table) -> str:
    """A column called close, price, value or the like, else the last one of numbers that varies."""
    constants = {finding.column for finding in table.findings if finding.kind == "constant"}
    names = [name for name in table.number_columns if name not in constants] or table.number_columns
    return next((name for name in names if TARGET_NAME.match(name)), names[-1])


def make_series(table: Table, choices: Choices) -> tuple[Series, list[str]]:
    """The series and notes on what was done. Raises SeriesError with every problem at its field."""
    target, columns, notes = _columns(table, choices)
    frame = table.numbers[columns].copy()
    dates = table.dates if table.dates is not None else _row_numbers(len(frame), notes)
    problems = _refusals(table, choices, columns)
    if problems:
        raise SeriesError(problems)
    frame.index = pd.DatetimeIndex(dates)
    frame = _mended(frame, choices, notes)
    if len(frame) < MIN_ROWS:
        left = "1 row is" if len(frame) == 1 else f"{len(frame)} rows are"
        raise SeriesError([("file", f"Only {left} left; at least {MIN_ROWS} are needed.")])
    if frame[target].min() == frame[target].max():
        raise SeriesError(
            [("target", f'"{target}" never changes, so there is nothing to forecast.')]
        )
    notes += [finding.message for finding in table.findings if finding.kind in SAID]
    values = frame.to_numpy(dtype="float64")
    moments = frame.index.to_numpy().astype("datetime64[us]")
    return Series(moments, tuple(columns), np.ascontiguousarray(values), target), notes


def _columns(table: Table, choices: Choices) -> tuple[str, list[str], list[str]]:
    """Target, columns in the file's order, and notes on columns left out."""
    known, notes = table.number_columns, []
    target = choices.target or default_target(table)
    problems = []
    if target not in known:
        problems.append(("target", _not_numbers(table, target)))
    wanted = list(choices.features) if choices.features is not None else list(known)
    problems += [("features", _not_numbers(table, name)) for name in wanted if name not in known]
    if problems:
        raise SeriesError(problems)
    constants = [finding.column for finding in table.findings if finding.kind == "constant"]
    if choices.constant == "drop":
        left_out = [name for name in wanted if name in constants and name != target]
        notes += [f'"{name}" never changes and was left out.' for name in left_out]
        wanted = [name for name in wanted if name not in left_out]
    return target, [name for name in known if name in wanted or name == target], notes


def _not_numbers(table: Table, name: str) -> str:
    known = ", ".join(table.number_columns[:20])
    if name in table.columns:
        return f'"{name[:100]}" holds no numbers. Columns of numbers are: {known}.'
    return f'There is no column "{name[:100]}". Columns of numbers are: {known}.'


def _row_numbers(rows: int, notes: list[str]) -> pd.DatetimeIndex:
    notes.append("There is no date column: the rows are numbered as days from 1970-01-01.")
    return pd.date_range("1970-01-01", periods=rows, freq="D")


def _refusals(table: Table, choices: Choices, columns: Sequence[str]) -> list[tuple[str, str]]:
    mine = [finding for finding in table.findings if _concerns(finding, table, columns)]
    problems = []
    if choices.missing == "refuse":
        odd = [finding for finding in mine if finding.kind in ADVICE]
        problems += [("missing", f"{finding.message} {ADVICE[finding.kind]}") for finding in odd]
    if choices.duplicates == "refuse":
        twice = [finding for finding in mine if finding.kind == "duplicates"]
        problems += [
            ("duplicates", f"{finding.message} Choose whether to keep the first or last.")
            for finding in twice
        ]
    return problems


def _concerns(finding: Finding, table: Table, columns: Sequence[str]) -> bool:
    return finding.column in columns or finding.column == table.dialect.date_column


def _mended(frame: pd.DataFrame, choices: Choices, notes: list[str]) -> pd.DataFrame:
    undated = np.asarray(frame.index.isna())
    if undated.any():
        notes.append(_counted(int(undated.sum()), "without a readable date", "left out"))
        frame = frame[~undated]
    frame = frame.sort_index(kind="stable")
    repeated = frame.index.duplicated(keep="first" if choices.duplicates != "last" else "last")
    if repeated.any():
        notes.append(
            _counted(
                int(repeated.sum()),
                "with a repeated date",
                f"left out (kept the {choices.duplicates})",
            )
        )
        frame = frame[~repeated]
    incomplete = frame.isna().any(axis=1)
    if incomplete.any() and choices.missing == "fill":
        notes.append(
            _counted(int(incomplete.sum()), "with missing values", "filled with the value before")
        )
        frame = frame.ffill()
        incomplete = frame.isna().any(axis=1)
    if incomplete.any():
        notes.append(_counted(int(incomplete.sum()), "with missing values", "left out"))
        frame = frame[~incomplete]
    return frame


def _counted(count: int, which: str, what: str) -> str:
    return f"1 row {which} was {what}." if count == 1 else f"{count:,} rows {which} were {what}."
