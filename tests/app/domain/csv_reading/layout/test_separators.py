"""The separator between the cells of a CSV."""

import pytest

from app.domain.csv_reading.layout.rows import sample_lines
from app.domain.csv_reading.layout.separators import detect_separator


@pytest.mark.parametrize(
    ("lines", "separator"),
    [
        (["a;b", "1,5;2,5", "3,5;4,5"], ";"),
        (["1,5;2,5", "3,5;4,5"], ";"),  # a comma would split it into more cells
        (["a\tb", "1,5\t2,5"], "\t"),
        (["a|b", "1|2"], "|"),
        (["a,b,c", "x;y,1,2"], ","),
        (["a", "1"], ","),
        (["day,area,price", "2021-01-04,BZN|DE,50.0", "2021-01-05,BZN|DE,51.5"], ","),
        (["day;tags;price", "2021-01-04;a,b,c;50", "2021-01-05;d,e,f;51"], ";"),
        (["time value", "2021-01-04 10:00 5.1", "2021-01-04 11:00 5.2"], " "),
        (["time\tvalue", "2021-01-04 10:00\t5.1", "2021-01-04 11:00\t5.2"], "\t"),
        (["time,value", "2021-01-04 10:00,5.1", "2021-01-04 11:00,5.2"], ","),
        (["  1958   1   315.06", "  1958   2   316.62", "  1958  10   313.00"], " "),
        (["# a, comment, with, commas", "1 2 3", "4 5 6"], " "),
        (["sep=;", "1,2;3,4", "5,6;7,8"], ";"),
        (['"sep=\t"', "1,2\t3,4"], "\t"),
        (["sep=,", "1;5,2;5", "3;4,5;6"], ","),
        (["Datum,x", "1. siječnja 2024,0.5", "2. siječnja 2024,1.5"], ","),
        (["Datum,x", "le 1 janvier 2024,0.5", "le 2 janvier 2024,1.5"], ","),
        (['"Jan 04, 2021","1,234.5"', '"Jan 05, 2021","1,235.5"'], ","),
    ],
)
def test_the_separator_is_the_one_that_leaves_whole_cells(lines, separator):
    sampled = sample_lines("\n".join(lines))

    assert detect_separator(sampled) == separator
