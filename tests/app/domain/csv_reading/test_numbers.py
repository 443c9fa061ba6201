"""Numbers as people write them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.csv_reading.numbers import (
    detect_number_signs,
    find_ambiguous_number,
    is_missing,
    parse_number,
    parse_numbers,
)


@pytest.mark.parametrize(
    ("cells", "separator", "signs"),
    [
        (["1.5", "2.25"], ",", (".", None)),
        (["1,5", "2,25"], ";", (",", None)),
        (["1.234,50", "999,10"], ";", (",", ".")),
        (["1,234.50", "999.10"], ",", (".", ",")),
        (["1,234,567", "12"], "\t", (".", ",")),
        (["1.234.567", "12"], ";", (",", ".")),
        (["1 234,5", "12,5"], ";", (",", " ")),
        (["1\u00a0234,5", "12,5"], ";", (",", " ")),
        (["1'234.5", "12.5"], ";", (".", "'")),
        (["0,123", "0,456"], ";", (",", None)),
        (
            ["1,234", "2,345"],
            ";",
            (",", None),
        ),  # an ambiguous file separated by semicolons has decimal commas
        (["1,234", "2,345"], ",", (".", ",")),  # quoted cells separated by commas: thousands
        (["1,234", "2.5"], ";", (".", ",")),
        (["$1,234.50", "-$2.5", "5 %"], ",", (".", ",")),
        (["12", "13"], ",", (".", None)),
        ([], ",", (".", None)),
    ],
)
def test_decimal_and_thousands_signs_are_detected(cells, separator, signs):
    assert detect_number_signs(cells, separator) == signs


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
        "inf",
        "nan",
        "1e400",
        "1e101",
        "٣",
        "1.5x",
        "=1+1",
        "1\n2",
    ],
)
def test_a_cell_that_is_not_a_number_is_nan(cell):
    assert math.isnan(parse_number(cell, ".", None))


@pytest.mark.parametrize("cell", ["1,23", "12,34,567", "1234,567", ",123"])
def test_thousands_signs_count_only_between_groups_of_three(cell):
    assert math.isnan(parse_number(cell, ".", ","))


@pytest.mark.parametrize(
    "cell", ["", "  ", "NA", "n/a", "NaN", "NULL", "None", "-", ".", "#N/A", "?"]
)
def test_cells_that_say_there_is_no_value_are_missing(cell):
    assert is_missing(cell)


def test_a_zero_is_a_value():
    assert not is_missing("0")


def test_a_comma_that_could_be_either_sign_is_ambiguous_until_a_cell_decides():
    assert find_ambiguous_number(["1,234", "2,345"], ",") == "1,234"
    assert find_ambiguous_number(["1,234", "2,3"], ",") is None
    assert find_ambiguous_number(["1,234", "1,234,567"], ".") is None


@given(st.lists(st.floats(-1e99, 1e99), min_size=1))
def test_written_floats_come_back_exactly(values):
    assert parse_numbers([repr(value) for value in values], ".", None).tolist() == values


@given(st.text(max_size=40), st.sampled_from(".,"), st.sampled_from([None, ",", ".", " ", "'"]))
def test_any_text_is_a_finite_number_or_none(cell, decimal, thousands):
    assert not math.isinf(parse_number(cell, decimal, thousands))
