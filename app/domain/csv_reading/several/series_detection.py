"""Whether a table has several series: dates repeat, and columns tell the repeats apart."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.csv_reading.body import Body
from app.domain.csv_reading.dates.parsing import parse_dates
from app.domain.csv_reading.dates.reading import join_columns
from app.domain.csv_reading.dialect import Dialect
from app.domain.csv_reading.several.key_candidates import OWN_KEY_NAME, find_candidates
from app.domain.csv_reading.several.key_detection import find_key_columns
from app.domain.csv_reading.several.keys import Codes, KeyColumn, SeriesIndex, encode_column

MIN_SHARED = 0.5  # fraction of the rows of the smaller series whose date another series has
MIN_ROWS_OF_SMALLER = 10  # on average; a few rows beside a series are corrections of it
MIN_CHANGES = 3  # times the number of series: then they alternate, and do not follow each other


@dataclass(frozen=True, eq=False)
class DetectedSeries:
    """The series of a table.

    may_be_one: whether it could also be a single series, with the names as a remark.
    """

    index: SeriesIndex
    may_be_one: bool = False


def detect_series(body: Body, dialect: Dialect) -> DetectedSeries | None:
    """The series of a table whose dates are known; None where it has only one."""
    if not dialect.date_columns:
        return None
    date_texts = join_columns(body, dialect.date_columns)
    has_date = date_texts.notna().to_numpy()
    if not has_date.any():
        return None
    dates, _ = pd.factorize(date_texts)
    if _do_dates_repeat(dates[has_date]):
        is_different = has_date & ~body.cells.duplicated().to_numpy()
        detected = _detect_by_dates(body.cells, dates, is_different, dialect)
        if detected is not None:
            return detected
    return _detect_by_name(body.cells, date_texts, dialect)


def index_series(cells: pd.DataFrame, names: tuple[str, ...]) -> SeriesIndex:
    """The series that these columns name."""
    columns = [encode_column(name, cells[name]) for name in names]
    return SeriesIndex.of(columns)


def _do_dates_repeat(dates: Codes) -> bool:
    return not pd.Series(dates).is_unique


def _detect_by_dates(
    cells: pd.DataFrame, dates: Codes, is_different: NDArray[np.bool_], dialect: Dialect
) -> DetectedSeries | None:
    """Series whose dates repeat. Rows that are the same in all columns tell nothing."""
    different_dates, _ = pd.factorize(dates[is_different])
    if not _do_dates_repeat(different_dates):
        return None
    rows = cells[is_different].reset_index(drop=True)
    key = find_key_columns(rows, different_dates, dialect.date_columns)
    if key is None:
        return None
    if not _share_dates(SeriesIndex.of(key), different_dates):
        return None
    names = tuple(column.name for column in key)
    return DetectedSeries(index_series(cells, names))


def _share_dates(index: SeriesIndex, dates: Codes) -> bool:
    """Whether series stand side by side, and not one after the other with a few common dates."""
    date_counts = np.bincount(dates)
    is_repeated = date_counts[dates] > 1
    if 2 * is_repeated.sum() >= len(dates):
        return True
    largest = int(index.counts.argmax())
    is_smaller = index.codes != largest
    if is_smaller.sum() < MIN_ROWS_OF_SMALLER * (len(index) - 1):
        return False
    return bool(is_repeated[is_smaller].mean() >= MIN_SHARED)


def _detect_by_name(
    cells: pd.DataFrame, date_texts: "pd.Series[str]", dialect: Dialect
) -> DetectedSeries | None:
    """Series in a column called so, such as entity_id, that alternate in the order of dates."""
    named = []
    for name in cells.columns:
        is_own_name = OWN_KEY_NAME.match(str(name).strip("<>[]_ "))
        if is_own_name and name not in dialect.date_columns:
            named.append(name)
    if not named or dialect.date_format is None:
        return None
    candidates = find_candidates(cells[named], (), do_names_repeat=True)
    if not candidates:
        return None
    dates = parse_dates(date_texts, dialect.date_format)
    order = np.argsort(dates.to_numpy(), kind="stable")
    for candidate in candidates:
        if _do_alternate(candidate.column, order):
            index = SeriesIndex.of([candidate.column])
            return DetectedSeries(index, may_be_one=True)
    return None


def _do_alternate(column: KeyColumn, order: Codes) -> bool:
    codes = column.codes[order]
    changes = int((codes[1:] != codes[:-1]).sum())
    return changes >= MIN_CHANGES * len(column.texts)
