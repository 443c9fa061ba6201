"""Read a CSV like the one the model was trained on."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from app.domain.csv_reading.dialect import Dialect
from app.domain.csv_reading.findings import FindingKind
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.table import Table, read_table


@dataclass(frozen=True)
class Rows:
    """The rows of a CSV, float64, indexed by date where there are dates, oldest row first.

    values: the feature columns, complete. ahead: rows after the last one with a target, and in them
    the columns known ahead.
    """

    values: pd.DataFrame
    ahead: pd.DataFrame


def read_series(path: Path, settings: dict[str, Any], dialect: dict[str, Any]) -> Rows:
    """The rows of a CSV."""
    columns = settings["columns"]
    table = read_csv(path, dialect)
    missing = [name for name in columns if name not in table.numbers.columns]
    if missing:
        available = ", ".join(table.number_columns)
        sys.exit(
            f"{path} lacks the columns {', '.join(missing)}."
            f" Its columns of numbers are: {available}."
        )
    values: pd.DataFrame = table.numbers[columns]
    if table.dates is not None:
        values = sort_by_date(values, table.dates)
    rows = split_at_last_target(values, settings)
    n_dropped = table.rows - len(rows.values) - len(rows.ahead)
    if n_dropped:
        print(
            f"{n_dropped} rows without a date or value, or of one date, were left out.",
            file=sys.stderr,
        )
    return rows


def split_at_last_target(values: pd.DataFrame, settings: dict[str, Any]) -> Rows:
    """The complete rows up to the last one with a target, and what is known of those after it."""
    has_target = values[settings["target"]].notna().to_numpy()
    is_after = ~np.logical_or.accumulate(has_target[::-1])[::-1]
    ahead = values[is_after][settings["known_ahead"]]
    if not settings["known_ahead"]:
        ahead = ahead[:0]
    return Rows(values[~is_after].dropna(), ahead.dropna())


def require_known_ahead(rows: Rows, settings: dict[str, Any]) -> None:
    """Exit unless the CSV says what is known ahead of all the rows to come."""
    horizon = settings["horizon"]
    n_given = len(rows.ahead)
    if not settings["known_ahead"] or n_given >= horizon:
        return
    names = " and ".join(settings["known_ahead"])
    many = "row" if horizon == 1 else f"{horizon} rows"
    sys.exit(
        f"The forecast of the next {many} reads {names} in them, and the CSV gives {n_given} of"
        f" these rows: put the next {many} at its end, with {names} filled in and"
        f" {settings['target']} left empty."
    )


def read_csv(path: Path, dialect: dict[str, Any]) -> Table:
    """The CSV, read like the one the model was trained on."""
    if not path.is_file():
        sys.exit(f"File {path} not found.")
    content = path.read_bytes()
    try:
        table = read_table(content, Dialect.from_document(dialect))
    except SeriesError as error:
        sys.exit(f"{path} cannot be parsed like the CSV this model was trained on. {error}")
    for finding in table.findings:
        if finding.kind == FindingKind.SERIES:
            sys.exit(
                f"The CSV this model was trained on had one series. {finding.message}"
                f" Send the rows of that one alone: {path} has the rows of all."
            )
    return table


def sort_by_date(values: pd.DataFrame, dates: "pd.Series[pd.Timestamp]") -> pd.DataFrame:
    """The rows that have a date, oldest first; of rows with one date the last."""
    has_date = dates.notna().to_numpy()
    by_date = values.set_axis(dates, axis="index")
    dated = by_date[has_date]
    ordered = dated.sort_index(kind="stable")
    is_repeated = ordered.index.duplicated(keep="last")
    return ordered[~is_repeated]
