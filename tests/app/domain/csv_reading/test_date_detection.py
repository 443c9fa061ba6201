"""The date column is found, and the format it is written in."""

from datetime import datetime, timedelta

import pytest

from app.domain.csv_reading.date_detection import (
    detect_date_column,
    detect_date_format,
    most_common_format,
)

DAYS = [datetime(2020, 1, 1) + timedelta(days=day) for day in range(60)]


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
def test_numbers_and_words_are_not_dates(cells):
    assert detect_date_format(cells, named=False) is None


def test_repeated_years_are_not_dates():
    assert detect_date_format([str(1990 + row // 12) for row in range(60)], named=True) is None


def test_a_few_cells_that_are_not_dates_do_not_hide_the_format():
    cells = [f"{day:%Y-%m-%d}" for day in DAYS]

    assert detect_date_format([*cells[:20], "unknown", *cells[20:]], named=True) == "%Y-%m-%d"


def test_a_column_called_date_comes_first():
    body = [[f"{day:%Y-%m-%d}", f"{day:%d.%m.%Y}", "1.5"] for day in DAYS]

    assert detect_date_column(["Settled", "Date", "Close"], body) == ("Date", "%d.%m.%Y")
    assert detect_date_column(["Settled", "Paid", "Close"], body) == ("Settled", "%Y-%m-%d")
    assert detect_date_column(["a", "b"], [["1.5", "x"]] * 30) is None


def test_months_are_distinguished_from_days_by_their_even_steps():
    cells = [f"01/{month % 12 + 1:02d}/{2000 + month // 12}" for month in range(60)]

    assert detect_date_format(cells, named=True) == "%d/%m/%Y"


def test_a_year_9999_among_dates_leaves_the_column_one_of_dates():
    body = [["9999-12-31"], *([f"{day:%Y-%m-%d}"] for day in DAYS)]

    assert detect_date_column(["Date"], body) == ("Date", "%Y-%m-%d")


def test_dates_written_in_several_ways_have_the_most_common_format():
    body = [[f"{day:%d/%m/%Y}" if day.day % 3 == 0 else f"{day:%Y-%m-%d}", "1"] for day in DAYS]

    assert detect_date_column(["Day", "Close"], body) == ("Day", "%Y-%m-%d")
    assert detect_date_column(["Close", "Note"], [["1", cells[0]] for cells in body]) is None
    assert most_common_format([*["soon"] * 30, *(cells[0] for cells in body)]) is None
    assert most_common_format(["2500-01-01"] * 30) is None
    assert most_common_format(["2020"] * 30) is None
