"""All lines below a header: rows stay, and what is no row is emptied and said."""

import pytest

from app.domain.csv_reading.layout.passed_over import Reason
from app.domain.csv_reading.layout.rows import sample_lines
from app.domain.csv_reading.layout.scan import keep_rows
from app.domain.csv_reading.layout.table_place import find_table
from app.domain.csv_reading.series import SeriesError

ROWS = [f"2020-01-{day:02d},{day}.5,ok" for day in range(1, 31)]
HEADER = "Date,Close,Note"


def scan(lines, separator=","):
    text = "\n".join([HEADER.replace(",", separator), *lines]) + "\n"
    layout = find_table(sample_lines(text), separator)
    return text, keep_rows(text, layout, separator)


def reasons_of(lines, separator=","):
    """The lines that are passed over, and why."""
    _, rows = scan(lines, separator)
    return [(passed.line, passed.reason) for passed in rows.passed_over]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("# a comment", Reason.COMMENT),
        ("#", Reason.COMMENT),
        ("# one, two, three, four", Reason.COMMENT),
        ("#datatype,double,string", Reason.COMMENT),
        (HEADER, Reason.REPEATED_HEADER),
        (",,", Reason.EMPTY),
        ("------,-----,-----", Reason.NOTE),
        ("the sensor was replaced", Reason.NOTE),
        ("the sensor was replaced,,", Reason.NOTE),
        ("2 sensors were replaced", Reason.NOTE),
        ("% a comment, in, the, style, of Matlab", Reason.NOTE),
    ],
)
def test_a_line_between_the_rows_that_is_none_is_emptied(line, reason):
    text, rows = scan([*ROWS[:20], line, *ROWS[20:]])

    assert [(passed.line, passed.reason) for passed in rows.passed_over] == [(22, reason)]
    assert rows.text == text.replace(f"\n{line}\n", "\n\n", 1) or reason == Reason.REPEATED_HEADER


@pytest.mark.parametrize(
    "line",
    [
        "#2020-01-02,1,ok",  # a row, or one that was taken out: its owner knows
        "2020-01-02,# 1,ok",
        "2020-01-02",
        "2020-01-02,,",
        "n/a,n/a,n/a",
        ",5,",
        "Total,155,",  # a total between the rows is asked about, like any row without a date
        "tomorrow,5.5,x",
    ],
)
def test_what_may_be_a_row_stays(line):
    text, rows = scan([*ROWS[:20], line, *ROWS[20:]])

    assert rows.passed_over == []
    assert rows.text == text


@pytest.mark.parametrize(
    ("lines", "reasons"),
    [
        (["Total,465,"], [Reason.TOTAL]),
        (["Mean,15.5,", "Std. dev.,8.8,"], [Reason.TOTAL, Reason.TOTAL]),
        (["Source: the Bureau"], [Reason.BELOW]),
        (["Source: the Bureau, by courtesy, of all, its people"], [Reason.BELOW]),
        (["", "Retrieved on 2024-01-16, at noon"], [Reason.BELOW]),
        (["30 rows selected."], [Reason.BELOW]),
        (["(30 rows)"], [Reason.BELOW]),
        ([",,", ",,"], [Reason.EMPTY, Reason.EMPTY]),
        (["---", "本資料は著作物です。"], [Reason.BELOW, Reason.BELOW]),
        (["2020-02-01"], []),
        (["2020-02-01,"], []),
    ],
)
def test_lines_below_the_last_row_are_emptied(lines, reasons):
    _, rows = scan([*ROWS, *lines])

    assert [passed.reason for passed in rows.passed_over] == reasons


def test_a_row_with_nothing_but_a_name_stays_where_rows_begin_with_names():
    text = "Country,1990,1991\n" + "Austria,1,2\n" * 20 + "Chad,,\n" + "Cuba,3,4\n" * 20
    layout = find_table(sample_lines(text), ",")

    rows = keep_rows(text, layout, ",")

    assert rows.passed_over == []


def test_a_note_after_thousands_of_rows_is_found():
    lines = [f"2020-01-01,{number}.5,ok" for number in range(5000)]
    lines.insert(4000, "the sensor was replaced")
    lines.append("Source: the Bureau")

    assert reasons_of(lines) == [(5003, Reason.BELOW), (4002, Reason.NOTE)]


def test_a_hash_at_the_start_of_a_line_inside_a_quoted_cell_is_no_comment():
    lines = [*ROWS, '2020-02-01,31.5,"one\n# two"', "# a comment", "2020-02-02,32.5,ok"]

    assert reasons_of(lines) == [(34, Reason.COMMENT)]


def test_empty_cells_that_are_too_many_are_dropped_and_others_refused():
    _, rows = scan([*ROWS[:10], f"{ROWS[10]},,", *ROWS[11:]])

    assert rows.text.split("\n")[11] == ROWS[10]
    with pytest.raises(SeriesError, match="Line 12 has 4 cells where 3 are expected"):
        scan([*ROWS[:10], f"{ROWS[10]},5", *ROWS[11:]])


def test_rows_that_all_have_a_cell_too_many_below_the_sampled_lines_are_refused():
    lines = [*ROWS * 20, *[f"{row},5" for row in ROWS]]

    with pytest.raises(SeriesError, match="Line 602 has 4 cells where 3 are expected"):
        scan(lines)


def test_a_value_that_is_missing_between_spaces_is_refused():
    rows = [row.replace(",", "  ") for row in ROWS]

    with pytest.raises(SeriesError, match="Line 12 has 2 values where 3 are expected"):
        scan([*rows[:10], "2020-01-11  11.5", *rows[10:]], separator=" ")


def test_another_table_below_is_refused_with_its_line():
    with pytest.raises(SeriesError, match=r'Another table .* in line 33 \("Station, Height'):
        scan([*ROWS, "", "Station,Height,Name", "2020-01-01,5.5,x", "2020-01-02,6.5,y"])
