"""The date of the row to come."""

import numpy as np
import pandas as pd
import pytest

from app.domain.next_date import append_next_date


@pytest.mark.parametrize(
    ("frequency", "last"),
    [
        ("30min", "2024-03-01 10:30"),
        ("h", "2024-02-29 23:00"),
        ("D", "2024-02-28"),
        ("B", "2024-03-01"),  # a Friday
        ("W-SUN", "2023-12-31"),
        ("MS", "2023-12-01"),
        ("ME", "2024-01-31"),
        ("QE", "2023-12-31"),
        ("YS", "2023-01-01"),
        ("bh", "2024-03-01 16:00"),  # hours of business days
    ],
)
def test_the_rhythm_of_the_dates_goes_on(frequency, last):
    expected = pd.date_range(end=last, periods=200, freq=frequency)
    expected = pd.date_range(expected[0], periods=201, freq=frequency)

    appended = append_next_date(expected[:-1].to_numpy())

    assert (appended == expected.to_numpy()).all()


def test_a_gap_in_the_dates_does_not_change_their_rhythm():
    days = pd.date_range("2024-01-01", periods=60, freq="B").delete([17, 30])

    appended = append_next_date(days.to_numpy())

    assert appended[-1] == np.datetime64("2024-03-25")


def test_a_single_date_is_followed_by_the_next_day():
    appended = append_next_date(np.array(["2024-05-05"], "datetime64[us]"))

    assert appended[1] == np.datetime64("2024-05-06")
