"""What is odd about a table, in words, with the line numbers of the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SHOWN_LINES = 10
LONG_GAP = 10  # times the usual step
Kind = Literal[
    "missing",
    "text",
    "date",
    "duplicates",
    "constant",
    "unsorted",
    "gap",
    "header",
    "skipped",
    "left_out",
    "doubtful",
]
SAID: tuple[Kind, ...] = (
    "skipped",
    "header",
    "doubtful",
    "left_out",
    "unsorted",
)  # worth keeping with the dataset
Lines = NDArray[np.int64]


@dataclass(frozen=True)
class Finding:
    """Something odd. `lines` are line numbers of the file, all of them."""

    kind: Kind
    column: str
    message: str
    lines: tuple[int, ...] = ()


def line_list(lines: Sequence[int]) -> str:
    """Line numbers for people: the first ten, and how many more."""
    shown = ", ".join(str(line) for line in lines[:SHOWN_LINES])
    more = f" and {len(lines) - SHOWN_LINES:,} more" if len(lines) > SHOWN_LINES else ""
    return f"line {shown}" if len(lines) == 1 else f"lines {shown}{more}"


def odd_cells(
    name: str, missing: NDArray[np.bool_], text: NDArray[np.bool_], example: str, lines: Lines
) -> list[Finding]:
    """Cells without a value, and cells with something else than a number."""
    found = []
    if missing.any():
        at = tuple(lines[missing].tolist())
        found.append(Finding("missing", name, f'"{name}" has no value in {line_list(at)}.', at))
    if text.any():
        at = tuple(lines[text].tolist())
        found.append(
            Finding(
                "text",
                name,
                f'"{name}" has no number ("{_short(example)}") in {line_list(at)}.',
                at,
            )
        )
    return found


def constant(name: str, values: NDArray[np.float64]) -> list[Finding]:
    """A column of numbers that never changes."""
    known = values[~np.isnan(values)]
    if len(known) < 2 or known.min() != known.max():
        return []
    return [
        Finding("constant", name, f'"{name}" is always {known[0]:g}: it tells a network nothing.')
    ]


def of_dates(
    name: str, cells: "pd.Series[str]", dates: "pd.Series[pd.Timestamp]", lines: Lines
) -> list[Finding]:
    """Cells that are no date, dates out of order, repeated dates and long gaps."""
    found = []
    unread = dates.isna().to_numpy()
    if unread.any():
        at = tuple(lines[unread].tolist())
        example = _short(str(cells[unread].iloc[0]))
        found.append(
            Finding(
                "date", name, f'"{name}" has no readable date ("{example}") in {line_list(at)}.', at
            )
        )
    return found + _order(name, dates, lines) + _gaps(name, dates, lines)


def doubtful_dates(name: str, first: str, date_format: str, shown: str) -> Finding:
    """Dates that could be read with day and month exchanged."""
    order = "day before month" if date_format.startswith("%d") else "month before day"
    message = f'"{name}" could be read in two ways: "{first}" is taken for {shown}, {order}.'
    return Finding("doubtful", name, f"{message} Choose the other date format if that is wrong.")


def doubtful_numbers(cell: str, decimal: str) -> Finding:
    """Numbers whose comma may be either sign."""
    meaning = "a decimal sign" if decimal == "," else "a thousands sign"
    message = f'Numbers like "{cell}" could be read in two ways: the comma is taken for {meaning}.'
    return Finding("doubtful", "", f"{message} Choose the other decimal sign if that is wrong.")


def repeated_names(names: Sequence[str], header: Sequence[str]) -> list[Finding]:
    """Columns that had to be renamed because their name was taken."""
    renamed = [
        name
        for name, cell in zip(names, header, strict=True)
        if cell.strip() and name.endswith(")")
    ]
    renamed = [name for name in renamed if name not in {" ".join(cell.split()) for cell in header}]
    return [
        Finding("header", name, f'A column name stands twice; the later one is called "{name}".')
        for name in renamed
    ]


def left_out(name: str, example: str) -> Finding:
    """A column that is no column of numbers."""
    return Finding(
        "left_out", name, f'"{name}" holds text ("{_short(example)}") and cannot be a feature.'
    )


def skipped(lines: Sequence[int]) -> list[Finding]:
    """Lines before the table."""
    if not lines:
        return []
    verb = (
        "stands before the table and was" if len(lines) == 1 else "stand before the table and were"
    )
    return [
        Finding("skipped", "", f"{line_list(lines).capitalize()} {verb} skipped.", tuple(lines))
    ]


def span(step: "pd.Timedelta") -> str:
    """A length of time for people."""
    seconds = step.total_seconds()
    if seconds >= 86_400:
        days = round(seconds / 86_400, 1)
        return (
            "1 day" if days == 1 else f"{days:,.0f} days" if days == int(days) else f"{days:,} days"
        )
    return (
        f"{seconds / 3600:g} h"
        if seconds >= 3600
        else f"{seconds / 60:g} min"
        if seconds >= 60
        else f"{seconds:g} s"
    )


def _short(text: str) -> str:
    return " ".join(text.split())[:40]


def _order(name: str, dates: "pd.Series[pd.Timestamp]", lines: Lines) -> list[Finding]:
    found = []
    known = dates.dropna()
    if not known.is_monotonic_increasing:
        how = "newest first" if known.is_monotonic_decreasing else "in no order"
        found.append(Finding("unsorted", name, f"The rows are {how}: they are sorted by date."))
    repeated = (dates.duplicated(keep=False) & dates.notna()).to_numpy()
    if repeated.any():
        at = tuple(lines[repeated].tolist())
        found.append(
            Finding(
                "duplicates",
                name,
                f'"{name}" has the same date more than once, in {line_list(at)}.',
                at,
            )
        )
    return found


def _gaps(name: str, dates: "pd.Series[pd.Timestamp]", lines: Lines) -> list[Finding]:
    order = dates.dropna().sort_values()
    steps = order.diff().iloc[1:]
    usual = steps[steps > pd.Timedelta(0)].median() if len(steps) else pd.NaT
    if pd.isna(usual) or steps.max() <= LONG_GAP * usual:
        return []
    end = int(steps.to_numpy().argmax()) + 1
    line = int(lines[order.index[end]])
    longest = f"{span(steps.max())} before line {line}"
    return [
        Finding(
            "gap",
            name,
            f"The longest gap is {longest}; the rows are usually {span(usual)} apart.",
            (line,),
        )
    ]
