"""The rows after the last value of the target: those to forecast, and what is known of them."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.domain.csv_reading.findings import Finding, FindingKind, list_lines
from app.domain.csv_reading.series import NONE, Choice
from app.domain.texts import join_words

if TYPE_CHECKING:
    from app.domain.csv_reading.table import Table

Mask = NDArray[np.bool_]
MAX_FUTURE_ROWS = 500  # that are taken for rows to forecast without anybody saying so
MIN_CLEAR_ROWS = 2  # with one row, its value may just as well be late


@dataclass(frozen=True, eq=False)
class Ahead:
    """The rows to forecast that a table holds already.

    columns: the features known ahead, in the file's order. is_future: bool (rows,), for
    the rows of the table as they stand in the file.
    """

    columns: tuple[str, ...]
    is_future: Mask

    @property
    def n_rows(self) -> int:
        """How many rows to forecast there are."""
        return int(self.is_future.sum())


def find_ahead(
    table: "Table", target: str, features: Sequence[str], said: tuple[str, ...] | None
) -> Ahead:
    """The rows after the last one with a target, and the features that are known in them.

    said: the features that a person calls known ahead; None: those with a value in every such row.
    A row in which one of these has none is not one to forecast.
    """
    is_after = find_rows_after(table, target)
    others = [name for name in table.number_columns if name in features and name != target]
    if said is not None:
        columns = tuple(name for name in others if name in said)
    elif 0 < is_after.sum() <= MAX_FUTURE_ROWS:
        columns = tuple(name for name in others if _has_values(table, name)[is_after].all())
    else:
        columns = ()
    is_future = is_after & bool(columns)
    for name in columns:
        is_future &= _has_values(table, name)
    return Ahead(columns, is_future)


def find_rows_after(table: "Table", target: str) -> Mask:
    """Which rows come after the last one in which the target has a value, bool (rows,)."""
    if target not in table.numbers.columns:
        return np.zeros(table.rows, bool)
    has_value = _has_values(table, target)
    moments = np.arange(table.rows)
    if table.dates is not None:
        moments = table.dates.to_numpy().astype("datetime64[us]")
        has_value = has_value & ~np.isnat(moments)
    if not has_value.any():
        return np.zeros(table.rows, bool)
    return np.asarray(moments > moments[has_value].max())


def find_ended(table: "Table", names: Sequence[str]) -> list[str]:
    """Those of these columns that the last rows lack, though they have values in others."""
    ended = []
    for name in names:
        is_after = find_rows_after(table, name)
        if not MIN_CLEAR_ROWS <= is_after.sum() <= MAX_FUTURE_ROWS:
            continue
        others = table.numbers.drop(columns=name).notna().to_numpy()[is_after]
        if others.all(axis=0).any():
            ended.append(name)
    return ended


def without_future(findings: Sequence[Finding], table: "Table", ahead: Ahead) -> list[Finding]:
    """The findings without those missing values that rows to forecast are expected to have."""
    future_lines = set(table.lines[ahead.is_future].tolist())
    kept = []
    for finding in findings:
        if finding.kind != FindingKind.MISSING or finding.column in ahead.columns:
            kept.append(finding)
            continue
        lines = tuple(line for line in finding.lines if line not in future_lines)
        if lines == finding.lines:
            kept.append(finding)
        elif lines:
            message = f'"{finding.column}" has no value in {list_lines(lines)}.'
            kept.append(replace(finding, lines=lines, message=message))
    return kept


def report_future(table: "Table", target: str, ahead: Ahead) -> list[Finding]:
    """That the last rows lack the target: a question for one row, an offer for several.

    ahead: as long as no person has said what is known ahead.
    """
    if not ahead.n_rows:
        return []
    names = join_words(ahead.columns)
    is_clear = ahead.n_rows >= MIN_CLEAR_ROWS
    message = describe_ahead(ahead, target)
    if not is_clear:
        message = (
            f"The last row has no {target}. Is it the row to forecast, in which {names} are known "
            f"ahead, or is its {target} only missing?"
        )
    choices = (
        Choice(_as_text(ahead.columns), f"known ahead: {names}"),
        Choice(NONE, "nothing is known ahead"),
    )
    kind = FindingKind.FUTURE if is_clear else FindingKind.QUESTION
    lines = tuple(table.lines[ahead.is_future].tolist())
    return [Finding(kind, target, message, lines, field="known_ahead", choices=choices)]


def describe_ahead(ahead: Ahead, target: str) -> str:
    """The rows to forecast in a sentence."""
    names = join_words(ahead.columns)
    are = "is" if len(ahead.columns) == 1 else "are"
    rows = f"The last {ahead.n_rows:,} rows have no {target}: they are the rows"
    if ahead.n_rows == 1:
        rows = f"The last row has no {target}: it is the row"
    return f"{rows} to forecast, in which {names} {are} known ahead."


def _has_values(table: "Table", name: str) -> Mask:
    return np.asarray(table.numbers[name].notna())


def _as_text(names: Sequence[str]) -> str:
    """Names as one text of the field: see app.services.csv_fields.split_names."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(names)
    return buffer.getvalue()
