"""Which series a dialect names among those of a file."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from app.domain.csv_reading.body import Body
from app.domain.csv_reading.dialect import Dialect
from app.domain.csv_reading.findings import Finding
from app.domain.csv_reading.series import FileProblem, SeriesError
from app.domain.csv_reading.several.keys import EVERY_SERIES, WIDE, Codes, SeriesIndex, fit_key
from app.domain.csv_reading.several.series_detection import DetectedSeries, index_series
from app.domain.csv_reading.several.series_report import explain_unknown_key

OF_ALL_SERIES = ((EVERY_SERIES,), (WIDE,))


@dataclass(frozen=True)
class ChosenRows:
    """The rows that are read. dialect: with the columns that name series, where there are some.

    is_open: whether a person has yet to choose; then these are rows of all series.
    """

    body: Body
    dialect: Dialect
    findings: list[Finding]
    is_open: bool = False


def settle_series(
    cells: pd.DataFrame, dialect: Dialect, detected: DetectedSeries | None
) -> DetectedSeries | None:
    """The series by the columns a dialect names, else those that were detected.

    A name that is none of these is looked up in all columns of text. Raises SeriesError for a
    column that is not there, and for a name in a file that has none.
    """
    if dialect.key_columns:
        _refuse_unknown_columns(dialect.key_columns, cells.columns)
        return DetectedSeries(index_series(cells, dialect.key_columns))
    if not dialect.key or dialect.key in OF_ALL_SERIES:
        return detected
    if detected is not None:
        key = fit_key(dialect.key, len(detected.index.columns))
        if detected.index.find(key) is not None:
            return detected
    named = _find_by_name(cells, dialect) or detected
    if named is None:
        shown_key = dialect.key[0][:100]
        message = f'No column names a series "{shown_key}": leave out the key.'
        raise SeriesError.at("key", message)
    return named


def name_key_columns(dialect: Dialect, index: SeriesIndex) -> Dialect:
    """The dialect with the columns that name series."""
    names = tuple(column.name for column in index.columns)
    return replace(dialect, key_columns=names)


def is_undecided(dialect: Dialect, index: SeriesIndex) -> bool:
    """Whether a person has yet to choose a series; of a single one there is no choice."""
    if dialect.key == (EVERY_SERIES,):
        return True
    return not dialect.key and len(index) > 1


def find_number(index: SeriesIndex, dialect: Dialect, sizes: Codes) -> int:
    """The number of the chosen series. Raises SeriesError where the file does not have it."""
    if not dialect.key:
        return 0
    key = fit_key(dialect.key, len(index.columns))
    number = index.find(key)
    if number is None:
        raise SeriesError([explain_unknown_key(index, key, sizes)])
    return number


def _refuse_unknown_columns(key_columns: Iterable[str], names: "pd.Index[str]") -> None:
    problems = []
    for column in key_columns:
        if column not in names:
            message = (
                f'Column "{column[:100]}", which names the series, not found. '
                "Add it, with the name of the series in each row."
            )
            problems.append(FileProblem("key_columns", message))
    if problems:
        raise SeriesError(problems)


def _find_by_name(cells: pd.DataFrame, dialect: Dialect) -> DetectedSeries | None:
    """The series by the first column of text that has the chosen name."""
    if len(dialect.key) != 1:
        return None
    for name in cells.columns:
        column = cells[name]
        is_text = not pd.api.types.is_numeric_dtype(column)
        if name in dialect.date_columns or not is_text:
            continue
        if bool((column.str.strip() == dialect.key[0]).any()):
            return DetectedSeries(index_series(cells, (str(name),)))
    return None
