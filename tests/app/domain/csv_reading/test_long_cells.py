"""Cells that are far too long are read in linear time, and refused with their line and column."""

import pandas as pd
import pytest

from app.domain.csv_reading.dates.detection import detect_date_format
from app.domain.csv_reading.dates.parsing import parse_dates
from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.layout.rows import MAX_CELL_LENGTH, SAMPLE_CHARACTERS
from app.domain.csv_reading.numbers.affixes import read_affix
from app.domain.csv_reading.numbers.parsing import is_missing, parse_number
from app.domain.csv_reading.numbers.signs import detect_number_signs, read_cores
from app.domain.csv_reading.series import FileProblem, SeriesError
from app.domain.csv_reading.table import read_table
from tests.growth import assert_no_worse_than_linear

pytestmark = pytest.mark.slow
SHORT_LENGTH = 1_500
CELLS = {
    "a sign and spaces": lambda length: "-" + " " * length + "x",
    "a currency and spaces": lambda length: "$" + " " * length + "x",
    "a number and spaces": lambda length: "5" + " " * length + "x",
    "digits": lambda length: "1" * length + "x",
    "decimals": lambda length: "1." + "1" * length + "x",
    "groups split by commas": lambda length: "1" + ",111" * (length // 4) + "x",
    "groups split by points": lambda length: "1" + ".111" * (length // 4) + "x",
    "groups split by spaces": lambda length: "1" + " 111" * (length // 4) + "x",
    "a date and spaces": lambda length: "2020-01-01" + " " * length + "x",
}
DAYS = pd.date_range("2020", periods=60).strftime("%Y-%m-%d")
ROWS = "Date,Close\n" + "".join(f"{day},{index}.5\n" for index, day in enumerate(DAYS))


def parse_with_every_sign(cell):
    for decimal, thousands in ((".", None), (".", ","), (",", "."), (",", " ")):
        parse_number(cell, decimal, thousands)


def parse_with_several_formats(cell):
    for date_format in ("%Y-%m-%d %H:%M:%S%z", "%d %b %Y", "%m/%d/%Y %I:%M %p"):
        parse_dates(pd.Series([cell], dtype="str"), date_format)


READERS = {
    "detect the number signs": lambda cell: detect_number_signs([read_cores([cell])], ";"),
    "say what is around digits": lambda cell: read_affix(cell, cell),
    "say what is missing": is_missing,
    "detect the date format": lambda cell: detect_date_format([cell], named=True),
    "parse numbers": parse_with_every_sign,
    "parse dates": parse_with_several_formats,
}


def problems_of(text):
    content = text.encode()
    with pytest.raises(SeriesError) as caught:
        read_table(content, detect_dialect(content))
    return caught.value.problems


@pytest.mark.parametrize("cell_of_length", CELLS.values(), ids=CELLS)
@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_the_time_to_read_a_cell_grows_no_faster_than_its_length(read, cell_of_length):
    assert_no_worse_than_linear(read, cell_of_length, SHORT_LENGTH)


def test_a_cell_that_is_too_long_is_refused_with_line_column_and_length():
    text = ROWS.replace(",3.5\n", ",-" + " " * 24_000 + "x\n")

    problems = problems_of(text)

    message = 'Line 5, column "Close": this cell has 24,002 characters; at most 10,000 are allowed.'
    assert problems == [FileProblem("file", message)]


@pytest.mark.parametrize("column", ["Date", "Close"])
def test_a_long_cell_below_the_sampled_lines_is_refused_too(column):
    dates = pd.date_range("1700-01-01", periods=30_000).strftime("%Y-%m-%d").tolist()
    lines = ["Date,Close", *(f"{day},1.5" for day in dates)]
    long_cell = "-" + " " * 24_000 + "x"
    lines[29_000] = f"{long_cell},1.5" if column == "Date" else f"{dates[28_999]},{long_cell}"
    text = "\n".join(lines)
    assert text.index(long_cell) > SAMPLE_CHARACTERS

    problems = problems_of(text)

    place = f'Line 29001, column "{column}"'
    message = f"{place}: this cell has 24,002 characters; at most 10,000 are allowed."
    assert problems == [FileProblem("file", message)]


def test_a_long_cell_of_text_is_read_up_to_the_limit():
    text = ROWS.replace("\n", ",Note\n", 1).replace(".5\n", ".5,x\n")
    text = text.replace(",3.5,x", ",3.5," + "x" * MAX_CELL_LENGTH)

    table = read_table(text.encode(), detect_dialect(text.encode()))

    assert table.number_columns == ["Close"]
    assert table.rows == 60
