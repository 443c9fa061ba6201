"""Missing values are filled from their neighbours, and from nothing beyond these."""

import numpy as np
import pandas as pd
import pytest

from app.domain.csv_reading.filling import fill_missing, list_filled

NAN = np.nan
DATES = pd.DatetimeIndex(["2024-01-01", "2024-01-02", "2024-01-04", "2024-01-05", "2024-01-06"])


def rows_of(*values: float) -> pd.DataFrame:
    return pd.DataFrame({"a": values, "b": np.arange(5.0)}, index=DATES)


def test_an_interpolated_value_lies_on_the_line_between_its_neighbours_in_time():
    filled = fill_missing(rows_of(1, NAN, NAN, 9, 100), "interpolate")

    assert filled["a"].tolist() == [1, 3, 7, 9, 100]


def test_nothing_beyond_the_two_neighbours_changes_an_interpolated_value():
    one = fill_missing(rows_of(-50, 2, NAN, 4, 1000), "interpolate")
    other = fill_missing(rows_of(50, 2, NAN, 4, -1000), "interpolate")

    assert one["a"].iloc[2] == other["a"].iloc[2] == pytest.approx(10 / 3)


def test_a_gap_at_the_beginning_or_the_end_is_not_interpolated():
    filled = fill_missing(rows_of(NAN, 2, NAN, 4, NAN), "interpolate")

    assert filled["a"].isna().tolist() == [True, False, False, False, True]
    assert fill_missing(rows_of(NAN, NAN, NAN, NAN, NAN), "interpolate")["a"].isna().all()


def test_filling_takes_the_value_before():
    filled = fill_missing(rows_of(NAN, 2, NAN, NAN, 5), "fill")

    assert filled["a"].tolist()[1:] == [2, 2, 2, 5]


def test_the_filled_cells_are_counted_among_the_rows_that_stay():
    rows = rows_of(NAN, 2, NAN, 4, 5)

    cells = list_filled(rows, fill_missing(rows, "interpolate"))

    assert cells.tolist() == [[1, 0]]  # the first row, which has no value, is left out
