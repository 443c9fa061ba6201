"""The date columns are found, and the format they are written in."""

from datetime import datetime, timedelta

import pandas as pd
import pytest

from app.domain.csv_reading.dates.detection import (
    DateReading,
    detect_date_format,
    detect_dates,
    detect_format,
    is_running_number,
    most_common_format,
)
from app.domain.csv_reading.dates.parsing import parse_dates
from app.domain.csv_reading.dates.questions import ask_about_rivals
from tests.app.domain.csv_reading.written_dates import DAYS as MANY_DAYS
from tests.app.domain.csv_reading.written_dates import all_ways

DAYS = [datetime(2020, 1, 1) + timedelta(days=day) for day in range(60)]
WAYS = all_ways()


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_write_dates_is_read_to_its_moments_and_nothing_is_asked(way):
    moments, cells = WAYS[way]
    column = pd.Series(cells, dtype="str")

    reading = detect_dates(["Date", "Value"], [[cell, "1.5"] for cell in cells])
    dates = parse_dates(column, reading.date_format)
    questions = ask_about_rivals("Date", column, reading.date_format)

    expected = pd.Series(moments).astype("datetime64[us]")
    assert reading.columns == ("Date",)
    assert (dates - expected).abs().max() < pd.Timedelta(seconds=2 if " " in way else 0.001)
    assert [question for question in questions if question.choices] == []


@pytest.mark.parametrize(
    "cells",
    [
        ["1.5", "2.5"] * 20,
        ["100", "200"] * 20,
        [str(volume) for volume in range(10_000_000, 99_000_000, 1_500_000)],
        ["12", "13"] * 20,
        ["red", "green"] * 20,
        ["1,234.50"] * 20,
        ["model 1", "model 2"] * 20,
        ["AB-2020-01", "CD-2021-02"] * 20,
        ["12:30", "12:45"] * 20,
        [],
    ],
)
def test_numbers_and_words_are_not_dates(cells):
    assert detect_date_format(cells, named=False) is None


def test_repeated_years_are_not_dates():
    assert detect_date_format([str(1990 + row // 12) for row in range(60)], named=True) is None


def test_a_few_cells_that_are_not_dates_do_not_hide_the_format():
    cells = [f"{day:%Y-%m-%d}" for day in DAYS]

    assert detect_date_format([*cells[:20], "unknown", *cells[20:]], named=True) == "%Y-%m-%d"


def test_a_column_called_date_comes_first():
    body = [[f"{day:%Y-%m-%d}", f"{day:%d.%m.%Y}", "1.5"] for day in DAYS]

    assert detect_dates(["Settled", "Date", "Close"], body) == DateReading(("Date",), "%d.%m.%Y")
    assert detect_dates(["Settled", "Paid", "Close"], body) == DateReading(("Settled",), "%Y-%m-%d")
    assert detect_dates(["a", "b"], [["1.5", "x"]] * 30) == DateReading()


def test_a_date_that_never_changes_is_not_the_date_of_the_rows():
    body = [["22/05/26 11:00:00", f"{day:%Y-%m-%d}", "1.5"] for day in DAYS]

    assert detect_dates(["LAST UPDATE", "x", "y"], body) == DateReading(("x",), "%Y-%m-%d")


def test_months_are_distinguished_from_days_by_their_even_steps():
    cells = [f"01/{month % 12 + 1:02d}/{2000 + month // 12}" for month in range(60)]

    assert detect_date_format(cells, named=True) == "%d/%m/%Y"


def test_a_year_9999_among_dates_leaves_the_column_one_of_dates():
    body = [["9999-12-31"], *([f"{day:%Y-%m-%d}"] for day in DAYS)]

    assert detect_dates(["Date"], body) == DateReading(("Date",), "%Y-%m-%d")


def test_a_doubt_of_the_sample_is_settled_by_the_rows_below_it():
    sample = [
        [f"0{day % 2 + 1}/03/2021 {hour:02d}:00", "1"] for day in (0, 1) for hour in range(24)
    ]
    whole = pd.Series([row[0] for row in sample] + ["03/04/2021 00:00", "03/13/2021 00:00"])

    undecided = detect_dates(["Date", "x"], sample)
    settled = detect_dates(["Date", "x"], sample, lambda names: [whole])

    assert undecided == DateReading(("Date",), "%d/%m/%Y %H:%M")
    assert settled == DateReading(("Date",), "%m/%d/%Y %H:%M")


def test_the_epoch_is_read_at_any_step_in_a_column_without_a_name():
    for step in (1, 0.01):
        body = [[f"{1_700_000_000 + row * step:.2f}", "5"] for row in range(60)]

        assert detect_dates(["t0", "x"], body) == DateReading(("t0",), "seconds since 1970")


def test_chosen_columns_are_joined_and_those_that_are_no_dates_have_no_format():
    body = [[f"{day:%d.%m.%Y}", f"{day.day % 24}", "red"] for day in DAYS]
    names = ["Tag", "Stunde", "Farbe"]

    together = detect_format(names, body, ["Tag", "Stunde"])
    colour = detect_format(names, body, ["Farbe"])

    assert together == DateReading(("Tag", "Stunde"), "%d.%m.%Y %H")
    assert colour == DateReading(("Farbe",), None)


def test_a_count_of_rows_is_no_date():
    assert is_running_number([str(row) for row in range(1, 50)])
    assert not is_running_number([f"{day:%Y%m%d}" for day in MANY_DAYS])
    assert not is_running_number([])


def test_dates_written_in_several_ways_have_the_most_common_format():
    body = [[f"{day:%d/%m/%Y}" if day.day % 3 == 0 else f"{day:%Y-%m-%d}", "1"] for day in DAYS]

    assert detect_dates(["Day", "Close"], body) == DateReading(("Day",), "%Y-%m-%d")
    assert most_common_format([*["soon"] * 30, *(cells[0] for cells in body)]) is None
    assert most_common_format(["2500-01-01"] * 30) is None
