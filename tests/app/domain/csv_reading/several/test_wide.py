"""Series stand side by side only where each has one row for a date."""

import pytest

from app.domain.csv_reading.series import SeriesError
from tests.app.domain.csv_reading.series_files import csv_of, dates_of, days, panel_csv, series_of


def test_several_values_of_each_series_are_columns_named_after_both():
    rows = [(date, name, 1.5 + day, 10 + day) for name in "AB" for day, date in enumerate(days())]

    series, _ = series_of(csv_of(("date", "ticker", "close", "volume"), rows), key=("*wide",))

    assert series.columns == ("A close", "A volume", "B close", "B volume")
    assert series.values[1].tolist() == [2.5, 11.0, 2.5, 11.0]


def test_columns_that_never_change_in_a_series_are_no_values():
    rows = [
        (date, name, id_, day)
        for name, id_ in (("A", 7), ("B", 9))
        for day, date in enumerate(days())
    ]

    series, _ = series_of(csv_of(("date", "shop", "shop_number", "sales"), rows), key=("*wide",))

    assert series.columns == ("A", "B")


def test_dates_that_a_series_lacks_are_missing_values():
    text = panel_csv().replace("2020-01-02,201,MSFT\n", "")

    with pytest.raises(SeriesError) as caught:
        series_of(text, key=("*wide",))
    filled, _ = series_of(text, missing="fill", key=("*wide",))

    assert caught.value.problems[0].message.startswith('"MSFT" has no value in line 3.')
    assert filled.values[1].tolist() == [101.0, 200.0]
    assert len(dates_of(filled)) == 40


def test_a_second_row_for_a_date_is_refused_with_its_line():
    text = panel_csv() + "2020-01-02,999,MSFT\n"

    with pytest.raises(SeriesError, match='"MSFT" has a second row for the date in line 82'):
        series_of(text, key=("*wide",))


def test_the_same_row_twice_is_no_second_row():
    series, _ = series_of(panel_csv() + "2020-01-02,201,MSFT\n", key=("*wide",))

    assert series.values[1].tolist() == [101.0, 201.0]


def test_more_columns_than_a_table_may_have_are_refused():
    names = [f"N{number}" for number in range(501)]

    with pytest.raises(SeriesError, match="more than 500 columns"):
        series_of(panel_csv(names, 31), key=("*wide",))
