"""Dates as people write them."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from app.domain.csv_reading.date_detection import detect_date_format
from app.domain.csv_reading.dates import (
    DATE_FORMATS,
    TICKS_PER_SECOND,
    format_dates,
    parse_dates,
    swap_day_and_month,
)

DAYS = [datetime(2020, 1, 1) + timedelta(days=day) for day in range(60)]
HOURS = [datetime(2020, 1, 1) + timedelta(hours=hour) for hour in range(0, 600, 10)]
MONTHS = [datetime(2015 + month // 12, month % 12 + 1, 1) for month in range(60)]
YEARS = [datetime(1950 + year, 1, 1) for year in range(60)]


def parsed(cells, date_format):
    return parse_dates(pd.Series(cells, dtype="str"), date_format)


def finest_moments(date_format):
    """Moments as close to each other as this format can tell apart."""
    for moments, directives in (
        (HOURS, ("%H", "%I")),
        (DAYS, ("%d",)),
        (MONTHS, ("%m", "%b", "%B")),
    ):
        if any(directive in date_format for directive in directives):
            return moments
    return YEARS


@pytest.mark.parametrize(
    "date_format", [name for name in DATE_FORMATS if name not in TICKS_PER_SECOND]
)
def test_every_format_is_detected_and_read_to_the_same_moments(date_format):
    written_format = date_format.replace("%z", "+00:00")
    cells = [f"{moment:{written_format}}" for moment in finest_moments(date_format)]

    detected = detect_date_format(cells, named=True)
    moments = parsed(cells, detected)
    cells_again = format_dates(pd.DatetimeIndex(moments), detected)

    assert detected is not None
    assert moments.tolist() == parsed(cells, date_format).tolist()
    assert moments.is_monotonic_increasing
    assert moments.is_unique
    assert parsed(cells_again, detected).tolist() == moments.tolist()


@pytest.mark.parametrize("per_second", [1, 1000])
def test_seconds_and_milliseconds_since_1970_are_moments(per_second):
    cells = [str(int(moment.timestamp()) * per_second) for moment in HOURS]

    date_format = detect_date_format(cells, named=True)
    moments = parsed(cells, date_format)
    cells_again = format_dates(pd.DatetimeIndex(moments), date_format)

    assert TICKS_PER_SECOND[date_format] == per_second
    assert (moments.diff().dropna() == pd.Timedelta(hours=10)).all()
    assert parsed(cells_again, date_format).tolist() == moments.tolist()


def test_a_number_that_is_too_large_for_a_date_is_none():
    dates = parsed(["1577836800", "9" * 30, "x"], "seconds since 1970")

    assert dates.isna().tolist() == [False, True, True]


def test_day_and_month_can_be_swapped_where_both_are_numbers():
    assert swap_day_and_month("%d/%m/%Y %H:%M") == "%m/%d/%Y %H:%M"
    assert swap_day_and_month("%m-%d-%Y") == "%d-%m-%Y"
    assert swap_day_and_month("%Y-%m-%d") is None
    assert swap_day_and_month("%d.%m.%Y") is None


def test_whole_days_with_an_offset_stay_the_days_they_are_written_as():
    dates = parsed(
        ["2020-03-01 00:00:00+01:00", "2020-04-01 00:00:00+02:00"], "%Y-%m-%d %H:%M:%S%z"
    )

    assert dates.dt.strftime("%Y-%m-%d %H").tolist() == ["2020-03-01 00", "2020-04-01 00"]


def test_hours_with_an_offset_become_utc_so_that_summer_time_repeats_none():
    dates = parsed(
        ["2020-10-25T02:30:00+02:00", "2020-10-25T02:30:00+01:00"], "%Y-%m-%dT%H:%M:%S%z"
    )

    assert dates.dt.strftime("%H:%M").tolist() == ["00:30", "01:30"]


def test_spaces_around_a_date_do_no_harm():
    assert parsed(["2020-01-01 ", " 2020-01-02"], "%Y-%m-%d").notna().all()


def test_years_that_no_series_has_are_not_dates():
    dates = parsed(
        ["0001-01-01", "9999-12-31", "1599-12-31", "x", None, "1600-01-01", "2300-12-31"],
        "%Y-%m-%d",
    )

    assert dates.isna().tolist() == [True] * 5 + [False] * 2
    assert dates.to_numpy().dtype == np.dtype("datetime64[us]")
