"""How each column of a table was read, for the page of its upload."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.domain.csv_reading.dates.parsing import parse_dates
from app.domain.csv_reading.findings import FindingKind, shorten_cell
from app.domain.csv_reading.numbers.parsing import is_missing, parse_number
from app.domain.csv_reading.table import Table

MAX_SHOWN_COLUMNS = 40
MAX_PLAIN_NUMBER = 1e15  # larger ones are written with an exponent


@dataclass(frozen=True)
class Column:
    """One column as the preview shows it.

    kind: date, number, text or series. example: a cell as it stands in the file, and `read_as`,
    where that looks different. left_out: why it is not used, where it is not.
    """

    name: str
    kind: str
    example: str
    read_as: str
    low: str
    high: str
    missing: int
    left_out: str


def describe_columns(table: Table, used_columns: Collection[str]) -> list[Column]:
    """The first columns of a table of which these are used."""
    reasons = _find_reasons(table)
    columns = []
    for index, name in enumerate(table.columns[:MAX_SHOWN_COLUMNS]):
        reason = ""
        if name not in used_columns:
            reason = reasons.get(name, "not chosen")
        columns.append(_describe_column(table, name, index, reason))
    return columns


def _find_reasons(table: Table) -> dict[str, str]:
    """Why columns are left out without anybody's choice, by name."""
    reasons = {}
    for finding in table.findings:
        if finding.kind == FindingKind.CONSTANT:
            reasons[finding.column] = "never changes"
        elif finding.kind == FindingKind.LEFT_OUT:
            reasons[finding.column] = "no numbers"
    return reasons


def _describe_column(table: Table, name: str, index: int, left_out: str) -> Column:
    cell = _find_example(table, name, index)
    low = ""
    high = ""
    read_as = ""
    kind = "text"
    if name in table.dialect.date_columns:
        kind = "date"
        left_out = ""
        low, high = _find_first_and_last_day(table)
        read_as = _read_date(table, cell)
    elif name in table.dialect.key_columns:
        kind = "series"
        left_out = ""
    elif name in table.numbers.columns:
        kind = "number"
        numbers = table.numbers[name]
        if numbers.notna().any():
            low = _format_number(float(numbers.min()))
            high = _format_number(float(numbers.max()))
        read_as = _format_number(_parse(cell, table))
    return Column(
        name=name,
        kind=kind,
        example=shorten_cell(cell),
        read_as="" if read_as == cell else read_as,
        low=low,
        high=high,
        missing=_count_missing(table, name),
        left_out=left_out,
    )


def _find_example(table: Table, name: str, index: int) -> str:
    """A cell with a value among the first rows: the longest, which tells most."""
    cells = [row[index] for row in table.head if index < len(row)]
    filled = [cell for cell in cells if not is_missing(cell)]
    if name in table.numbers.columns:
        filled = [cell for cell in filled if np.isfinite(_parse(cell, table))]
    return max(filled, key=len, default="")


def _parse(cell: str, table: Table) -> float:
    return parse_number(cell, table.dialect.decimal, table.dialect.thousands)


def _find_first_and_last_day(table: Table) -> tuple[str, str]:
    if table.dates is None:
        return "", ""
    dates = table.dates.dropna()
    if dates.empty:
        return "", ""
    return str(dates.min())[:10], str(dates.max())[:10]


def _read_date(table: Table, cell: str) -> str:
    """The date of the example; nothing for a part of a date."""
    dialect = table.dialect
    if len(dialect.date_columns) != 1 or dialect.date_format is None or dialect.is_transposed:
        return ""
    moments = parse_dates(pd.Series([cell], dtype="str"), dialect.date_format)
    if moments.isna().any():
        return ""
    text = str(moments.iloc[0])
    return text.removesuffix(" 00:00:00")


def _count_missing(table: Table, name: str) -> int:
    if name in table.dialect.date_columns and table.dates is not None:
        return int(table.dates.isna().sum())
    if name in table.numbers.columns:
        return int(table.numbers[name].isna().sum())
    return table.missing.get(name, 0)


def _format_number(number: float) -> str:
    """A number with a point and without a thousands sign; nothing for none."""
    if not np.isfinite(number):
        return ""
    if abs(number) >= MAX_PLAIN_NUMBER:
        return f"{number:.6g}"
    return f"{number:.15g}"
