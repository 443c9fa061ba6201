"""Formats are compared by what they make of a column."""

import pandas as pd

from app.domain.csv_reading.dates.ranking import fit_format, rank_formats

ORDERS = ["%m/%d/%Y", "%d/%m/%Y"]


def column(cells):
    return pd.Series(cells, dtype="str")


def test_the_format_with_more_dates_is_best_and_has_no_rival():
    ranking = rank_formats(column([f"{day}/01/2021" for day in range(1, 32)]), ORDERS)

    assert ranking.best.date_format == "%d/%m/%Y"
    assert ranking.rivals == ()
    assert ranking.is_decided


def test_order_decides_between_day_and_month():
    cells = [f"{month:02d}/{day:02d}/2021" for month in (1, 2, 3) for day in range(1, 13)]

    ranking = rank_formats(column(cells), ORDERS)

    assert ranking.best.date_format == "%m/%d/%Y"
    assert [rival.date_format for rival in ranking.rivals] == ["%d/%m/%Y"]
    assert ranking.is_decided


def test_nothing_decides_where_both_are_even():
    cells = [f"01/{number:02d}/2021" for number in range(1, 13)]

    ranking = rank_formats(column(cells), ORDERS)

    assert not ranking.is_decided


def test_formats_that_mean_the_same_are_no_rivals():
    cells = [f"{number:02d}/{number:02d}/2021" for number in range(1, 13)]

    assert rank_formats(column(cells), ORDERS).rivals == ()


def test_a_format_fits_most_cells_or_none():
    cells = column(["2021-01-04"] * 8 + ["x"] * 2)

    assert fit_format(cells, "%Y-%m-%d", 0).dates == 8
    assert fit_format(cells.iloc[1:], "%Y-%m-%d", 0) is None
    assert fit_format(cells, "no format", 0) is None


def test_ends_of_intervals_are_no_offsets():
    cells = [f"2021-01-04 {hour:02d}:00-{hour + 1:02d}:00" for hour in range(12)]

    ranking = rank_formats(column(cells), ["%Y-%m-%d %H:%M%z", "%Y-%m-%d %H:%M-%*"])

    assert ranking.best.date_format == "%Y-%m-%d %H:%M-%*"
    assert ranking.rivals == ()
