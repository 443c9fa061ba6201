"""What a bundle checks itself with: rows of the test part, and their stored forecast."""

import json
from pathlib import Path

import pandas as pd

from app.domain.csv_reading.dates.parsing import format_dates
from app.domain.csv_reading.dialect import Dialect
from app.domain.horizons import origins, storage_interval
from worker.bundles.contents import BundleContents

DATE_FORMAT = "%Y-%m-%d %H:%M:%S.%f"


def write_test_vectors(folder: Path, contents: BundleContents) -> None:
    """Write test_vectors.csv and test_vectors.json into the bundle's folder.

    The CSV is a plain one, however that of the dataset is written.
    """
    date_column = _choose_date_column(contents.series.columns)
    dialect = Dialect(date_columns=(date_column,), date_format=DATE_FORMAT)
    table = _test_table(contents, date_column)
    table.to_csv(folder / "test_vectors.csv", index=False)
    n_origins = len(origins(contents.test_rows, contents.horizon))
    predicted = contents.predicted
    if contents.horizon == 1:
        predicted = predicted[:, 0]
    vectors = {
        "dialect": dialect.document(),
        "interval": storage_interval(n_origins, contents.horizon),
        "predicted": predicted.tolist(),
    }
    expected = json.dumps(vectors)
    file = folder / "test_vectors.json"
    file.write_text(expected, encoding="utf-8")


def _choose_date_column(columns: tuple[str, ...]) -> str:
    """A name that no column of numbers has."""
    name = "Date"
    while name in columns:
        name += "_"
    return name


def _test_table(contents: BundleContents, date_column: str) -> pd.DataFrame:
    """The test rows and those before them that the model needs."""
    series = contents.series
    first_row = contents.test_rows.start - contents.rows_before_forecast
    rows = slice(first_row, contents.test_rows.stop)
    dates = pd.DatetimeIndex(series.dates[rows])
    table = pd.DataFrame({date_column: format_dates(dates, DATE_FORMAT)})
    for index, name in enumerate(series.columns):
        table[name] = series.values[rows, index]
    return table
