"""The rows of a series in which values were filled, with these values marked."""

from dataclasses import dataclass

import numpy as np

from app.domain.csv_reading.series import Series
from app.services.wording import count_nouns
from app.web.charts.numbers import iso_dates

MAX_FILLED_ROWS = 8
MAX_COLUMNS = 8


@dataclass(frozen=True)
class ShownCell:
    """A value, and whether it was filled."""

    text: str
    is_filled: bool


@dataclass(frozen=True)
class FilledRow:
    """A row with at least one filled value."""

    date: str
    cells: list[ShownCell]


@dataclass(frozen=True)
class FilledRows:
    """The first rows with filled values, in those columns that have some.

    summary: how many there are in all, in words. more: how many rows are not shown.
    """

    summary: str
    columns: list[str]
    rows: list[FilledRow]
    more: int


def list_filled_rows(series: Series) -> FilledRows | None:
    """What was filled in a series; None where nothing was."""
    if not len(series.filled_cells):
        return None
    rows = np.unique(series.filled_cells[:, 0])
    columns = np.unique(series.filled_cells[:, 1])[:MAX_COLUMNS].tolist()
    filled = {(row, column) for row, column in series.filled_cells.tolist()}
    dates = iso_dates(series.dates)
    shown = []
    for row in rows[:MAX_FILLED_ROWS].tolist():
        cells = []
        for column in columns:
            text = f"{series.values[row, column]:.6g}"
            cells.append(ShownCell(text, (row, column) in filled))
        date = dates[row].replace("T", " ").removesuffix(":00")
        shown.append(FilledRow(date, cells))
    values = count_nouns(len(series.filled_cells), "value")
    are = "is" if len(series.filled_cells) == 1 else "are"
    total = f"{len(rows):,} of {len(series.dates):,} rows"
    return FilledRows(
        summary=f"{values} in {total} {are} filled and marked here.",
        columns=[series.columns[column] for column in columns],
        rows=shown,
        more=len(rows) - len(shown),
    )
