"""Find what is unusual about the columns of a table."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.csv_reading.findings import (
    Finding,
    FindingKind,
    Lines,
    format_duration,
    list_lines,
    shorten_cell,
)

LONG_GAP = 10  # times the usual step


def check_cells(
    column: str,
    is_missing: NDArray[np.bool_],
    is_text: NDArray[np.bool_],
    example: str,
    lines: Lines,
) -> list[Finding]:
    """Find cells of a column of numbers without a value, and cells with text such as `example`."""
    findings = []
    if is_missing.any():
        missing_lines = _select_lines(lines, is_missing)
        no_value = Finding(
            kind=FindingKind.MISSING,
            column=column,
            message=f'"{column}" has no value in {list_lines(missing_lines)}.',
            lines=missing_lines,
        )
        findings.append(no_value)
    if is_text.any():
        text_lines = _select_lines(lines, is_text)
        listed_lines = list_lines(text_lines)
        no_number = Finding(
            kind=FindingKind.TEXT,
            column=column,
            message=f'"{column}" is not a number ("{shorten_cell(example)}") in {listed_lines}.',
            lines=text_lines,
        )
        findings.append(no_number)
    return findings


def check_constant(column: str, values: NDArray[np.float64]) -> list[Finding]:
    """Find out whether a column of numbers never changes."""
    numbers = values[~np.isnan(values)]
    if len(numbers) < 2:
        return []
    if numbers.min() != numbers.max():
        return []
    finding = Finding(
        kind=FindingKind.CONSTANT,
        column=column,
        message=f'"{column}" is always {numbers[0]:g}: it tells a network nothing.',
    )
    return [finding]


def check_dates(
    column: str, cells: "pd.Series[str]", dates: "pd.Series[pd.Timestamp]", lines: Lines
) -> list[Finding]:
    """Find cells that are not dates, dates out of order and a long gap."""
    return [
        *_find_unreadable_dates(column, cells, dates, lines),
        *_find_disorder(column, dates),
        *_find_gap(column, dates, lines),
    ]


def check_names(names: Sequence[str], header: Sequence[str]) -> list[Finding]:
    """Find columns that had to be renamed because their name was taken."""
    written = {" ".join(cell.split()) for cell in header}
    findings = []
    for name, cell in zip(names, header, strict=True):
        if not cell.strip() or name in written:
            continue
        if name.endswith(")"):
            finding = Finding(
                kind=FindingKind.HEADER,
                column=name,
                message=f'Two columns have the same name; the later one is called "{name}".',
            )
            findings.append(finding)
    return findings


def _select_lines(lines: Lines, chosen: NDArray[np.bool_]) -> tuple[int, ...]:
    chosen_lines = np.unique(lines[chosen])
    return tuple(chosen_lines.tolist())


def _find_unreadable_dates(
    column: str, cells: "pd.Series[str]", dates: "pd.Series[pd.Timestamp]", lines: Lines
) -> list[Finding]:
    is_unreadable = dates.isna().to_numpy()
    if not is_unreadable.any():
        return []
    unreadable_lines = _select_lines(lines, is_unreadable)
    example = shorten_cell(str(cells[is_unreadable].iloc[0]))
    listed_lines = list_lines(unreadable_lines)
    finding = Finding(
        kind=FindingKind.DATE,
        column=column,
        message=f'"{column}" has no readable date ("{example}") in {listed_lines}.',
        lines=unreadable_lines,
    )
    return [finding]


def _find_disorder(column: str, dates: "pd.Series[pd.Timestamp]") -> list[Finding]:
    readable = dates.dropna()
    if readable.is_monotonic_increasing:
        return []
    order = "in no order"
    if readable.is_monotonic_decreasing:
        order = "newest first"
    finding = Finding(
        kind=FindingKind.UNSORTED,
        column=column,
        message=f"The file has its rows {order}; they are sorted by date.",
    )
    return [finding]


def _find_gap(column: str, dates: "pd.Series[pd.Timestamp]", lines: Lines) -> list[Finding]:
    """The longest time between two rows, if it is much longer than usual."""
    in_order = dates.dropna().sort_values()
    steps = in_order.diff().iloc[1:]
    forward_steps = steps[steps > pd.Timedelta(0)]
    if not len(forward_steps):
        return []
    usual_step = forward_steps.median()
    if steps.max() <= LONG_GAP * usual_step:
        return []
    longest_step = int(steps.to_numpy().argmax())
    row_after_gap = in_order.index[longest_step + 1]
    line = int(lines[row_after_gap])
    longest = format_duration(steps.max())
    usual = format_duration(usual_step)
    finding = Finding(
        kind=FindingKind.GAP,
        column=column,
        message=f"The longest gap is {longest} before line {line}; "
        f"the rows are usually {usual} apart.",
        lines=(line,),
    )
    return [finding]
