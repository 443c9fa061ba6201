"""Numbers as people write them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.csv_reading.numbers.parsing import (
    MAX_AFFIXES,
    is_missing,
    parse_number,
    parse_numbers,
    read_cells,
)


@pytest.mark.parametrize(
    ("cell", "decimal", "thousands", "value"),
    [
        ("1.5", ".", None, 1.5),
        (" -1.5 ", ".", None, -1.5),
        ("+.5", ".", None, 0.5),
        ("5.", ".", None, 5.0),
        ("1e-3", ".", None, 0.001),
        ("1,5", ",", None, 1.5),
        ("1.234.567,8", ",", ".", 1234567.8),
        ("1,234,567.8", ".", ",", 1234567.8),
        ("1\u202f234,5", ",", " ", 1234.5),
        ("\u22121.5", ".", None, -1.5),
        ("$123.45", ".", None, 123.45),
        ("-$5", ".", None, -5.0),
        ("12 €", ".", None, 12.0),
        ("-0.59%", ".", None, -0.59),
        ("12.5K", ".", None, 12_500.0),
        ("1.25M", ".", None, 1_250_000.0),
        ("2B", ".", None, 2e9),
        ("($5,136.38)", ".", ",", -5136.38),
        ("$(5,136.38)", ".", ",", -5136.38),
        ("(5)%", ".", None, -5.0),
        ("$-5", ".", None, -5.0),
        ("5-", ".", None, -5.0),
        ("5,00-", ",", ".", -5.0),
        ("R$ 1.234,50", ",", ".", 1234.5),
        ("kr. 5", ".", None, 5.0),
        ("1 234,50 kr", ",", " ", 1234.5),
        ("12,30 zł", ",", None, 12.3),
        ("CHF 1'234.50", ".", "'", 1234.5),
        ("1’234.50", ".", "'", 1234.5),
        ("₹1,23,456.50", ".", ",", 123456.5),
        ("1,23,45,678", ".", ",", 12345678.0),
        ("₩88,613", ".", ",", 88613.0),
        ("руб. 5", ".", None, 5.0),
        ("Rs.5", ".", None, 5.0),
        ("1_000_000", ".", "_", 1e6),
        ("5.10M", ".", None, 5.1e6),
        ("3k", ".", None, 3000.0),
        ("$1.2bn", ".", None, 1.2e9),
        ("1,5 Mio.", ",", ".", 1.5e6),
        ("12 Mrd. €", ",", ".", 12e9),
        ("12,5 M€", ",", None, 12.5e6),
        ("1.2万元", ".", None, 12_000.0),
        ("3亿", ".", None, 3e8),
        ("1,5E-3", ",", None, 0.0015),
        ("１２．５", ".", None, 12.5),
        ("٣٫٥", ".", None, 3.5),
        ("12.5*", ".", None, 12.5),
        ("12.5 p", ".", None, 12.5),
        ("12.5 (p)", ".", None, 12.5),
        ('="12.5"', ".", None, 12.5),
        ("\u200e-5", ".", None, -5.0),
    ],
)
def test_numbers_are_read_as_they_are_meant(cell, decimal, thousands, value):
    assert parse_number(cell, decimal, thousands) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "x",
        "1,5",
        "1.5.2",
        "--1",
        "1 2",
        "0x10",
        "1_000",
        "1.5.",
        "0x1",
        "101-16",
        "101-1",
        "5..",
        "5-5",
        "(5",
        "5)",
        "(-5)",
        "--5",
        "-$-5",
        "<1",
        "5 kg",
        "inf",
        "nan",
        "1e400",
        "1e101",
        "1.5x",
        "=1+1",
        "1\n2",
    ],
)
def test_a_cell_that_is_not_a_number_is_nan(cell):
    assert math.isnan(parse_number(cell, ".", None))


@pytest.mark.parametrize("cell", ["1,23", "123,45,678", "1,2345", "1234,567", ",123", "1,234,56"])
def test_thousands_signs_count_only_between_groups_of_three(cell):
    assert math.isnan(parse_number(cell, ".", ","))


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "  ",
        "NA",
        "n/a",
        "NaN",
        "NULL",
        "None",
        "-",
        ".",
        "#N/A",
        "?",
        "$-",
        "$ -",
        "- €",
        "($-)",
        ":",
        ": c",
        "–",
        "…",
        "#DIV/0!",
    ],
)
def test_cells_that_say_there_is_no_value_are_missing(cell):
    assert is_missing(cell)


@pytest.mark.parametrize("cell", ["0", "$0", "-1", "<1", "no", "x"])
def test_other_cells_are_not_missing(cell):
    assert not is_missing(cell)


def test_a_cell_among_others_is_read_as_it_is_alone():
    cells = ["1,234.5", "$2", "", "(3)", "4 kg", "<5", "6 p", "7\n8", "9%", "1,23", "word"] * 300

    numbers = parse_numbers(cells, ".", ",")

    alone = [parse_number(cell, ".", ",") for cell in cells]
    np.testing.assert_array_equal(numbers, alone)


def test_what_stands_around_numbers_is_told_with_its_rows():
    cells = read_cells(["1.5M", "<2", "3 kg", "4", "5 p"], ".", None)

    multiplied, bound, unit, marked = cells.affixes
    assert (multiplied.multiplier, cells.affixes[multiplied]) == ("M", [0])
    assert (bound.is_bound, cells.bounds) == (True, {1: 2.0})
    assert (unit.unit, cells.units) == ("kg", {2: 3.0})
    assert (marked.mark, cells.affixes[marked]) == ("p", [4])
    np.testing.assert_array_equal(cells.values, [1.5e6, np.nan, np.nan, 4.0, 5.0])


def test_a_column_with_endlessly_many_words_around_digits_is_text():
    cells = [f"{chr(0xAC00 + number)}{number}" for number in range(MAX_AFFIXES + 10)]

    assert np.isnan(parse_numbers(cells, ".", None)).all()


@given(st.lists(st.floats(-1e99, 1e99), min_size=1))
def test_written_floats_come_back_exactly(values):
    assert parse_numbers([repr(value) for value in values], ".", None).tolist() == values


@given(st.text(max_size=40), st.sampled_from(".,"), st.sampled_from([None, ",", ".", " ", "'"]))
def test_any_text_is_a_finite_number_or_none(cell, decimal, thousands):
    assert not math.isinf(parse_number(cell, decimal, thousands))
