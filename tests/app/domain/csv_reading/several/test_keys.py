"""A series has a name that people, forms and programs write in the same way."""

import pandas as pd
import pytest

from app.domain.csv_reading.several.keys import (
    SeriesIndex,
    encode_column,
    fit_key,
    format_key,
    parse_key,
)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (("AAL",), "AAL"),
        (("1", "7"), "1 | 7"),
        (("BZN|DE",), "BZN|DE"),
        (("",), "(empty)"),
        (("", "Afghanistan"), "(empty) | Afghanistan"),
    ],
)
def test_a_key_is_written_and_read_back(key, text):
    written = format_key(key)

    assert written == text
    assert parse_key(written, len(key)) == key


def test_a_key_is_taken_cell_by_cell_or_as_one_text():
    assert fit_key(("Berlin", "no2"), 2) == ("Berlin", "no2")
    assert fit_key(("Berlin | no2",), 2) == ("Berlin", "no2")
    assert fit_key(("a | b",), 1) == ("a | b",)


def test_names_are_told_apart_without_the_blanks_around_them():
    column = encode_column("shop", pd.Series(["A ", " A", "B", None], dtype="str"))

    assert column.texts == ("A", "B", "")
    assert column.codes.tolist() == [0, 0, 1, 2]


def test_whole_numbers_are_names_without_a_point():
    column = encode_column("store", pd.Series([1.0, 2.0, float("nan")]))

    assert column.texts == ("1", "2", "")


def test_series_are_found_by_all_parts_of_their_key():
    stores = encode_column("store", pd.Series([1, 1, 2, 2]))
    items = encode_column("item", pd.Series(["x", "y", "x", "x"], dtype="str"))

    index = SeriesIndex.of((stores, items))

    assert [index.name_of(number) for number in range(len(index))] == ["1 | x", "1 | y", "2 | x"]
    assert index.rows_of(2).tolist() == [2, 3]
    assert index.counts.tolist() == [1, 1, 2]
    assert index.find(("2", "x")) == 2
    assert index.find(("02", "x")) == 2
    assert index.find(("2", "y")) is None
    assert index.find(("2",)) is None
