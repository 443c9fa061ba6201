"""The rows of a table know their lines, and a row that breaks the table is named."""

import numpy as np
import pytest

from app.domain.csv_reading.series import SeriesError
from tests.app.domain.csv_reading.tables import DAYS, csv_of, find, table_of


def test_line_numbers_are_right_below_blank_lines_comments_and_quoted_lines():
    rows = [f'{day},"two\nlines",{number}' for number, day in enumerate(DAYS)]
    rows[30] = f"{DAYS[30]},one,oops"
    lines = [*rows[:10], "", "# another", *rows[10:]]
    text = "# a comment\n\nDate,Note,Close\n" + "\n".join(lines) + "\n"

    words = find(text, "text")[0]

    assert words.lines == (3 + 10 * 2 + 2 + 20 * 2 + 1,)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({30: "2020-01-29,1,2,3,4"}, "Line 30 has 5 cells where 3 are expected"),
        ({30: '2020-01-29,"1,2'}, "A quotation mark is opened in line 30 and never closed"),
    ],
)
def test_a_line_that_breaks_the_table_is_named(changes, words):
    with pytest.raises(SeriesError, match=words):
        table_of(csv_of(changes))


def test_a_wide_line_below_the_sampled_lines_is_named_too():
    lines = ["Date,Close", *(f"{np.datetime64('2000-01-01') + day},{day}" for day in range(1000))]
    lines[900] += ",5,6"

    with pytest.raises(SeriesError, match="Line 901 has 4 cells where 2 are expected"):
        table_of("\n".join(lines))


def test_no_row_is_lost_below_a_header_of_several_lines():
    rows = [f"{day},{number}.5" for number, day in enumerate(DAYS)]

    table = table_of("\n".join(['Date,"Close\nin\neuros"', *rows]))

    assert table.rows == 60
    assert (table.lines[0], table.numbers.iloc[0, 0]) == (4, 0.5)


def test_an_open_quotation_mark_below_a_preamble_is_named_with_its_line():
    text = "# a comment\n\n" + csv_of({30: '2020-01-29,"1,2'})

    with pytest.raises(SeriesError, match="A quotation mark is opened in line 32"):
        table_of(text)
