"""What a network is told of the row after each row."""

import numpy as np
import pytest

from app.domain.calendar_inputs import Cycle, calendar_columns
from app.domain.model_inputs import (
    extra_columns,
    first_complete_row,
    known_ahead_columns,
    list_shifts,
)

TARGET = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0])
DATES = np.arange(7).astype("datetime64[D]")


@pytest.mark.parametrize(
    ("transform", "value"),
    [("level", 4.0), ("difference", 4.0 - 16.0), ("log_return", np.log(4.0 / 16.0))],
)
def test_a_lag_repeats_the_row_one_season_before_the_next_row(transform, value):
    columns = extra_columns(TARGET, DATES, transform, (), (3,))

    assert columns.shape == (6, 1)
    assert columns[4, 0] == pytest.approx(value)  # row 5 as if it were row 2
    assert (columns[:2] == 0).all()


def test_cycles_are_those_of_the_next_row_and_come_after_the_lags():
    columns = extra_columns(TARGET, DATES, "difference", ("week",), (2, 3))

    assert columns.shape == (6, 4)
    expected = calendar_columns(DATES, (Cycle.WEEK,))[1:]
    assert columns[:, 2:] == pytest.approx(expected)


def test_rows_are_complete_once_the_longest_season_is_before_the_next_row():
    assert first_complete_row(1, ()) == 1
    assert first_complete_row(0, (7, 24)) == 23


def test_the_rows_of_a_window_tell_about_each_row_that_is_predicted():
    assert list_shifts(1, 10) == (1,)
    assert list_shifts(5, 10) == (5,)
    assert list_shifts(24, 10) == (24, 14, 4)


def test_a_season_is_looked_back_until_it_is_known():
    target = np.arange(20.0)

    columns = extra_columns(target, DATES, "level", (), (3,), (5, 1))

    assert columns[10].tolist() == [10 + 5 - 6, 10 + 1 - 3]
    assert first_complete_row(0, (3,), (5, 1)) == 2
    assert first_complete_row(0, (6,), (5,)) == 1


def test_what_is_known_ahead_stands_at_the_row_that_tells_of_it():
    known = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [4.0, 40.0]])

    columns = known_ahead_columns(known, rows=3, shifts=(2, 1))

    expected = [[3, 2, 30, 20], [4, 3, 40, 30], [np.nan, 4, np.nan, 40]]
    np.testing.assert_array_equal(columns, expected)
