"""The lines of a CSV and the separator between their cells."""

import pytest

from app.domain.csv_reading.rows import blank_commented_rows, detect_separator, sample_lines
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


def test_a_row_that_a_hash_comments_out_is_emptied_and_other_comments_stay():
    text = "Date,Close\n# a comment\n#2020-01-01,1\n2020-01-02,2\n"

    blanked = blank_commented_rows(text, ",", width=2)

    assert blanked == "Date,Close\n# a comment\n\n2020-01-02,2\n"
