"""The formats worth trying on a column."""

from app.domain.csv_reading.dates.candidates import (
    are_numbers,
    candidate_formats,
    pick_examples,
    with_centuries,
)


def test_each_shape_of_a_column_has_an_example():
    cells = ["4.1.2021"] * 50 + ["14.11.2021"] * 50

    assert set(pick_examples(cells)) == {"4.1.2021", "14.11.2021"}


def test_few_numbers_are_dates_in_a_column_that_is_called_otherwise():
    assert candidate_formats(["2020", "2021"], "x", named=False) == []
    assert candidate_formats(["44200", "44201"], "x", named=False) == []
    assert candidate_formats(["20210104", "20210105"], "x", named=False) == ["%Y%m%d"]
    assert "days since 1899-12-30 (Excel)" in candidate_formats(["44200"], "Date", named=True)


def test_a_time_that_midnight_lacks_is_optional():
    formats = candidate_formats(["2021-01-04", "2021-01-04 01:00:00"], "Date", named=True)

    assert "%Y-%m-%d[ %H:%M:%S]" in formats


def test_two_digits_of_a_year_may_begin_in_three_years():
    assert with_centuries(["%Y", "%d.%m.%y"]) == [
        "%Y", "%d.%m.%y", "%d.%m.%{1930}y", "%d.%m.%{1900}y",
    ]  # fmt: skip


def test_nearly_all_cells_of_a_column_of_numbers_are_numbers():
    assert are_numbers(["1", "2.5", "-3", "1e5", "x"])
    assert not are_numbers(["1", "x"])
