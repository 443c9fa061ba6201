"""Where the dates of a transposed table stand: in its header, and for some in a column as well."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.csv_reading.layout.table_place import Layout
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.several.transposed_header import (
    HeaderDates,
    find_header_dates,
    find_months,
    read_header_dates,
)
from app.domain.csv_reading.several.transposed_hours import (
    TIME_FORMAT,
    find_hours,
    find_hours_of_days,
)

DATE_COLUMN = "date"


@dataclass(frozen=True)
class TransposedTable:
    """Where the dates of a transposed table stand. date_columns, date_format: as in Dialect.

    columns: positions of the columns of values. texts: their dates, or what the header has of
    them. line_column: the name of the column with the other part, if there is one. renamed: a date
    as it is written, and what it is read as, where these differ.
    """

    date_columns: tuple[str, ...]
    date_format: str
    columns: tuple[int, ...]
    texts: tuple[str, ...]
    line_column: str | None = None
    renamed: tuple[str, str] | None = None


def detect_transposed(layout: Layout, settled: Mapping[str, Any]) -> TransposedTable | None:
    """The dates in the header of this table, where it has some. Raises SeriesError.

    settled: see detect_dialect.
    """
    is_settled = settled.get("is_transposed")
    if is_settled is False or settled.get("has_header") is False:
        return None
    header = layout.header
    body = [row.cells for row in layout.body]
    if header is None:
        if not body:
            return None
        header = body[0]
        body = body[1:]
    dates = find_header_dates(header, body) or find_hours_of_days(header, body)
    if dates is not None:
        return _describe(dates, layout, header)
    if is_settled:
        raise SeriesError.at("is_transposed", "The header has no dates in order.")
    return None


def find_transposed(
    layout: Layout, date_columns: Sequence[str], date_format: str
) -> TransposedTable:
    """The dates in a header that is known to have them. Raises SeriesError where it has none."""
    header = layout.header or []
    line_column = None
    if date_columns[0] in layout.names:
        line_column = date_columns[0]
    dates = None
    if line_column is None:
        dates = read_header_dates(header, date_format)
    elif date_format.endswith(TIME_FORMAT):
        dates = find_hours(header)
    elif date_format.startswith("%Y"):
        dates = find_months(header)
    else:
        dates = read_header_dates(header, "%Y")
    if dates is None:
        message = f"No column of the header is a date written as {date_format}."
        raise SeriesError.at("is_transposed", message)
    return TransposedTable(
        date_columns=tuple(date_columns),
        date_format=date_format,
        columns=dates.columns,
        texts=dates.texts,
        line_column=line_column,
        renamed=_find_renamed(header, dates),
    )


def _describe(dates: HeaderDates, layout: Layout, header: Sequence[str]) -> TransposedTable:
    if dates.line_column is None:
        name = DATE_COLUMN
        while name in header:
            name += "_"
        return TransposedTable((name,), dates.date_format, dates.columns, dates.texts)
    line_column = " ".join(header[dates.line_column].split())
    if layout.header is not None:
        line_column = layout.names[dates.line_column]
    return TransposedTable(
        (line_column,), dates.date_format, dates.columns, dates.texts, line_column
    )


def _find_renamed(header: Sequence[str], dates: HeaderDates) -> tuple[str, str] | None:
    """The first date that is not read as it is written: 1980/81 as 1980, hour 1 as 00:00."""
    if dates.date_format == "%m":
        return None
    for index, text in zip(dates.columns, dates.texts, strict=True):
        written = " ".join(header[index].split())
        if written != text:
            return written, text
    return None
