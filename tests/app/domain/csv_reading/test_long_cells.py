"""Cells of absurd length: read in linear time, and refused with their place."""

import time

import pandas as pd
import pytest

from app.domain.csv_reading.dates import date_format_of, parse_dates
from app.domain.csv_reading.dialect import recognise
from app.domain.csv_reading.numbers import number, recognise_signs
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.table import read
from app.domain.csv_reading.text import LONGEST_CELL, SAMPLE_CHARACTERS

SIZE = 1_500
GROWTH = 8
MOST_GROWTH = 24  # of the time; quadratic work grows 64 times
LEAST_SECONDS = 0.005  # shorter times are noise
CELLS = {
    "a sign and spaces": lambda size: "-" + " " * size + "x",
    "a currency and spaces": lambda size: "$" + " " * size + "x",
    "a number and spaces": lambda size: "5" + " " * size + "x",
    "digits": lambda size: "1" * size + "x",
    "decimals": lambda size: "1." + "1" * size + "x",
    "groups split by commas": lambda size: "1" + ",111" * (size // 4) + "x",
    "groups split by points": lambda size: "1" + ".111" * (size // 4) + "x",
    "groups split by spaces": lambda size: "1" + " 111" * (size // 4) + "x",
    "a date and spaces": lambda size: "2020-01-01" + " " * size + "x",
}
ROWS = "Date,Close\n" + "".join(
    f"{day},{index}.5\n" for index, day in enumerate(pd.date_range("2020", periods=60))
)
ROWS = ROWS.replace(" 00:00:00", "")


def read_numbers(cell):
    for decimal, thousands in ((".", None), (".", ","), (",", "."), (",", " ")):
        number(cell, decimal, thousands)


def read_dates(cell):
    for date_format in ("%Y-%m-%d %H:%M:%S%z", "%d %b %Y", "%m/%d/%Y %I:%M %p"):
        parse_dates(pd.Series([cell], dtype="str"), date_format)


READERS = {
    "recognise the signs": lambda cell: recognise_signs([cell], ";"),
    "recognise the date format": lambda cell: date_format_of([cell], named=True),
    "read numbers": read_numbers,
    "read dates": read_dates,
}


def cpu_seconds(reader, cell):
    """The shortest of three runs."""
    seconds = []
    for _ in range(3):
        start = time.process_time()
        reader(cell)
        seconds.append(time.process_time() - start)
    return min(seconds)


def refusal(text):
    with pytest.raises(SeriesError) as caught:
        read(text.encode(), recognise(text.encode()))
    return caught.value.problems


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_the_time_to_read_a_cell_grows_no_faster_than_its_length(reader, cell):
    reader(cell(10))

    short = cpu_seconds(reader, cell(SIZE))
    long = cpu_seconds(reader, cell(GROWTH * SIZE))

    assert long <= MOST_GROWTH * max(short, LEAST_SECONDS)


def test_a_cell_of_absurd_length_is_refused_with_line_column_and_length():
    text = ROWS.replace(",3.5\n", ",-" + " " * 24_000 + "x\n")

    problems = refusal(text)

    assert problems == [
        ("file", 'Line 5, column "Close": this cell has 24,002 characters; 10,000 are the most.')
    ]


@pytest.mark.parametrize("column", ["Date", "Close"])
def test_a_long_cell_behind_the_first_lines_is_refused_too(column):
    dates = pd.date_range("1700-01-01", periods=30_000).strftime("%Y-%m-%d").tolist()
    lines = ["Date,Close", *(f"{day},1.5" for day in dates)]
    long = "-" + " " * 24_000 + "x"
    lines[29_000] = f"{long},1.5" if column == "Date" else f"{dates[28_999]},{long}"
    text = "\n".join(lines)
    assert text.index(long) > SAMPLE_CHARACTERS

    problems = refusal(text)

    assert problems == [
        (
            "file",
            f'Line 29001, column "{column}": this cell has 24,002 characters; 10,000 are the most.',
        )
    ]


def test_a_long_cell_of_text_is_read_up_to_the_limit():
    text = (
        ROWS.replace("\n", ",Note\n", 1)
        .replace(".5\n", ".5,x\n")
        .replace(",3.5,x", ",3.5," + "x" * LONGEST_CELL)
    )

    table = read(text.encode(), recognise(text.encode()))

    assert table.number_columns == ["Close"]
    assert table.rows == 60
