"""How a CSV is written (encoding, separator, number signs, header, dates), from its start."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import pandas as pd

from app.domain.csv_reading.dates.columns import join_cells
from app.domain.csv_reading.dates.detection import (
    DateReading,
    detect_dates,
    detect_format,
    split_columns,
)
from app.domain.csv_reading.dates.formats import is_date_format
from app.domain.csv_reading.dates.parsing import parse_dates
from app.domain.csv_reading.encodings.encoding import decode_text, detect_encoding
from app.domain.csv_reading.layout.rows import sample_lines
from app.domain.csv_reading.layout.separators import detect_separator
from app.domain.csv_reading.layout.table_place import Layout, find_table
from app.domain.csv_reading.layout.whole_columns import keep_known_rows, read_columns
from app.domain.csv_reading.numbers.signs import OTHER_SIGN
from app.domain.csv_reading.numbers.survey import settle_numbers
from app.domain.csv_reading.several.panel_years import YEAR_FORMAT, find_repeated_years
from app.domain.csv_reading.several.transposed_layout import detect_transposed


@dataclass(frozen=True)
class Dialect:
    """How a CSV is written, and which of its series is read.

    date_columns: their cells, joined by a space, are the date; none where rows are only numbered.
    date_format: of the joined cells. key_columns, key: of a file with several series, the columns
    that name one and its name in them. is_transposed: each line is a series, the header has dates.
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
    is_transposed: bool = False
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
    rows = keep_known_rows(text, layout, separator)
    transposed = detect_transposed(layout, settled)
    if transposed is not None:
        dates = DateReading(transposed.date_columns, transposed.date_format)
    else:
        dates = _detect_dates(rows, layout, separator, settled)
    dialect = Dialect(
        encoding=encoding,
        separator=separator,
        has_header=layout.header is not None or transposed is not None,
        date_columns=dates.columns,
        date_format=dates.date_format,
        key_columns=tuple(settled.get("key_columns") or ()),
        key=tuple(settled.get("key") or ()),
        is_transposed=transposed is not None,
        reads_bounds=settled.get("reads_bounds", False),
    )
    dialect = _with_repeated_years(dialect, layout, settled)
    return settle_numbers(rows, lines, layout, dialect, settled)


def _with_repeated_years(dialect: Dialect, layout: Layout, settled: Mapping[str, Any]) -> Dialect:
    """The dialect with years as dates, where nobody and nothing says what else the date is."""
    if dialect.date_columns or settled.get("date_columns") is not None:
        return dialect
    body = [row.cells for row in layout.body]
    name = find_repeated_years(layout.names, body)
    if name is None:
        return dialect
    return replace(dialect, date_columns=(name,), date_format=YEAR_FORMAT)


def read_column_names(content: bytes, dialect: Dialect) -> list[str]:
    """The names of all columns of a file. Raises SeriesError."""
    text = decode_text(content, dialect.encoding)
    lines = sample_lines(text)
    layout = find_table(
        lines,
        dialect.separator,
        dialect.has_header,
    )
    names = layout.names
    if dialect.is_transposed:
        return list(dict.fromkeys([*dialect.date_columns, *names]))
    return names


def _detect_dates(
    rows: str, layout: Layout, separator: str, settled: Mapping[str, Any]
) -> DateReading:
    """The date columns and their format.

    Settled columns that are not there are detected anew, and so is a settled format no cell has.
    """
    names = layout.names
    body = [row.cells for row in layout.body]

    def read_whole(chosen: Sequence[str]) -> "list[pd.Series[str]]":
        return read_columns(rows, layout, separator, chosen)

    columns = settled.get("date_columns")
    if columns is not None and not columns:
        return DateReading()
    if columns and all(column in names for column in columns):
        dates = detect_format(names, body, columns, read_whole)
    else:
        dates = detect_dates(names, body, read_whole)
    date_format = settled.get("date_format")
    if not dates.columns or not date_format:
        return dates
    if not _fits_any(names, body, dates.columns, date_format):
        return dates
    return DateReading(dates.columns, date_format)


def _fits_any(
    names: list[str], body: list[list[str]], columns: Sequence[str], date_format: str
) -> bool:
    """Whether the joined cells of any row are a date in this format."""
    if not is_date_format(date_format):
        return False
    cells = join_cells(split_columns(names, body), [names.index(column) for column in columns])
    dates = parse_dates(pd.Series(cells, dtype="str"), date_format)
    return bool(dates.notna().any())
