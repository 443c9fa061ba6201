"""How a CSV is written (encoding, separator, number signs, header, dates), from its start."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import pandas as pd

from app.domain.csv_reading.date_detection import (
    DateColumn,
    column_cells,
    detect_date_column,
    detect_date_format,
)
from app.domain.csv_reading.dates import parse_dates
from app.domain.csv_reading.encoding import decode_text, detect_encoding
from app.domain.csv_reading.layout import Layout, find_table
from app.domain.csv_reading.number_signs import OTHER_SIGN
from app.domain.csv_reading.rows import blank_comments, detect_separator, sample_lines
from app.domain.csv_reading.survey import settle_numbers


@dataclass(frozen=True)
class Dialect:
    """How a CSV is written, and which of its series is read.

    date_columns: their cells, joined by a space, are the date; none where rows are only numbered.
    date_format: of the joined cells. key_columns, key: of a file with several series, the columns
    that name one and its name in them. is_turned: each line is a series, and the header has dates.
    missing_numbers: numbers that stand for a missing value, such as -999. swapped_columns: those
    in which point and comma have each other's meaning. reads_bounds: whether <1 is read as 1.
    """

    encoding: str = "utf-8"
    separator: str = ","
    decimal: str = "."
    thousands: str | None = None
    has_header: bool = True
    date_columns: tuple[str, ...] = ()
    date_format: str | None = None
    key_columns: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    is_turned: bool = False
    missing_numbers: tuple[float, ...] = ()
    swapped_columns: tuple[str, ...] = ()
    reads_bounds: bool = False

    @property
    def date_name(self) -> str:
        """The date columns for people, and for findings about the date."""
        return " ".join(self.date_columns)

    def signs_of(self, column: str) -> tuple[str, str | None]:
        """The decimal and the thousands sign of a column."""
        if column in self.swapped_columns:
            return OTHER_SIGN[self.decimal], self.decimal
        return self.decimal, self.thousands

    def document(self) -> dict[str, Any]:
        """As JSON."""
        document = {}
        for name, value in asdict(self).items():
            document[name] = value
            if isinstance(value, tuple):
                document[name] = list(value)
        return document

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Dialect":
        """The inverse of `document`; what is no field of a dialect is left out."""
        attributes = {}
        for field in fields(cls):
            if field.name not in document:
                continue
            value = document[field.name]
            if isinstance(value, list):
                value = tuple(value)
            attributes[field.name] = value
        return cls(**attributes)


def detect_dialect(content: bytes, settled: Mapping[str, Any] | None = None) -> Dialect:
    """Detect how a file is written.

    settled: the fields of Dialect that are decided already; the others are detected to fit them.
    Raises SeriesError for what is not text or not a table.
    """
    settled = settled or {}
    encoding = settled.get("encoding") or detect_encoding(content)
    text = decode_text(content, encoding)
    lines = sample_lines(text)
    separator = settled.get("separator") or detect_separator(lines)
    layout = find_table(lines, separator, settled.get("has_header"))
    dates = _detect_dates(layout, settled)
    dialect = Dialect(
        encoding=encoding,
        separator=separator,
        has_header=layout.header is not None,
        date_columns=(dates.name,) if dates else (),
        date_format=dates.date_format if dates else None,
        reads_bounds=settled.get("reads_bounds", False),
    )
    uncommented = blank_comments(text, separator, layout.width)
    return settle_numbers(uncommented.text, lines, layout, dialect, settled)


def read_column_names(content: bytes, dialect: Dialect) -> list[str]:
    """The names of all columns of a file. Raises SeriesError."""
    text = decode_text(content, dialect.encoding)
    lines = sample_lines(text)
    layout = find_table(
        lines,
        dialect.separator,
        dialect.has_header,
    )
    return layout.names


def _detect_dates(layout: Layout, settled: Mapping[str, Any]) -> DateColumn | None:
    """The date column and its format.

    A settled column that is not there is detected anew, and so is a settled format no cell has.
    """
    settled_columns = settled.get("date_columns")
    if settled_columns == ():
        return None
    names = layout.names
    body = [row.cells for row in layout.body]
    detected: DateColumn | None
    if settled_columns and settled_columns[0] in names:
        detected = _describe_date_column(settled_columns[0], names, body)
    else:
        detected = detect_date_column(names, body)
    if detected is None:
        return None
    index = names.index(detected.name)
    cells = column_cells(body, index)
    settled_format = settled.get("date_format")
    if settled_format and _fits_any(cells, settled_format):
        return DateColumn(detected.name, settled_format)
    return detected


def _describe_date_column(name: str, names: Sequence[str], body: Sequence[list[str]]) -> DateColumn:
    """A settled column and the format that is detected in its cells."""
    index = names.index(name)
    cells = column_cells(body, index)
    date_format = detect_date_format(cells, named=True)
    return DateColumn(name, date_format)


def _fits_any(cells: list[str], date_format: str) -> bool:
    """Whether any of these cells is a date in this format."""
    if not cells:
        return False
    column = pd.Series(cells, dtype="str")
    dates = parse_dates(column, date_format)
    is_date = dates.notna()
    return bool(is_date.any())
