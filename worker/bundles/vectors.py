"""What a bundle checks itself with: rows of the test part, and their stored forecast."""

import json
from pathlib import Path

import pandas as pd

from app.domain.csv_reading.dates import format_dates
from worker.bundles.contents import BundleContents


def write_test_vectors(folder: Path, contents: BundleContents) -> None:
    """Write test_vectors.csv and test_vectors.json into the bundle's folder."""
    dialect = contents.dialect
    table = _test_table(contents)
    table.to_csv(
        folder / "test_vectors.csv",
        sep=dialect["separator"],
        decimal=dialect["decimal"],
        encoding=dialect["encoding"],
        header=bool(dialect["has_header"]),
        index=False,
    )
    predicted = [float(value) for value in contents.predicted]
    expected = json.dumps({"predicted": predicted})
    file = folder / "test_vectors.json"
    file.write_text(expected, encoding="utf-8")


def _test_table(contents: BundleContents) -> pd.DataFrame:
    """The test rows and those before them that the model needs, with the columns of the CSV."""
    dialect = contents.dialect
    series = contents.series
    first_row = contents.test_rows.start - contents.rows_before_forecast
    end = contents.test_rows.stop
    rows = slice(first_row, end)
    table = pd.DataFrame(
        dict.fromkeys(dialect["columns"], ""),
        index=range(end - first_row),
    )
    for index, name in enumerate(series.columns):
        table[name] = series.values[rows, index]
    date_column = dialect["date_column"]
    if date_column:
        dates = pd.DatetimeIndex(series.dates[rows])
        texts = format_dates(dates, dialect["date_format"])
        table[date_column] = texts
    return table
