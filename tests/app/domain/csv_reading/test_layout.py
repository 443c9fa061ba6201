"""Where the table begins in a CSV, and what its columns are called."""

import pytest

from app.domain.csv_reading.layout import find_table
from app.domain.csv_reading.rows import sample_lines
from app.domain.csv_reading.series import SeriesError

ROWS = [f"2020-01-{day:02d},{day},{day}.5" for day in range(1, 31)]


def layout_of(lines, has_header=None):
    return find_table(sample_lines("\n".join(lines)), ",", has_header)


@pytest.mark.parametrize(
    ("above", "first_line", "skipped"),
    [
        ([], 2, ()),
        (["", ""], 4, ()),
        (["# from somewhere", "# a comment, with two commas, in it"], 4, (1, 2)),
        (["Prices of X", "in euros", ""], 5, (1, 2)),
        (["sep=,"], 3, (1,)),
    ],
)
def test_the_table_begins_at_its_header_whatever_is_above(above, first_line, skipped):
    layout = layout_of([*above, "Date,Volume,Close", *ROWS])

    assert layout.names == ["Date", "Volume", "Close"]
    assert (layout.first_line, layout.skipped) == (first_line, skipped)


def test_without_a_header_columns_are_numbered():
    layout = layout_of(ROWS)

    assert layout.names == ["Column 1", "Column 2", "Column 3"]
    assert (layout.header, layout.first_line) == (None, 1)


def test_a_first_row_with_a_missing_value_is_not_a_header():
    assert layout_of(["2020-01-01,NA,1.5", *ROWS]).header is None


def test_whether_there_is_a_header_can_be_settled():
    assert layout_of(["1,2,3", *ROWS], has_header=True).names == ["1", "2", "3"]
    assert layout_of(["Date,Volume,Close", *ROWS], has_header=False).header is None


def test_a_header_after_a_hash_is_found():
    layout = layout_of(["# made by gnuplot", "#Date,Volume,Close", *ROWS])

    assert layout.names == ["Date", "Volume", "Close"]


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ([f"{row}," for row in ROWS], ["a", "b", "c", "Column 4"]),
        ([f"{number},{row}" for number, row in enumerate(ROWS)], ["Column 1", "a", "b", "c"]),
    ],
    ids=["every line ends with a separator", "row names of R"],
)
def test_a_header_with_one_name_too_few_gets_an_empty_one(rows, names):
    assert layout_of(["a,b,c", *rows]).names == names


def test_names_are_made_unique_printable_and_short():
    layout = layout_of(["Close,Close, ,\u202eevil\t name", *["1,2,3,4"] * 5], has_header=True)

    assert layout.names == ["Close", "Close (2)", "Column 3", "evil name"]
    assert len(layout_of(["x" * 10_000 + ",b", *["1,2"] * 5]).names[0]) == 100


def test_too_many_columns_are_refused_with_their_number():
    with pytest.raises(SeriesError, match="10,000 columns; at most 500 are allowed"):
        layout_of([",".join("1" * 10_000)] * 3)


def test_a_row_that_is_too_wide_is_refused_with_its_line():
    with pytest.raises(SeriesError, match="Line 12 has 5 cells where 3 are expected"):
        layout_of(["Date,Volume,Close", *ROWS[:10], "1,2,3,4,5", *ROWS[10:]])


def test_quoted_cells_may_hold_separators_and_lines():
    layout = layout_of(['a,"b, in\neuros",c', *ROWS])

    assert layout.names == ["a", "b, in euros", "c"]
    assert layout.first_line == 3
