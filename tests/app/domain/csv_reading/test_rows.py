"""The lines of a CSV and the separator between their cells."""

import pytest

from app.domain.csv_reading.rows import blank_comments, detect_separator, sample_lines
from app.domain.csv_reading.series import SeriesError


def test_a_line_that_is_far_too_long_is_refused_with_its_number_and_length():
    text = "a,b\n1,2\n" + "9" * 1_000_000

    with pytest.raises(SeriesError, match=r"Line 3 is 1,000,000 characters long"):
        sample_lines(text)


@pytest.mark.parametrize(
    ("lines", "separator"),
    [
        (["a;b", "1,5;2,5", "3,5;4,5"], ";"),
        (["1,5;2,5", "3,5;4,5"], ";"),  # a comma would split it into more cells
        (["a\tb", "1,5\t2,5"], "\t"),
        (["a|b", "1|2"], "|"),
        (["a,b,c", "x;y,1,2"], ","),
        (["a", "1"], ","),
    ],
)
def test_the_separator_is_the_character_that_leaves_whole_cells(lines, separator):
    sampled = sample_lines("\n".join(lines))

    assert detect_separator(sampled) == separator


@pytest.mark.parametrize(
    ("line", "kept", "comment_lines"),
    [
        ("# a comment", "", [3]),
        ("#", "", [3]),
        ("# one, two, three", "", [3]),
        ("#2020-01-02,1", "#2020-01-02,1", []),  # a row, or one that was taken out: its owner knows
        ("2020-01-02,# 1", "2020-01-02,# 1", []),
    ],
)
def test_a_comment_between_the_rows_is_emptied_and_a_row_stays(line, kept, comment_lines):
    text = f"Date,Close\n2020-01-01,1\n{line}\n2020-01-03,3\n"

    uncommented = blank_comments(text, ",", width=2)

    assert uncommented.text == f"Date,Close\n2020-01-01,1\n{kept}\n2020-01-03,3\n"
    assert uncommented.comment_lines == comment_lines


def test_a_hash_at_the_start_of_a_line_inside_a_quoted_cell_is_no_comment():
    text = 'Date,Note,Close\n2020-01-01,"one\n# two",1\n# a comment\n'

    uncommented = blank_comments(text, ",", width=3)

    assert uncommented.text == 'Date,Note,Close\n2020-01-01,"one\n# two",1\n\n'
    assert uncommented.comment_lines == [4]
