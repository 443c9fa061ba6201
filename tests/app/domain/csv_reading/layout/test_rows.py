"""The lines of a CSV, and the cells they are split into."""

import pytest

from app.domain.csv_reading.layout.rows import sample_lines, split_rows
from app.domain.csv_reading.series import SeriesError


def test_a_line_that_is_far_too_long_is_refused_with_its_number_and_length():
    text = "a,b\n1,2\n" + "9" * 1_000_000

    with pytest.raises(SeriesError, match=r"Line 3 is 1,000,000 characters long"):
        sample_lines(text)


def test_comments_do_not_count_among_the_sampled_lines():
    text = "# a comment\n" * 900 + "a,b\n1,2\n"

    lines = sample_lines(text)

    assert lines[-1] == (902, "1,2")


def test_runs_of_spaces_and_tabs_part_cells_and_quoted_ones_keep_their_spaces():
    lines = sample_lines('  1  "a b" \t 3  \n')

    rows = split_rows(lines, " ")

    assert rows == [(1, ["1", "a b", "3"])]
