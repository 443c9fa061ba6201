"""The cells of some columns over all rows, for what the sampled rows do not decide."""

import io
import warnings
from collections.abc import Sequence
from typing import Any

import pandas as pd

from app.domain.csv_reading.body import READ_CSV_OPTIONS
from app.domain.csv_reading.layout.rows import PANDAS_SEPARATORS
from app.domain.csv_reading.layout.scan import keep_rows
from app.domain.csv_reading.layout.table_place import Layout
from app.domain.csv_reading.series import SeriesError


def read_columns(
    text: str, layout: Layout, separator: str, names: Sequence[str]
) -> "list[pd.Series[str]]":
    """The columns of these names as text, NaN where there is no value; bad rows are left out.

    text: see keep_known_rows. There are no columns where the file cannot be split: reading its
    table says why.
    """
    options: dict[str, Any] = {
        **READ_CSV_OPTIONS,
        "sep": PANDAS_SEPARATORS.get(separator, separator),
        "header": None,
        "names": layout.names,
        "usecols": list(names),
        "dtype": "str",
        "skip_blank_lines": True,
        "on_bad_lines": "skip",
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", pd.errors.ParserWarning)
            body = text.split("\n", layout.first_line - 1)[-1]
            frame = pd.read_csv(io.StringIO(body), **options)
    except (
        pd.errors.ParserError,
        pd.errors.EmptyDataError,
        ValueError,
        OverflowError,
    ):
        return []
    return [frame[name] for name in names]


def keep_known_rows(text: str, layout: Layout, separator: str) -> str:
    """The text without lines that are no rows, or as it is where one of its rows is refused."""
    try:
        return keep_rows(text, layout, separator).text
    except SeriesError:
        return text
