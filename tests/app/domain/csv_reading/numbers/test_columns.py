"""A column of cells is read as numbers with one unit and one currency."""

import numpy as np
import pytest

from app.domain.csv_reading.numbers.columns import read_number_column


def values_of(cells):
    return read_number_column(cells, ".", ",").values.tolist()


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["12 MWh", "13.5 MWh"], [12.0, 13.5]),
        (["-3 \u00b0C", "4\u00b0C", "n/a"], [-3.0, 4.0, np.nan]),
        (["12 kg", "0", "13 kg"], [12.0, 0.0, 13.0]),
        (["12 kWh", "13 kWh", "1 MWh"], [12.0, 13.0, np.nan]),  # another unit is asked about
        (["12 kg", "13", "14"], [np.nan, 13.0, 14.0]),
        (["12 kg", "13 kg", "14"], [12.0, 13.0, np.nan]),
        (["00h", "01h", "02h"], [0.0, 1.0, 2.0]),
        (["1st", "2nd", "3rd", "4th", "5th"], [np.nan, np.nan, np.nan, 4.0, 5.0]),
        (["500.00 Cr", "300.00 Dr", "200.00 Cr"], [500.0, np.nan, 200.0]),
    ],
)
def test_a_number_is_read_where_one_unit_follows(cells, values):
    np.testing.assert_array_equal(values_of(cells), values)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["$5", "$6", "\u20ac7"], [5.0, 6.0, np.nan]),
        (["5 USD", "$6", "US$ 7"], [5.0, 6.0, 7.0]),
        (["5 kr", "6 kr.", "7"], [5.0, 6.0, 7.0]),
        (["CHF 5", "CHF 6", "EUR 7"], [5.0, 6.0, np.nan]),
    ],
)
def test_an_amount_in_another_currency_is_no_number_of_the_column(cells, values):
    np.testing.assert_array_equal(values_of(cells), values)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["True", "False", "True"], [1.0, 0.0, 1.0]),
        (["yes", "NO", ""], [1.0, 0.0, np.nan]),
        (["ja", "nein"], [1.0, 0.0]),
        (["s\u00ed", "no"], [1.0, 0.0]),
        (["yes", "maybe"], [np.nan, np.nan]),
        (["NO", "SO2"], [np.nan, np.nan]),
    ],
)
def test_words_for_true_and_false_are_one_and_zero(cells, values):
    np.testing.assert_array_equal(values_of(cells), values)


def test_bounds_are_kept_apart_until_somebody_reads_them_as_numbers():
    apart = read_number_column(["<1", "3", ">100"], ".", None)
    read = read_number_column(["<1", "3", ">100"], ".", None, reads_bounds=True)

    np.testing.assert_array_equal(apart.values, [np.nan, 3.0, np.nan])
    np.testing.assert_array_equal(apart.bounds, [1.0, np.nan, 100.0])
    np.testing.assert_array_equal(read.values, [1.0, 3.0, 100.0])


@pytest.mark.parametrize(
    ("cells", "examples"),
    [
        (["5.10M", "9.57M"], (("5.10M", 5.1e6),)),
        (["0.74%", "-0.64%"], (("0.74%", 0.74),)),
        (["($5.50)", "$4", "6 p"], (("($5.50)", -5.5), ("6 p", 6.0))),
        (["$5", "-$6"], ()),
        (["12 kg", "13 kg"], (("12 kg", 12.0),)),
    ],
)
def test_cells_that_say_more_than_a_number_are_shown(cells, examples):
    assert read_number_column(cells, ".", None).examples == examples
