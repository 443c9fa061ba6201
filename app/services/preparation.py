"""What a dataset stores of a CSV, worked out from its bytes alone: no database is needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from app.domain.csv_reading.bounds import with_bounds_read
from app.domain.csv_reading.cleaning import CleaningOptions, make_series
from app.domain.csv_reading.dialect import Dialect, detect_dialect, read_column_names
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.table import Table, read_table

MAX_NAMED_COLUMNS = 20


@dataclass(frozen=True)
class PreparedDataset:
    """A series and what is known of it. `series`: see Series.to_bytes; `columns`: of the file."""

    dialect: Dialect
    columns: tuple[str, ...]
    notes: list[str]
    series: bytes
    fingerprint: str
    rows: int
    target: str
    features: tuple[str, ...]
    first_at: datetime
    last_at: datetime


def prepare(table: Table, choices: CleaningOptions) -> PreparedDataset:
    """Make a series of a table. Raises SeriesError with every problem at its field."""
    series, notes = make_series(table, choices)
    return PreparedDataset(
        dialect=with_bounds_read(table.dialect, choices.missing),
        columns=table.columns,
        notes=notes,
        series=series.to_bytes(),
        fingerprint=series.fingerprint,
        rows=len(series.dates),
        target=series.target,
        features=series.columns,
        first_at=_to_datetime(series.dates[0]),
        last_at=_to_datetime(series.dates[-1]),
    )


def prepare_csv(
    content: bytes, date_column: str | None, choices: CleaningOptions
) -> PreparedDataset:
    """The same for a CSV: how it is written is detected. Raises SeriesError."""
    dialect = _dialect_with_date(content, date_column)
    table = read_table(content, dialect)
    return prepare(table, choices)


def _dialect_with_date(content: bytes, date_column: str | None) -> Dialect:
    """How a CSV is written, with the date column that was chosen. Raises SeriesError."""
    dialect = detect_dialect(content)
    if date_column is None or dialect.date_columns == (date_column,):
        return dialect
    corrections = {"date_columns": (date_column,)}
    chosen = detect_dialect(content, corrections)
    shown_name = date_column[:100]
    if chosen.date_columns != (date_column,):
        names = read_column_names(content, dialect)
        raise _unknown_column(shown_name, names)
    if chosen.date_format is None:
        message = f'The cells of "{shown_name}" do not read as dates.'
        raise SeriesError.at("date", message)
    return chosen


def _unknown_column(name: str, names: Sequence[str]) -> SeriesError:
    listed = ", ".join(names[:MAX_NAMED_COLUMNS])
    message = f'There is no column "{name}". The columns are: {listed}.'
    return SeriesError.at("date", message)


def _to_datetime(date: Any) -> datetime:
    """A datetime64 as a time in UTC."""
    moment = np.datetime64(date, "us")
    without_zone: datetime = moment.astype(datetime)
    return without_zone.replace(tzinfo=UTC)
