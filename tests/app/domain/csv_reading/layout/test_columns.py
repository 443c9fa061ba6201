"""The kinds of cells that columns have, which tell rows from other lines."""

import pytest

from app.domain.csv_reading.layout.columns import cell_kind, describe_columns, is_row
from app.domain.csv_reading.layout.rows import Row

ROWS = [
    Row(day, [f"2021-01-{day:02d}", f"{day}.5", "n/a" if day % 5 else "2"]) for day in range(40)
]


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("5", "number"),
        ("-1,234.5", "number"),
        ("1.5e-7", "number"),
        ("(12.5)", "number"),
        ("$ 5", "number"),
        ("12 %", "number"),
        ("2021-01-31", "9-9-9"),
        ("Jan 31, 2021", "a 9, 9"),
        ("2021-01-31T10:00Z", "9-9-9a9:9a"),
        ("<1", "<9"),
        ("Total", "a"),
        ("15s", "9a"),
        ("n/a", ""),
        ("", ""),
    ],
)
def test_a_cell_has_the_kind_of_those_that_look_like_it(cell, kind):
    assert cell_kind(cell) == kind


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["2021-02-01", "7", "1"], True),
        (["2021-02-01", "oops", "oops"], True),  # its date is like the others
        (["01.02.2021", "7", "1"], True),
        (["", "7", "1"], True),
        (["2021-02-01"], True),
        (["Date", "Open", "Close"], False),
        (["Total", "7", "1"], False),
        (["20d", "14n", "10s"], False),
        (["", "Avg", "Smp"], False),
        (["", "", ""], False),
    ],
)
def test_a_row_has_cells_like_those_of_the_others(cells, expected):
    columns = describe_columns(ROWS, 3)

    assert is_row(cells, columns) == expected


def test_a_few_words_in_a_column_of_numbers_do_not_become_usual():
    rows = [*ROWS[:20], *[Row(40 + number, ["Total", "Sum", "x"]) for number in range(3)]]

    columns = describe_columns(rows, 3)

    assert not columns[0].fits("Total")
    assert columns[0].is_anchor
