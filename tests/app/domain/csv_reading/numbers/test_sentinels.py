"""Numbers that stand for a missing value are found, and only certain ones are taken for that."""

import numpy as np
import pytest

from app.domain.csv_reading.layout.rows import sample_lines
from app.domain.csv_reading.layout.table_place import find_table
from app.domain.csv_reading.numbers.sentinels import (
    find_sentinels,
    may_hold_sentinels,
    named_sentinels,
    report_sentinel,
    take_certain,
    write_missing_numbers,
)

DEGREES = np.random.default_rng(0).normal(15, 5, 200).round(1)
PRESSURE = np.random.default_rng(1).normal(1005, 8, 200).round(0)


def with_number(values, number, count):
    changed = values.copy()
    changed[10 : 10 + count] = number
    return changed


def found(numbers, named=frozenset()):
    return [(item.number, item.is_certain) for item in find_sentinels(numbers, set(named))]


@pytest.mark.parametrize(
    "number",
    [-999.99, -99.99, -9999.0, -200.0, 9999.0, 7999.0, 1e30, -1e34, 9.96921e36, -99.9, -32768.0],
)  # fmt: skip
def test_a_repeated_number_far_from_all_others_is_certainly_a_missing_value(number):
    assert found({"t": with_number(DEGREES, number, 3)}) == [(number, True)]


@pytest.mark.parametrize("number", [-999.0, 9999.0, 99.9, 99.0])
def test_a_single_number_and_one_that_is_not_so_rare_are_asked_about(number):
    assert found({"t": with_number(DEGREES, number, 1)}) == [(number, False)]


@pytest.mark.parametrize("number", [-500.0, 0.0, 40.0, 123.4])
def test_a_number_that_is_no_usual_word_for_missing_is_not(number):
    assert found({"t": with_number(DEGREES, number, 3)}) == []


def test_two_words_for_missing_in_a_column_are_both_found():
    values = with_number(with_number(DEGREES, -9999.0, 5), 9999.0, 2)

    assert found({"t": values}) == [(-9999.0, True), (9999.0, True)]


def test_a_number_that_another_column_holds_among_its_values_is_asked_about():
    numbers = {"wind": with_number(DEGREES, 999.0, 3), "pressure": with_number(PRESSURE, 999.0, 4)}

    assert found(numbers) == [(999.0, False)]


def test_a_number_the_file_names_is_certain_however_near_it_is():
    numbers = {"t": with_number(PRESSURE, 999.0, 1)}

    assert found(numbers) == []
    assert found(numbers, {999.0}) == [(999.0, True)]
    assert take_certain(find_sentinels(numbers, {999.0})) == (999.0,)


def test_a_column_of_nothing_else_says_nothing():
    assert found({"t": np.full(50, -999.0)}) == []
    assert found({"t": np.full(50, np.nan)}) == []


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("# NOTE: missing values are -999.99", {-999.99}),
        ("# NODATA_value -9999", {-9999.0}),
        ("# -99.99 denotes missing", {-99.99}),
        ("Fill value: 1e+20", {1e20}),
        ("Fehlwert = -999", {-999.0}),
        ("# missing 5 days in May", set()),
        ("# station 9999", set()),
    ],
)
def test_what_the_lines_above_the_table_call_missing_is_known(line, named):
    text = f"{line}\nDate,Close\n" + "".join(f"2020-01-{day:02d},{day}\n" for day in range(1, 29))
    lines = sample_lines(text)

    assert named_sentinels(lines, find_table(lines, ",")) == named


def test_the_choices_are_the_whole_field_with_the_number_and_without_it():
    numbers = {"t": with_number(with_number(DEGREES, -9999.0, 5), 9999.0, 2)}
    low, high = find_sentinels(numbers, set())
    lines = np.arange(200) + 2

    taken = report_sentinel(low, (-9999.0, 9999.0), lines, numbers["t"] == -9999)
    open_one = report_sentinel(high, (-9999.0,), lines, numbers["t"] == 9999)

    assert [choice.value for choice in taken.choices] == ["-9999 9999", "9999"]
    assert (taken.field, taken.is_question) == ("missing_numbers", False)
    assert '3 cells ("t": 3; lines 14, 15, 16)' in taken.message
    assert [choice.value for choice in open_one.choices] == ["-9999", "-9999 9999"]
    assert open_one.is_question


def test_the_field_of_no_number_at_all_says_none():
    assert write_missing_numbers([]) == "none"
    assert write_missing_numbers([-999.0, -99.5]) == "-999 -99.5"


@pytest.mark.parametrize(
    "cell",
    ["-999.99", "$9,999.00", "(9.999,0)", "-9999 kg", "99.9", "-99", "1e30", "9.96921E+36", "-200",
     "7999", "32,767", "88888"],
)  # fmt: skip
def test_a_cell_with_such_a_number_is_seen_before_all_cells_are_read(cell):
    assert may_hold_sentinels(["1.5", cell, "2.5"])


def test_other_cells_are_not_read_for_it():
    assert not may_hold_sentinels(["1.5", "$1,234.50", "99.15", "word", "995"])
