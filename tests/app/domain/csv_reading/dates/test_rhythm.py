"""How often rows come, said as a person would, whatever is missing or repeated."""

import numpy as np
import pandas as pd
import pytest

from app.domain.csv_reading.dates.rhythm import find_rhythm


def rhythm_of(dates) -> tuple[str, int | None, int]:
    """Frequency, how many gaps, and repeated rows."""
    rhythm = find_rhythm(pd.Series(pd.DatetimeIndex(dates)))
    n_gaps = None if rhythm.gaps is None else len(rhythm.gaps)
    return rhythm.frequency, n_gaps, rhythm.repeated


def every(frequency: str, rows: int = 60) -> pd.DatetimeIndex:
    return pd.date_range("2024-01-01", periods=rows, freq=frequency)


def on_weekdays(*weekdays: int) -> list[pd.Timestamp]:
    return [date for date in every("D", 100) if date.weekday() in weekdays]


def in_office_hours() -> list[pd.Timestamp]:
    return [day + pd.Timedelta(hours=hour) for day in every("B", 30) for hour in range(9, 18)]


@pytest.mark.parametrize(
    ("dates", "frequency"),
    [
        (every("s"), "every second"),
        (every("10ms"), "every 0.01 s"),
        (every("min"), "every minute"),
        (every("10min"), "every 10 min"),
        (every("h"), "hourly"),
        (every("D"), "daily"),
        (every("B"), "business days"),
        (on_weekdays(0, 1, 2, 3, 4, 5), "daily without Sundays"),
        (on_weekdays(6, 0, 1, 2, 3), "daily without Fridays and Saturdays"),
        (every("W"), "weekly"),
        (every("14D"), "every 14 days"),
        (every("MS"), "monthly"),
        (every("ME"), "monthly (month ends)"),
        (every("BME"), "monthly (last business days)"),
        (every("QS"), "quarterly"),
        (every("QE"), "quarterly (month ends)"),
        (every("YS"), "yearly"),
        (every("5YS", 10), "every 5 years"),
        (in_office_hours(), "hourly on part of each day"),
    ],
)
def test_regular_rows_have_a_frequency_and_no_gaps(dates, frequency):
    assert rhythm_of(dates) == (frequency, 0, 0)


def test_gaps_and_repeated_rows_are_counted():
    hours = every("h", 600)
    broken = hours.delete([5, 6, 20, 50]).append(hours[:2])

    assert rhythm_of(broken) == ("hourly", 3, 2)

    gaps = find_rhythm(hours.delete([5, 6]).to_numpy()).gaps

    assert gaps.astype("datetime64[h]").astype(str).tolist() == [["2024-01-01T04", "2024-01-01T07"]]


def test_a_missing_month_end_is_a_gap_and_a_free_monday_is_one():
    assert rhythm_of(every("ME").delete([4])) == ("monthly (month ends)", 1, 0)
    assert rhythm_of(every("B").delete([5, 9])) == ("business days", 2, 0)


def test_the_order_of_the_file_does_not_matter():
    assert rhythm_of(every("h")[::-1]) == ("hourly", 0, 0)


def test_a_change_to_summer_time_and_back_is_one_gap_and_one_repeated_row():
    hours = pd.date_range("2024-01-01", periods=8000, freq="h", tz="Europe/Berlin")

    assert rhythm_of(hours.tz_localize(None)) == ("hourly", 1, 1)


def test_rows_without_a_rule_are_irregular_and_have_no_gaps():
    seconds = np.random.default_rng(0).integers(1, 10**6, 50).cumsum()
    dates = np.datetime64("2024-01-01") + seconds.astype("timedelta64[s]")

    frequency, gaps, _ = rhythm_of(dates)

    assert frequency.startswith("irregular, about every ")
    assert gaps is None


@pytest.mark.parametrize("rows", [0, 1])
def test_a_single_row_has_no_frequency(rows):
    assert rhythm_of(every("h", rows)) == ("one moment", None, 0)
