"""Several series side by side: a row for each date, and columns for each series."""

import numpy as np
import pandas as pd

from app.domain.csv_reading.body import Body
from app.domain.csv_reading.dates.reading import join_columns
from app.domain.csv_reading.dialect import Dialect
from app.domain.csv_reading.layout.table_place import MAX_COLUMNS
from app.domain.csv_reading.numbers.parsing import parse_numbers
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.several.keys import SeriesIndex

SAMPLED_CELLS = 200


def value_columns(body: Body, dialect: Dialect, index: SeriesIndex) -> list[str]:
    """The columns of numbers that vary in a series, besides its dates and its names."""
    names = []
    for name in body.cells.columns:
        if name in dialect.date_columns or name in dialect.key_columns:
            continue
        cells = body.cells[name]
        if _holds_numbers(cells, dialect) and _varies(cells, index):
            names.append(str(name))
    return names


def put_side_by_side(body: Body, dialect: Dialect, index: SeriesIndex, values: list[str]) -> Body:
    """A row for each date. Raises SeriesError where a series has different rows for one date."""
    if len(index) * len(values) > MAX_COLUMNS:
        raise SeriesError.at(
            "key",
            f"The {len(index):,} series would be more than {MAX_COLUMNS} columns: choose one.",
        )
    dates, different_dates = pd.factorize(join_columns(body, dialect.date_columns))
    _refuse_different_rows(body, dates, index, values)
    has_date = dates >= 0
    _, first_rows = np.unique(dates[has_date], return_index=True)
    first_rows = np.flatnonzero(has_date)[first_rows]
    columns = {}
    for name in dialect.date_columns:
        columns[name] = body.cells[name].iloc[first_rows].reset_index(drop=True)
    for number in range(len(index)):
        rows = index.rows_of(number)
        rows = rows[has_date[rows]]
        for value in values:
            name = _column_name(index.name_of(number), value, values, columns)
            columns[name] = _spread(body.cells[value], rows, dates, len(different_dates))
    return Body(pd.DataFrame(columns), body.lines[first_rows])


def _holds_numbers(cells: "pd.Series[str]", dialect: Dialect) -> bool:
    if pd.api.types.is_bool_dtype(cells):
        return False
    filled = cells.dropna()
    if not len(filled):
        return False
    if pd.api.types.is_numeric_dtype(cells):
        return True
    every = max(1, len(filled) // SAMPLED_CELLS)
    sample = filled.iloc[::every].tolist()
    numbers = parse_numbers(sample, dialect.decimal, dialect.thousands)
    return bool(2 * np.isfinite(numbers).sum() > len(sample))


def _varies(cells: "pd.Series[str]", index: SeriesIndex) -> bool:
    """Whether a column has several values in any of the series."""
    codes, _ = pd.factorize(cells)
    first_codes = codes[index.first_rows]
    is_other = codes != first_codes[index.codes]
    return bool(is_other.any())


def _refuse_different_rows(
    body: Body, dates: np.ndarray, index: SeriesIndex, values: list[str]
) -> None:
    has_date = dates >= 0
    places = pd.Series(dates * len(index) + index.codes)[has_date]
    is_repeated = places.duplicated(keep=False)
    if not is_repeated.any():
        return
    repeated_places = places[is_repeated]
    rows = body.cells.loc[repeated_places.index, values].assign(place=repeated_places)
    different_rows = rows.drop_duplicates()
    is_different = different_rows["place"].duplicated()
    if not is_different.any():
        return
    row = int(is_different.to_numpy().argmax())
    position = int(different_rows.index[row])
    name = index.name_of(int(index.codes[position]))
    line = int(body.lines[position])
    raise SeriesError.at(
        "key",
        f'"{name[:40]}" has a second row for the date in line {line}, so the series cannot stand '
        "side by side: choose one of them.",
    )


def _column_name(
    series: str, value: str, values: list[str], taken: "dict[str, pd.Series[str]]"
) -> str:
    name = series
    if len(values) > 1:
        name = f"{series} {value}"
    while name in taken:
        name += "_"
    return name


def _spread(
    cells: "pd.Series[str]", rows: np.ndarray, dates: np.ndarray, n_dates: int
) -> "pd.Series[str]":
    """The cells of one series at their dates; NaN where it has none."""
    chosen = cells.iloc[rows].set_axis(dates[rows])
    chosen = chosen[~chosen.index.duplicated()]
    return chosen.reindex(range(n_dates))
