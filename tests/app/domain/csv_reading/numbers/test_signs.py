"""Which of point and comma is the decimal sign, and what parts the thousands."""

import pytest

from app.domain.csv_reading.numbers.signs import (
    Meaning,
    detect_number_signs,
    may_hold_thousands,
    read_cores,
    read_sign,
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
        (["3.556", "763", "1.210"], ";", (",", ".")),
        (["3.556", "763"], ";", (",", ".")),
        (["3,556", "763", "1,210"], ";", (".", ",")),
        (["3.556", "12.5"], ";", (".", None)),
        (["3.556", "4", "2.111"], ";", (".", None)),
        (["1,23,456", "12"], ";", (".", ",")),
        (["Rs.5", "Rs.12"], ";", (".", None)),
        (["1_000", "2.5"], ";", (".", "_")),
    ],
)
def test_decimal_and_thousands_signs_are_detected(cells, separator, signs):
    detected = detect_number_signs([read_cores(cells)], separator)

    assert (detected.decimal, detected.thousands) == signs


def test_a_column_against_the_rest_of_the_file_is_swapped():
    degrees = read_cores(["12.5", "13.25"])
    visitors = read_cores(["3.556", "763", "1.210"])
    prices = read_cores(["9,5", "8,25"])

    assert detect_number_signs([degrees, visitors], ";").swapped == (1,)
    assert detect_number_signs([degrees, degrees, prices], ";").swapped == (2,)


@pytest.mark.parametrize(
    ("cells", "sign", "meaning", "is_certain"),
    [
        (["12.5", "3.556"], ".", Meaning.DECIMAL, True),
        (["0.556", "3.556"], ".", Meaning.DECIMAL, True),
        (["3.556", "12345"], ".", Meaning.DECIMAL, True),
        (["3.556", "1.234.567"], ".", Meaning.THOUSANDS, True),
        (["3.556,5"], ".", Meaning.THOUSANDS, True),
        (["3.556", "996", "1.210"], ".", Meaning.THOUSANDS, True),
        (["3.556", "996"], ".", Meaning.THOUSANDS, False),
        (["3.556", "4", "2.210"], ".", Meaning.DECIMAL, False),
        (["3.556", "0"], ".", Meaning.OPEN, False),
        (["3,556", "2,111"], ",", Meaning.OPEN, False),
        (["1.5", "2.5", "1.234.567"], ".", Meaning.DECIMAL, True),
    ],
)
def test_the_cells_of_a_column_show_what_a_sign_means(cells, sign, meaning, is_certain):
    reading = read_sign(read_cores(cells), sign)

    assert (reading.meaning, reading.is_certain) == (meaning, is_certain)


def test_a_sign_without_a_meaning_is_none():
    assert read_sign(read_cores(["12", "18.00.00"]), ".") is None


def test_the_cores_of_cells_are_their_digits_and_signs():
    cells = ["($5,136.38)", "12.5 kg", "\u22121\u202f234", "2021-01-04", "Rs.7", ".5"]

    assert read_cores(cells).split("\n") == ["5,136.38", "12.5", "1 234", "7", ".5"]


def test_a_column_of_words_has_no_cores():
    assert read_cores(["version 1.5", "no", "none yet", "later"]) == ""


@pytest.mark.parametrize("cell", ["1,234.5", "1.234,5", "1'234", "1 234", "1_000", "1\u202f234"])
def test_a_column_that_may_have_a_thousands_sign_is_known(cell):
    assert may_hold_thousands(["1.5 kg", cell])
    assert not may_hold_thousands(["1.5 kg", "12.5 kg"])
