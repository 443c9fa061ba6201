"""Cells such as <1 are asked about, and read as numbers only on request."""

import pytest

from app.domain.csv_reading.cleaning import make_series
from app.domain.csv_reading.numbers.bounds import with_bounds_read
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.table import read_table
from tests.app.domain.csv_reading.tables import DAYS, csv_of, table_of

WITH_BOUND = {4: f"{DAYS[2]},<1,1"}
WITH_BOUND_AND_GAP = {**WITH_BOUND, 9: f"{DAYS[7]},,1"}


def clean(changes, **options):
    return make_series(table_of(csv_of(changes)), CleaningOptions(**options))


def test_bounds_are_asked_about_with_the_ways_to_read_them():
    with pytest.raises(SeriesError) as caught:
        clean(WITH_BOUND)

    problems = caught.value.problems
    assert [problem.field for problem in problems] == ["missing"]
    assert '1 cell such as "<1", in line 4' in problems[0].message
    assert [choice.value for choice in problems[0].choices] == [
        *("bound", "drop", "fill", "interpolate")
    ]


def test_bounds_are_read_as_numbers_on_request_and_rows_without_a_value_left_out():
    series, notes = clean(WITH_BOUND_AND_GAP, missing="bound")

    assert (len(series.dates), series.values[2, 0]) == (59, 1.0)
    assert '1 cell of "Open" such as <1: read as the bound.' in notes
    assert "1 row with missing values was left out." in notes


def test_a_dataset_whose_bounds_are_numbers_reads_later_files_so():
    dialect = table_of(csv_of(WITH_BOUND)).dialect
    content = "Date,Open,Close\n" + "".join(f"{day},<5,1\n" for day in DAYS)

    later = read_table(content.encode(), with_bounds_read(dialect, "bound"))

    assert later.numbers["Open"].tolist() == [5.0] * 60
    assert with_bounds_read(dialect, "drop") == dialect


def test_rows_with_bounds_are_left_out_on_request():
    series, _ = clean(WITH_BOUND_AND_GAP, missing="drop")

    assert len(series.dates) == 58
