"""Dates as people write them."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from app.domain.csv_reading.dates.parsing import (
    DATE_FORMATS,
    NO_OFFSET,
    format_dates,
    parse_dates,
    read_offset,
    swap_day_and_month,
)

HOURS = [datetime(2020, 1, 1) + timedelta(hours=hour) for hour in range(0, 600, 10)]
MONTHS = [datetime(2015 + month // 12, month % 12 + 1, 1) for month in range(60)]
YEARS = [datetime(1950 + year, 1, 1) for year in range(60)]
WEEKS = [datetime(2019, 12, 30) + timedelta(weeks=week) for week in range(60)]
FINEST = (  # moments as close to each other as a format with this directive can tell apart
    ("%V", WEEKS), ("%H", HOURS), ("%I", HOURS), ("%T", HOURS),
    ("%d", [datetime(2020, 1, 1) + timedelta(days=day) for day in range(60)]),
    ("%j", [datetime(2020, 1, 1) + timedelta(days=day) for day in range(60)]),
    ("%m", MONTHS), ("%b", MONTHS), ("%q", MONTHS[::3]),
)  # fmt: skip


def parsed(cells, date_format):
    return parse_dates(pd.Series(cells, dtype="str"), date_format)


def finest_moments(date_format):
    for directive, moments in FINEST:
        if directive in date_format:
            return moments
    return HOURS if "%" not in date_format else YEARS


@pytest.mark.parametrize("date_format", DATE_FORMATS)
def test_every_format_reads_what_it_writes(date_format):
    moments = pd.DatetimeIndex(finest_moments(date_format))

    cells = format_dates(moments, date_format)

    read = parsed(cells, date_format)
    assert (read - moments.to_series(index=read.index)).abs().max() < pd.Timedelta(seconds=1)


@pytest.mark.parametrize(
    ("cell", "date_format", "moment"),
    [
        ("04jan2021", "%d%b%Y", "2021-01-04"),
        ("1. März 2021", "%d. %b %Y", "2021-03-01"),
        ("March 1, 2021", "%B %d, %Y", "2021-03-01"),
        ("2021-01-04 05:06:07 UTC", "%Y-%m-%d %H:%M:%S UTC", "2021-01-04 05:06:07"),
        ("1995-Q4", "%Y-Q%q", "1995-10-01"),
        ("2020-S2", "%Y-S%h", "2020-07-01"),
        ("2020-W53", "%Y-W%V", "2020-12-28"),
        ("2021-W01-3", "%Y-W%V-%u", "2021-01-06"),
        ("2020-366", "%Y-%j", "2020-12-31"),
        ("01.01.2024 24:00", "%d.%m.%Y %H:%M", "2024-01-02"),
        ("31.12.2023 24", "%d.%m.%Y %H", "2024-01-01"),
        ("20240101 93000", "%Y%m%d %T", "2024-01-01 09:30"),
        ("20240101 5", "%Y%m%d %N", "2024-01-01 00:05"),
        ("2024-01-01T00:00:00.1234567Z", "%Y-%m-%dT%H:%M:%S[.%f]%z", "2024-01-01 00:00:00.123456"),
        ("2024-07-01 12:00 CEST", "%Y-%m-%d %H:%M%z", "2024-07-01 10:00"),
        ("4/1/2021 12:05 a.m.", "%d/%m/%Y %I:%M %p", "2021-01-04 00:05"),
        ("2021-01-04 오후 01:05", "%Y-%m-%d %p %I:%M", "2021-01-04 13:05"),
        ("２０２１年１月４日", "%Y年%m月%d日", "2021-01-04"),
        ("Jan-60", "%b-%{1930}y", "1960-01-01"),
        ("Jan-60", "%b-%y", "2060-01-01"),
        ("Jan-08", "%b-%{1900}y", "1908-01-01"),
        ("January 4th, 2021", "%b %D, %Y", "2021-01-04"),
        ("1.1.2024 0:00 - 1.1.2024 0:15", "%d.%m.%Y %H:%M - %*", "2024-01-01"),
        ("2024-01-01", "%Y-%m-%d[ %H:%M:%S]", "2024-01-01"),
    ],
)
def test_a_cell_is_read_in_its_format(cell, date_format, moment):
    assert parsed([cell], date_format).tolist() == [pd.Timestamp(moment)]


@pytest.mark.parametrize(
    ("cell", "date_format"),
    [
        ("31.02.2021", "%d.%m.%Y"), ("01.01.2024 24:01", "%d.%m.%Y %H:%M"),
        ("2021-W53", "%Y-W%V"), ("2021-366", "%Y-%j"), ("1995-Q5", "%Y-Q%q"),
        ("202413", "%Y%m"), ("2024101", "%Y%m%d"), ("4 Foo 2021", "%d %b %Y"),
        ("4 srpnja 2021", "%d %b %Y"), ("2021-01-04 10:00 CST", "%Y-%m-%d %H:%M%z"),
        ("13/1/2021 13:00 PM", "%d/%m/%Y %I:%M %p"), ("", "%Y"), ("x", "%Y-%m-%d"),
    ],
)  # fmt: skip
def test_what_is_no_date_in_a_format_is_none(cell, date_format):
    assert parsed([cell, None], date_format).isna().all()


def test_a_million_cells_are_read_at_once():
    written = pd.date_range("1970-01-01", periods=250_000, freq="min")
    cells = written.strftime("%d. März %Y %H:%M").str.replace("März", "März")

    moments = parsed(cells, "%d. %b %Y %H:%M")

    assert moments.notna().all()
    assert moments.iloc[-1].month == 3


def test_the_offset_of_a_name_that_stands_for_several_is_not_known():
    assert [read_offset(name) for name in ("Z", "+05:30", "-0800", "UTC+2", "CEST")] == [
        0, 330, -480, 120, 120,
    ]  # fmt: skip
    assert {read_offset(name) for name in ("CST", "IST", "Mars", "+99:00")} == {100_000}


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


@pytest.mark.parametrize("text", ["0", "23", "+", "-", "+-", "noon"])
def test_what_is_no_offset_is_none(text):
    assert read_offset(text) == NO_OFFSET
