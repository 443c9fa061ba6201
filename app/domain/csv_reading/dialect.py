"""How a CSV is written: encoding, separator, decimal sign, header, date column and format, guessed from its start."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from app.domain.csv_reading.dates import cells_at, date_format_of, parse_dates, recognise_dates
from app.domain.csv_reading.numbers import recognise_signs
from app.domain.csv_reading.text import (
    Layout,
    decoded,
    find_table,
    recognise_encoding,
    recognise_separator,
    sample_lines,
)


@dataclass(frozen=True)
class Dialect:
    """How to read a CSV; each can be corrected. date_column None: rows are numbered."""

    encoding: str = "utf-8"
    separator: str = ","
    decimal: str = "."
    thousands: str | None = None
    has_header: bool = True
    date_column: str | None = None
    date_format: str | None = None

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def recognise(content: bytes, said: Mapping[str, Any] | None = None) -> Dialect:
    """Guess how a file is written. `said` holds fields of Dialect that are known; the rest is guessed to fit them.

    Raises SeriesError for what is no text or no table.
    """
    known = dict(said or {})
    encoding = known.get("encoding") or recognise_encoding(content)
    lines = sample_lines(decoded(content, encoding))
    separator = known.get("separator") or recognise_separator(lines)
    layout = find_table(lines, separator, known.get("has_header"))
    cells = [cell for _, row in layout.body for cell in row]
    decimal, thousands = recognise_signs(cells, separator)
    if known.get("decimal", decimal) != decimal:
        decimal, thousands = known["decimal"], None
    thousands = known.get("thousands", thousands)
    date_column, date_format = _dates(layout, known)
    has_header = layout.header is not None
    return Dialect(
        encoding, separator, decimal, thousands or None, has_header, date_column, date_format
    )


def column_names(content: bytes, dialect: Dialect) -> list[str]:
    """The names of all columns of a file read as told. Raises SeriesError."""
    lines = sample_lines(decoded(content, dialect.encoding))
    return find_table(lines, dialect.separator, dialect.has_header).names


def _dates(layout: Layout, known: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Date column and format; a known one that is not there is guessed anew, as is a format no cell has."""
    body = [row for _, row in layout.body]
    if "date_column" in known and known["date_column"] is None:
        return None, None
    names = layout.names
    if known.get("date_column") not in names:
        column, found = recognise_dates(names, body)
        if column is None:
            return None, None
    else:
        column = str(known["date_column"])
        found = date_format_of(cells_at(body, names.index(column)), named=True)
    wished = known.get("date_format")
    return column, wished if wished and _fits(
        cells_at(body, names.index(column)), wished
    ) else found


def _fits(cells: list[str], date_format: str) -> bool:
    return bool(cells) and bool(
        parse_dates(pd.Series(cells, dtype="str"), date_format).notna().any()
    )
