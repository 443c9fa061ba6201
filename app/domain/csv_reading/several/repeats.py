"""Dates that are there more than once in a series: the same row again, another value, or more."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.csv_reading.findings import (
    Finding,
    FindingKind,
    Lines,
    list_lines,
    list_names,
)
from app.domain.csv_reading.several.key_candidates import find_times
from app.domain.csv_reading.several.keys import combine_codes

MIN_COARSE_FRACTION = 0.5  # of the dates: where more repeat, they are too coarse for the rows
MIN_COARSE_DATES = 3


def find_repeats(
    cells: pd.DataFrame,
    dates: "pd.Series[pd.Timestamp]",
    date_columns: tuple[str, ...],
    lines: Lines,
) -> list[Finding]:
    """Find dates that repeat, and say in what their rows differ."""
    is_repeated = (dates.duplicated(keep=False) & dates.notna()).to_numpy()
    if not is_repeated.any():
        return []
    rows = cells[is_repeated]
    repeated_dates, _ = pd.factorize(dates[is_repeated])
    different_columns = _find_differences(rows, repeated_dates, date_columns)
    n_repeated_dates = int(repeated_dates.max()) + 1
    is_coarse = (
        n_repeated_dates >= MIN_COARSE_DATES
        and n_repeated_dates > MIN_COARSE_FRACTION * dates.nunique()
    )
    if different_columns and is_coarse:
        times = find_times(rows, repeated_dates, date_columns)
        return [_report_coarse_dates(dates, date_columns, times)]
    repeated_lines = tuple(np.unique(lines[is_repeated]).tolist())
    return [_report_repeats(date_columns, repeated_lines, different_columns)]


def _find_differences(
    rows: pd.DataFrame, dates: NDArray[np.int64], date_columns: tuple[str, ...]
) -> list[str]:
    """The columns in which rows of one date differ."""
    n_dates = int(dates.max()) + 1
    different = []
    for name in rows.columns:
        if name in date_columns:
            continue
        codes, _ = pd.factorize(rows[name], use_na_sentinel=False)
        pairs = combine_codes([dates, codes])
        if int(pairs.max()) + 1 > n_dates:
            different.append(str(name))
    return different


def _report_repeats(
    date_columns: tuple[str, ...], lines: tuple[int, ...], different_columns: list[str]
) -> Finding:
    column = " ".join(date_columns)
    difference = "These rows are the same in every column."
    if different_columns:
        difference = f"Rows of one date differ in {list_names(different_columns)}."
    return Finding(
        kind=FindingKind.DUPLICATES,
        column=column,
        message=f'"{column}" has the same date more than once, in {list_lines(lines)}. '
        f"{difference}",
        lines=lines,
    )


def _report_coarse_dates(
    dates: "pd.Series[pd.Timestamp]", date_columns: tuple[str, ...], times: list[str]
) -> Finding:
    column = " ".join(date_columns)
    rows = int(dates.notna().sum())
    advice = (
        "Does another column have the time of day? Choose it as a further date column. Does one "
        "name the series a row belongs to? Choose it as the key column."
    )
    if times:
        advice = (
            f"With {list_names(times)} no date repeats: choose it as a further date column if it "
            "is the time of day, or as the key column if it names the series."
        )
    return Finding(
        kind=FindingKind.COARSE,
        column=column,
        message=f'"{column}" has only {dates.nunique():,} different dates in {rows:,} rows, so '
        f"the date does not tell the rows apart. {advice}",
        field="date",
    )
