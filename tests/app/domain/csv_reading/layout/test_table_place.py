"""Where the table begins in a CSV, and what its columns are called."""

import pytest

from app.domain.csv_reading.layout.passed_over import Reason
from app.domain.csv_reading.layout.rows import sample_lines
from app.domain.csv_reading.layout.table_place import find_table
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
    assert layout.first_line == first_line
    assert layout.skipped == skipped


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


def test_a_row_with_an_empty_cell_too_many_is_a_row():
    layout = layout_of(["Date,Volume,Close", f"{ROWS[0]},", *ROWS[1:]])

    assert layout.first_line == 2
    assert layout.body[0].cells == ["2020-01-01", "1", "1.5"]


def test_rows_that_leave_out_the_last_cell_are_rows():
    layout = layout_of(["Date,Volume,Close", "2020-01-01,1", "2020-01-02,2", *ROWS[2:]])

    assert layout.first_line == 2


def test_lines_with_numbers_between_header_and_rows_are_said_as_totals():
    layout = layout_of(["Date,Volume,Close", "Total,465,480", *ROWS])

    assert [(line.line, line.reason, line.text) for line in layout.above] == [
        (2, Reason.TOTAL, "Total 465 480")
    ]


def test_notes_of_the_width_of_rows_do_not_become_usual():
    rows = [row.rsplit(",", 1)[0] for row in ROWS]

    layout = layout_of(["Date,Volume", *rows, *[f"Note {n}: this, that" for n in range(8)]])

    assert len(layout.body) == 30


@pytest.mark.parametrize("periods", [["1960", "1961", "1962"], ["2020-01", "2020-02", "2020-03"]])
def test_periods_name_columns_above_lines_that_begin_otherwise(periods):
    rows = [f"Country {n:02d},{n}.5,{n},{n}" for n in range(30)]

    layout = layout_of([f"Country Name,{','.join(periods)}", *rows])

    assert layout.names == ["Country Name", *periods]
    assert layout.skipped == ()
