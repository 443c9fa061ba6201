"""Reads another program's forecasts from a CSV of dates and predictions; no database is needed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.table import Table, read_table

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]

# Of several columns of numbers, the forecasts are in the first of these that there is.
COLUMN_NAMES = ("prediction", "predictions", "predicted", "forecast", "forecasts", "yhat")
FIELD = "file"


@dataclass(frozen=True, eq=False)
class ForecastFile:
    """The forecasts of a file for the rows of a dataset: float64 (rows,), NaN where there is none.

    column: the name of the column they are in. n_unmatched: lines whose date is no row's.
    """

    predicted: Floats
    column: str
    n_unmatched: int


def read_forecasts(content: bytes, dates: Dates, date_format: str | None) -> ForecastFile:
    """Match the forecasts of a CSV with a dataset's dates (rows,), ascending.

    date_format: of the dataset's CSV; it is taken where its dates match more rows than the format
    that is detected. Raises SeriesError.
    """
    readings = []
    problem: SeriesError | None = None
    for settled in _list_settings(date_format):
        try:
            table = read_table(content, detect_dialect(content, settled))
            readings.append(_match(table, dates))
        except SeriesError as error:
            problem = problem or error
    if not readings:
        assert problem is not None
        raise problem
    best = max(readings, key=_count_covered)
    if _count_covered(best) == 0:
        raise SeriesError.at(FIELD, _say_no_match(dates))
    return best


def _list_settings(date_format: str | None) -> Iterator[dict[str, Any]]:
    yield {}
    if date_format is not None:
        yield {"date_format": date_format}


def _match(table: Table, dates: Dates) -> ForecastFile:
    if table.dates is None:
        raise SeriesError.at(
            FIELD, "The file has no column of dates. Send one column of dates and one of forecasts."
        )
    column = _choose_column(table)
    has_date = table.dates.notna().to_numpy()
    values = table.numbers[column].to_numpy(dtype="float64")[has_date]
    moments = table.dates[has_date].to_numpy().astype("datetime64[us]")
    if len(np.unique(moments)) < len(moments):
        raise SeriesError.at(FIELD, f"{_first_repeated(moments)} has more than one forecast.")
    rows = np.searchsorted(dates, moments)
    possible_rows = np.minimum(rows, len(dates) - 1)
    is_row = dates[possible_rows] == moments
    predicted = np.full(len(dates), np.nan)
    predicted[possible_rows[is_row]] = values[is_row]
    predicted[~np.isfinite(predicted)] = np.nan
    return ForecastFile(predicted, column, n_unmatched=int(np.sum(~is_row)))


def _choose_column(table: Table) -> str:
    """The column of forecasts. Raises SeriesError where it cannot be told."""
    names = [name for name in table.number_columns if name not in table.dialect.date_columns]
    by_plain_name = {name.strip().lower(): name for name in names}
    for plain_name in COLUMN_NAMES:
        if plain_name in by_plain_name:
            return by_plain_name[plain_name]
    if not names:
        raise SeriesError.at(FIELD, "The forecasts are not numbers.")
    if len(names) > 1:
        listed = ", ".join(f'"{name[:60]}"' for name in names[:10])
        raise SeriesError.at(
            FIELD,
            f"There are several columns of numbers: {listed}. Name that of the forecasts "
            '"prediction".',
        )
    return names[0]


def _first_repeated(moments: Dates) -> str:
    distinct, counts = np.unique(moments, return_counts=True)
    return _write_date(distinct[counts > 1][0])


def _count_covered(file: ForecastFile) -> int:
    return int(np.isfinite(file.predicted).sum())


def _say_no_match(dates: Dates) -> str:
    return (
        "No line has a date of this dataset and a number. Its dates are from "
        f"{_write_date(dates[0])} to {_write_date(dates[-1])}."
    )


def _write_date(moment: np.datetime64) -> str:
    return pd.Timestamp(moment).isoformat(sep=" ").removesuffix(" 00:00:00")
