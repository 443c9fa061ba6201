"""Files with several series for the tests: below one another, or one in each line."""

from pathlib import Path

import numpy as np

from app.domain.csv_reading.cleaning import make_series
from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.table import read_table

CASES = Path(__file__).resolve().parents[3] / "cases"
N_DAYS = 40


def days(count=N_DAYS, first="2020-01-01"):
    return [str(np.datetime64(first) + day) for day in range(count)]


def months(count, first="2010-01"):
    return [str(np.datetime64(first) + month) for month in range(count)]


def csv_of(header, rows, separator=","):
    lines = [separator.join(str(cell) for cell in row) for row in [header, *rows]]
    return "\n".join(lines) + "\n"


def panel_csv(names=("AAL", "MSFT"), count=N_DAYS):
    """The close of the first name counts from 100, of the second from 200, and so on."""
    rows = []
    for number, name in enumerate(names, start=1):
        for day, date in enumerate(days(count)):
            rows.append((date, 100 * number + day, name))
    return csv_of(("date", "close", "Name"), rows)


def wide_csv(names=("Austria", "Brazil"), header=None):
    """A line for each name; its values are those of `panel_csv`."""
    header = header or [str(year) for year in range(1980, 1980 + N_DAYS)]
    rows = []
    for number, name in enumerate(names, start=1):
        rows.append((name, *[100 * number + column for column in range(len(header))]))
    return csv_of(("Country Name", *header), rows)


def table_of(text, **settled):
    content = text
    if isinstance(text, str):
        content = text.encode()
    return read_table(content, detect_dialect(content, settled))


def series_of(text, missing="refuse", **settled):
    """The series of a file, and notes on it."""
    return make_series(table_of(text, **settled), CleaningOptions(missing=missing))


def question_of(text, **settled):
    """What is asked about the series of a file; None where nothing is."""
    for finding in table_of(text, **settled).findings:
        if finding.kind == "series":
            return finding
    return None


def dates_of(series):
    return series.dates.astype("datetime64[D]").astype(str).tolist()
