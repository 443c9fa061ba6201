"""The dates of the rows to come."""

import numpy as np
import pandas as pd
import pytest

from app.domain.next_date import append_next_date, append_next_dates, describe_rhythm

GOES_ON = "the next dates go on like this."


@pytest.mark.parametrize(
    ("frequency", "last", "words"),
    [
        ("15min", "2024-03-01 10:30", f"Rows come every 15 minutes; {GOES_ON}"),
        ("h", "2024-02-29 23:00", f"Rows come every hour; {GOES_ON}"),
        ("D", "2024-02-28", f"Rows come every day; {GOES_ON}"),
        ("B", "2024-03-01", "Rows come every business day; the next dates are the days from"),
        ("W-SUN", "2023-12-31", f"Rows come every week; {GOES_ON}"),
        ("MS", "2023-12-01", f"Rows come every month, on day 1; {GOES_ON}"),
        ("ME", "2024-01-31", f"Rows come every month, on the last day; {GOES_ON}"),
        ("QE", "2023-12-31", f"Rows come every quarter, on the last day; {GOES_ON}"),
        ("BME", "2024-05-31", f"Rows come every month, on the last business day; {GOES_ON[:-1]}"),
        ("BQE", "2023-12-29", "Rows come every quarter, on the last business day; the next dates"),
        ("YS", "2023-01-01", f"Rows come every year, on day 1; {GOES_ON}"),
        ("bh", "2024-03-01 16:00", "Rows come every hour, with pauses; the next dates keep to"),
    ],
)
def test_the_rhythm_of_the_dates_goes_on(frequency, last, words):
    known = pd.date_range(end=last, periods=200, freq=frequency)
    expected = pd.date_range(known[0], periods=260, freq=frequency)

    appended = append_next_dates(known.to_numpy(), 60)

    assert (appended == expected.to_numpy()).all()
    assert describe_rhythm(known.to_numpy()).startswith(words)


def test_a_gap_in_the_dates_does_not_change_their_rhythm():
    days = pd.date_range("2024-01-01", periods=60, freq="B").delete([17, 30])

    appended = append_next_date(days.to_numpy())

    assert appended[-1] == np.datetime64("2024-03-25")


def test_a_holiday_at_the_end_of_a_month_does_not_change_the_rhythm_of_business_months():
    known = pd.date_range("2013-01-31", periods=12, freq="BME").to_numpy().copy()
    known[2] = np.datetime64("2013-03-28")  # before Good Friday

    assert append_next_date(known)[-1] == np.datetime64("2014-01-31")
    known[5:8] -= np.timedelta64(1, "D")  # no such rule
    assert "last business day" not in describe_rhythm(known)


def test_hours_over_a_change_to_summer_time_go_on_by_the_clock():
    in_berlin = pd.date_range("2024-03-20", "2024-03-31 05:00", freq="h", tz="Europe/Berlin")
    by_the_clock = in_berlin.tz_localize(None).to_numpy()

    appended = append_next_dates(by_the_clock, 3)

    expected = ["2024-03-31T06", "2024-03-31T07", "2024-03-31T08"]
    assert (appended[-3:] == np.array(expected, "datetime64[us]")).all()


def test_irregular_dates_go_on_by_their_median_step_and_say_so():
    days = np.cumsum([0, 3, 1, 5, 3, 2, 6, 3, 4, 1, 8, 3, 2, 7])

    dates = days.astype("datetime64[D]")

    assert (np.diff(append_next_dates(dates, 3)[-4:]) == np.timedelta64(3, "D")).all()
    assert describe_rhythm(dates) == (
        "Rows come at irregular times, about every 3 days; the next dates are assumed 3 days apart."
    )


def test_numbered_rows_are_numbered_on():
    numbered = np.arange(30).astype("datetime64[D]")

    assert append_next_date(numbered)[-1] == np.datetime64("1970-01-31")
    assert describe_rhythm(numbered).startswith("The rows have no dates")


def test_a_single_date_is_followed_by_the_next_days():
    appended = append_next_dates(np.array(["2024-05-05"], "datetime64[us]"), 2)

    assert (appended[1:] == np.array(["2024-05-06", "2024-05-07"], "datetime64[us]")).all()


@pytest.mark.parametrize("seed", range(5))
def test_whatever_the_dates_the_next_ones_ascend(seed):
    generator = np.random.default_rng(seed)
    seconds = np.cumsum(generator.integers(1, 10 ** (1 + seed), size=50))

    appended = append_next_dates(seconds.astype("datetime64[s]"), 20)

    assert len(appended) == 70
    assert (np.diff(appended) > np.timedelta64(0, "us")).all()
