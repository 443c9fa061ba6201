"""Dates as people write them."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from app.domain.csv_reading.dates import (
    DATE_FORMATS,
    PER_SECOND,
    commonest_format,
    date_format_of,
    other_reading,
    parse_dates,
    recognise_dates,
    written_dates,
)

DAYS = [datetime(2020, 1, 1) + timedelta(days=day) for day in range(60)]
HOURS = [datetime(2020, 1, 1) + timedelta(hours=hour) for hour in range(0, 600, 10)]


def parsed(cells, date_format):
    return parse_dates(pd.Series(cells, dtype="str"), date_format)


@pytest.mark.parametrize(
    "date_format", [known for known in DATE_FORMATS if known not in PER_SECOND]
)
def test_every_format_is_recognised_and_read_to_the_same_moments(date_format):
    years = [datetime(1950 + year, 1, 1) for year in range(60)]
    months = [datetime(2015 + month // 12, month % 12 + 1, 1) for month in range(60)]
    steps = HOURS if "%H" in date_format or "%I" in date_format else DAYS
    if "%d" not in date_format:
        steps = (
            months if "%m" in date_format or "%b" in date_format or "%B" in date_format else years
        )
    cells = [f"{moment:{date_format.replace('%z', '+00:00')}}" for moment in steps]
    found = date_format_of(cells, named=True)
    assert found is not None
    assert parsed(cells, found).tolist() == parsed(cells, date_format).tolist()
    assert parsed(cells, found).is_monotonic_increasing
    assert parsed(cells, found).is_unique
    assert (
        parsed(written_dates(pd.DatetimeIndex(parsed(cells, found)), found), found).tolist()
        == parsed(cells, found).tolist()
    )


@pytest.mark.parametrize("per_second", [1, 1000])
def test_seconds_and_milliseconds_since_1970_are_moments(per_second):
    cells = [str(int(moment.timestamp()) * per_second) for moment in HOURS]
    found = date_format_of(cells, named=True)
    assert PER_SECOND[found] == per_second
    assert (parsed(cells, found).diff().dropna() == pd.Timedelta(hours=10)).all()
    moments = pd.DatetimeIndex(parsed(cells, found))
    assert parsed(written_dates(moments, found), found).tolist() == moments.tolist()


def test_a_number_so_large_that_no_date_has_it_is_none():
    assert parsed(["1577836800", "9" * 30, "x"], "seconds since 1970").isna().tolist() == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    "cells",
    [
        ["1.5", "2.5"] * 20,
        ["100", "200"] * 20,
        [str(volume) for volume in range(10_000_000, 99_000_000, 1_500_000)],
        ["12", "13"] * 20,
        ["red", "green"] * 20,
        ["1,234.50"] * 20,
        [],
    ],
)
def test_numbers_and_words_are_no_dates(cells):
    assert date_format_of(cells, named=False) is None


def test_years_that_repeat_are_no_dates():
    assert date_format_of([str(1990 + row // 12) for row in range(60)], named=True) is None


def test_a_few_cells_that_are_no_dates_do_not_hide_the_format():
    cells = [f"{day:%Y-%m-%d}" for day in DAYS]
    assert date_format_of([*cells[:20], "unknown", *cells[20:]], named=True) == "%Y-%m-%d"


def test_a_column_called_date_comes_first():
    body = [[f"{day:%Y-%m-%d}", f"{day:%d.%m.%Y}", "1.5"] for day in DAYS]
    assert recognise_dates(["Settled", "Date", "Close"], body) == ("Date", "%d.%m.%Y")
    assert recognise_dates(["Settled", "Paid", "Close"], body) == ("Settled", "%Y-%m-%d")
    assert recognise_dates(["a", "b"], [["1.5", "x"]] * 30) == (None, None)


def test_months_are_told_from_days_by_their_even_steps():
    cells = [f"01/{month % 12 + 1:02d}/{2000 + month // 12}" for month in range(60)]
    assert date_format_of(cells, named=True) == "%d/%m/%Y"


def test_day_and_month_can_be_exchanged_where_both_are_numbers():
    assert other_reading("%d/%m/%Y %H:%M") == "%m/%d/%Y %H:%M"
    assert other_reading("%m-%d-%Y") == "%d-%m-%Y"
    assert other_reading("%Y-%m-%d") is None
    assert other_reading("%d.%m.%Y") is None


def test_whole_days_with_an_offset_stay_the_days_they_are_written_as():
    read = parsed(["2020-03-01 00:00:00+01:00", "2020-04-01 00:00:00+02:00"], "%Y-%m-%d %H:%M:%S%z")
    assert read.dt.strftime("%Y-%m-%d %H").tolist() == ["2020-03-01 00", "2020-04-01 00"]


def test_hours_with_an_offset_become_utc_so_that_summer_time_repeats_none():
    read = parsed(["2020-10-25T02:30:00+02:00", "2020-10-25T02:30:00+01:00"], "%Y-%m-%dT%H:%M:%S%z")
    assert read.dt.strftime("%H:%M").tolist() == ["00:30", "01:30"]


def test_spaces_around_a_date_do_no_harm():
    assert parsed(["2020-01-01 ", " 2020-01-02"], "%Y-%m-%d").notna().all()


def test_years_of_no_series_are_no_dates():
    read = parsed(
        ["0001-01-01", "9999-12-31", "1599-12-31", "x", None, "1600-01-01", "2300-12-31"],
        "%Y-%m-%d",
    )
    assert read.isna().tolist() == [True] * 5 + [False] * 2
    assert read.to_numpy().dtype == np.dtype("datetime64[us]")


def test_one_year_9999_among_dates_leaves_the_column_one_of_dates():
    assert recognise_dates(["Date"], [["9999-12-31"], *([f"{day:%Y-%m-%d}"] for day in DAYS)]) == (
        "Date",
        "%Y-%m-%d",
    )


def test_dates_written_in_several_ways_are_those_of_the_commonest():
    body = [[f"{day:%d/%m/%Y}" if day.day % 3 == 0 else f"{day:%Y-%m-%d}", "1"] for day in DAYS]
    assert recognise_dates(["Day", "Close"], body) == ("Day", "%Y-%m-%d")
    assert recognise_dates(["Close", "Note"], [["1", cells[0]] for cells in body]) == (None, None)
    assert commonest_format([*["soon"] * 30, *(cells[0] for cells in body)]) is None
    assert commonest_format(["2500-01-01"] * 30) is None
    assert commonest_format(["2020"] * 30) is None
