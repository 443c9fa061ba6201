"""What only all rows of a file show is known before its table is read."""

import numpy as np
import pytest

from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.table import read_table

DAYS = [str(day) for day in np.datetime64("1900-01-01") + np.arange(42_000)]


def csv_of(cells, separator=";"):
    rows = [f"{day}{separator}{cell}" for day, cell in zip(DAYS, cells, strict=False)]
    return "\n".join([f"Date{separator}Value", *rows]).encode()


def read(content, **settled):
    dialect = detect_dialect(content, settled)
    return read_table(content, dialect)


@pytest.mark.parametrize("rows", [457, 40_000])
@pytest.mark.parametrize(
    ("usual", "late", "separator", "thousands", "number"),
    [
        ("999.5", '"1,234.5"', ",", ",", 1234.5),
        ("999,5", "1.234,5", ";", ".", 1234.5),
        ("999,5", "1\u202f234,5", ";", " ", 1234.5),
        ("999.5", "1'234.5", ";", "'", 1234.5),
        ("999.5", '"12,34,567.5"', ",", ",", 1234567.5),
        ("$999.5", '"$1,234.5"', ",", ",", 1234.5),
    ],
)
def test_a_thousands_sign_far_below_is_read(rows, usual, late, separator, thousands, number):
    content = csv_of([*[usual] * rows, late, usual], separator)

    table = read(content)

    values = table.numbers["Value"]
    assert table.dialect.thousands == thousands
    assert (values.iloc[0], values.iloc[rows], values.isna().sum()) == (999.5, number, 0)


def test_whole_numbers_far_below_show_that_a_point_parts_thousands():
    content = csv_of([*["3.556", "1.210"] * 1000, "763"])

    table = read(content)

    assert table.dialect.decimal == ","
    assert table.numbers["Value"].iloc[[0, -1]].tolist() == [3556, 763]


def test_fractions_far_below_show_that_a_point_is_a_decimal_sign():
    table = read(csv_of([*["3.556", "1.210"] * 1000, "76.35"]))

    assert table.numbers["Value"].iloc[[0, -1]].tolist() == [3.556, 76.35]
    assert not [finding for finding in table.findings if finding.is_question]


def test_a_sentinel_far_below_is_taken_for_no_value():
    cells = [f"{number % 40}.5" for number in range(2000)]
    cells[1500] = "-999.9"
    cells[1900] = "-999.9"

    table = read(csv_of(cells))

    assert table.dialect.missing_numbers == (-999.9,)
    assert np.flatnonzero(table.numbers["Value"].isna()).tolist() == [1500, 1900]


def test_what_a_person_has_settled_stays():
    counts = csv_of(["3.556", "763", "1.210"] * 20)
    degrees = csv_of(["12.5", "-999", "13.5", "-999"] * 20)

    assert read(counts, decimal=".").numbers["Value"].iloc[0] == 3.556
    assert read(counts, decimal=",").numbers["Value"].iloc[0] == 3556
    assert read(degrees, missing_numbers=()).numbers["Value"].min() == -999
    assert read(degrees, missing_numbers=(12.5,)).numbers["Value"].isna().sum() == 20


def test_a_file_that_is_no_table_keeps_what_its_first_rows_show():
    content = csv_of(["1,5"] * 500) + b'\n2021-01-01;"open'

    assert detect_dialect(content).decimal == ","
