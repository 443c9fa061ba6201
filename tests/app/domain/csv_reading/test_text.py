"""A CSV as text: encodings, separators, and where the table begins."""

import pytest

from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.text import (
    decoded,
    find_table,
    recognise_encoding,
    recognise_separator,
    sample_lines,
)

BODY = [f"2020-01-{day:02d},{day},{day}.5" for day in range(1, 31)]


def lines_of(text):
    return sample_lines(text)


def table_of(lines, separator=",", has_header=None):
    return find_table(lines_of("\n".join(lines)), separator, has_header)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_encodings_are_recognised(encoding):
    content = ("Datum,Größe\n" + "\n".join(BODY)).encode(encoding)
    assert recognise_encoding(content) == encoding
    assert decoded(content, recognise_encoding(content)).startswith("Datum,Größe\n")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n \r\n", "empty"),
        (b"PK\x03\x04 an .xlsx", "workbook"),
        (b"%PDF-1.7", "a PDF"),
        (b"\n<!DOCTYPE html><html>", "a web page"),
        (b"a,b\n1,\x002\n", "line 2 contains a NUL"),
        ("é,b\n1,2\n3,\x0b\x0b".encode(), "Line 3 of this file"),
        (b"a,b\r1,2\r3,\x81\x8d\r", "Line 3 of this file"),
        (
            b"\x89PNG\r\n\x1a\n" + bytes(range(1, 32)) * 9,
            "Line 1 of this file holds what is no text",
        ),
    ],
)
def test_what_is_no_text_is_refused_by_what_it_is(content, words):
    with pytest.raises(SeriesError) as caught:
        recognise_encoding(content)
    assert caught.value.problems[0][0] == "file"
    assert words in str(caught.value)


def test_an_encoding_that_does_not_fit_is_refused_at_its_field():
    with pytest.raises(SeriesError) as caught:
        decoded("Größe".encode("cp1252"), "utf-8")
    assert caught.value.problems[0][0] == "encoding"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_all_line_endings_end_lines(ending):
    assert len(lines_of(decoded(ending.join(BODY).encode(), "utf-8"))) == 30


def test_a_line_of_absurd_length_is_refused_with_its_number_and_length():
    with pytest.raises(SeriesError, match=r"Line 3 is 1,000,000 characters long"):
        lines_of("a,b\n1,2\n" + "9" * 1_000_000)


@pytest.mark.parametrize(
    ("lines", "separator"),
    [
        (["a;b", "1,5;2,5", "3,5;4,5"], ";"),
        (["1,5;2,5", "3,5;4,5"], ";"),  # a comma would cut it into more cells
        (["a\tb", "1,5\t2,5"], "\t"),
        (["a|b", "1|2"], "|"),
        (["a,b,c", "x;y,1,2"], ","),
        (["a", "1"], ","),
    ],
)
def test_the_separator_is_the_sign_that_leaves_whole_cells(lines, separator):
    assert recognise_separator(lines_of("\n".join(lines))) == separator


@pytest.mark.parametrize(
    ("above", "first_line", "skipped"),
    [
        ([], 2, ()),
        (["", ""], 4, ()),
        (["# from somewhere", "# a remark, with two commas, in it"], 4, (1, 2)),
        (["Prices of X", "in euros", ""], 5, (1, 2)),
        (["sep=,"], 3, (1,)),
    ],
)
def test_the_table_begins_at_its_header_whatever_stands_above(above, first_line, skipped):
    layout = table_of([*above, "Date,Volume,Close", *BODY])
    assert layout.names == ["Date", "Volume", "Close"]
    assert (layout.first_line, layout.skipped) == (first_line, skipped)


def test_without_a_header_columns_are_numbered():
    layout = table_of(BODY)
    assert layout.names == ["Column 1", "Column 2", "Column 3"]
    assert (layout.header, layout.first_line) == (None, 1)


def test_a_missing_value_in_the_first_row_makes_it_no_header():
    assert table_of(["2020-01-01,NA,1.5", *BODY]).header is None


def test_whether_there_is_a_header_can_be_said():
    assert table_of(["1,2,3", *BODY], has_header=True).names == ["1", "2", "3"]
    assert table_of(["Date,Volume,Close", *BODY], has_header=False).header is None


def test_a_header_behind_a_hash_is_one():
    assert table_of(["# made by gnuplot", "#Date,Volume,Close", *BODY]).names == [
        "Date",
        "Volume",
        "Close",
    ]


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (
            [f"{row}," for row in BODY],
            ["a", "b", "c", "Column 4"],
        ),  # every line ends with a separator
        (
            [f"{number},{row}" for number, row in enumerate(BODY)],
            ["Column 1", "a", "b", "c"],
        ),  # R's row names
    ],
)
def test_a_header_with_a_name_less_than_there_are_columns_is_placed(rows, names):
    assert table_of(["a,b,c", *rows]).names == names


def test_names_are_made_unique_printable_and_short():
    layout = table_of(["Close,Close, ,\u202eevil\t name", *["1,2,3,4"] * 5], has_header=True)
    assert layout.names == ["Close", "Close (2)", "Column 3", "evil name"]
    assert len(table_of(["x" * 10_000 + ",b", *["1,2"] * 5]).names[0]) == 100


def test_too_many_columns_are_refused_with_their_number():
    with pytest.raises(SeriesError, match="10,000 columns; 500 are the most"):
        table_of([",".join("1" * 10_000)] * 3)


def test_a_row_that_is_too_wide_is_refused_with_its_line():
    with pytest.raises(SeriesError, match="Line 12 has 5 cells where 3 are expected"):
        table_of(["Date,Volume,Close", *BODY[:10], "1,2,3,4,5", *BODY[10:]])


def test_quoted_cells_may_hold_separators_and_lines():
    layout = table_of(['a,"b, in\neuros",c', *BODY])
    assert layout.names == ["a", "b, in euros", "c"]
    assert layout.first_line == 3
