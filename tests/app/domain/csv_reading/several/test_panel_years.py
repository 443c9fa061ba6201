"""Years that repeat are dates where other columns tell the rows apart."""

import pytest

from app.domain.csv_reading.several.panel_years import find_repeated_years
from tests.app.domain.csv_reading.series_files import csv_of, dates_of, series_of

YEARS = range(1960, 2000)


def rows_of(*names):
    return [
        (name, year, 10.5 * number + year - 1960)
        for number, name in enumerate(names)
        for year in YEARS
    ]


def test_the_years_of_each_country_are_its_dates():
    text = csv_of(("Entity", "Year", "Life expectancy"), rows_of("Africa", "Germany"))

    series, _ = series_of(text, key=("Germany",))

    assert dates_of(series)[0] == "1960-01-01"
    assert dates_of(series)[-1] == "1999-01-01"
    assert series.columns == ("Life expectancy",)
    assert series.target_values[:2].tolist() == [10.5, 11.5]


@pytest.mark.parametrize(
    "rows",
    [
        [("1960", "a", "1"), ("1961", "a", "2"), ("1962", "a", "3")],  # no year repeats
        [("1960", "a", "1.5"), ("1960", "a", "2.5"), ("1961", "a", "2.5"), ("1962", "a", "3.5")],
        [("1960", "a", "1"), ("0", "b", "1"), ("1961", "a", "2"), ("1961", "c", "3")],
    ],
)
def test_other_numbers_called_a_year_are_left_alone(rows):
    assert find_repeated_years(["year", "name", "value"], rows) is None
