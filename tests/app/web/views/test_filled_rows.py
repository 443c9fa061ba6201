"""Filled values are marked where rows are shown."""

import numpy as np

from app.domain.csv_reading.series import Series
from app.web.views.filled_rows import MAX_FILLED_ROWS, list_filled_rows

DATES = np.datetime64("2024-01-01", "us") + np.arange(40).astype("timedelta64[D]")


def series_with(filled_cells) -> Series:
    values = np.arange(80.0).reshape(40, 2)
    cells = np.array(filled_cells, np.int64).reshape(-1, 2)
    return Series(DATES, ("Open", "Close"), values, "Close", filled_cells=cells)


def test_the_filled_values_of_a_row_are_marked():
    filled = list_filled_rows(series_with([[3, 1]]))

    assert filled.summary == "1 value in 1 of 40 rows is filled and marked here."
    assert filled.columns == ["Close"]
    assert filled.rows[0].date == "2024-01-04"
    assert [(cell.text, cell.is_filled) for cell in filled.rows[0].cells] == [("7", True)]


def test_many_rows_are_counted_and_nothing_is_said_of_none():
    filled = list_filled_rows(series_with([[row, row % 2] for row in range(30)]))

    assert len(filled.rows) == MAX_FILLED_ROWS
    assert filled.more == 30 - MAX_FILLED_ROWS
    assert list_filled_rows(series_with([])) is None
