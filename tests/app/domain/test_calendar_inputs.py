"""The calendar as numbers."""

import numpy as np
import pytest

from app.domain.calendar_inputs import Cycle, calendar_columns, find_cycles


def dates(step, rows, start="2024-01-01"):
    return np.datetime64(start, "us") + np.arange(rows) * np.timedelta64(step)


@pytest.mark.parametrize(
    ("step", "rows", "expected"),
    [
        (np.timedelta64(1, "h"), 24 * 20, (Cycle.DAY, Cycle.WEEK)),
        (np.timedelta64(1, "h"), 24 * 800, (Cycle.DAY, Cycle.WEEK, Cycle.YEAR)),
        (np.timedelta64(1, "D"), 800, (Cycle.WEEK, Cycle.YEAR)),
        (np.timedelta64(7, "D"), 200, (Cycle.YEAR,)),
        (np.timedelta64(1, "D"), 10, ()),
        (np.timedelta64(1, "D"), 2, ()),
    ],
)
def test_the_cycles_are_those_that_the_dates_tell_apart(step, rows, expected):
    assert find_cycles(dates(step, rows)) == expected


def test_the_same_place_of_a_cycle_has_the_same_numbers():
    mondays = np.array(["2024-01-01", "2024-01-08", "2024-01-02"], "datetime64[us]")

    columns = calendar_columns(mondays, (Cycle.WEEK,))

    assert columns[0] == pytest.approx(columns[1])
    assert columns[0] == pytest.approx([0, 1], abs=1e-9)
    assert abs(columns[0] - columns[2]).max() > 0.1


def test_midnight_is_the_start_of_the_day():
    hours = np.array(["2024-03-05T00:00", "2024-03-05T06:00"], "datetime64[us]")

    columns = calendar_columns(hours, (Cycle.DAY,))

    assert columns == pytest.approx(np.array([[0, 1], [1, 0]]), abs=1e-9)


def test_no_cycles_are_no_columns():
    assert calendar_columns(dates(np.timedelta64(1, "D"), 5), ()).shape == (5, 0)


def test_numbered_rows_have_no_calendar():
    numbered = np.arange(1000).astype("datetime64[D]")

    assert find_cycles(numbered) == ()
