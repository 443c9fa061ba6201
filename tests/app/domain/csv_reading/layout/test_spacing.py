"""Cells with spaces between columns that are parted by spaces."""

import pytest

from app.domain.csv_reading.layout.spacing import keep_spaced_cells

HOURS = [f"2021-01-04 {hour:02d}:00" for hour in range(24)]


def test_wide_gaps_part_cells_that_have_single_spaces():
    lines = [
        "Time              Max Temp",
        *(f"{hour}   {index}.5" for index, hour in enumerate(HOURS)),
    ]

    text = keep_spaced_cells("\n".join(lines))

    assert text.split("\n")[:2] == ["Time\tMax Temp", "2021-01-04 00:00\t0.5"]


def test_a_date_and_a_time_with_one_name_are_quoted():
    lines = ["Time Load", *(f"{hour} {index}.5" for index, hour in enumerate(HOURS))]

    text = keep_spaced_cells("\n".join(lines))

    assert text.split("\n")[:2] == ["Time Load", '"2021-01-04 00:00" 0.5']


@pytest.mark.parametrize(
    "lines",
    [
        ["Date Time Load", *(f"{hour} 5" for hour in HOURS)],  # a name for each
        [f"{hour} 5" for hour in HOURS],
        ["Time,Load", *(f"{hour},5" for hour in HOURS)],
        ["#YY  MM DD  T", *(f"2021  01 {day:2d}  7.5" for day in range(10, 30))],
        ["a  b", *["1  2"] * 9, "3  4  5", "6  7  8"],
        ["a  b"],
        [],
    ],
)
def test_other_texts_stay(lines):
    text = "\n".join(lines)

    assert keep_spaced_cells(text) == text


def test_plain_columns_with_wide_gaps_stay_columns():
    lines = ["a    b", *(f"{number}    {number}.5" for number in range(10, 30))]

    text = keep_spaced_cells("\n".join(lines))

    assert text.split("\n")[1].split() == ["10", "10.5"]
