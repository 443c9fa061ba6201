"""The lines of a CSV: a sample of them, and the cells they are split into."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from app.domain.csv_reading.series import SeriesError

SPACES = " "  # as a separator: runs of spaces and tabs
SEPARATORS = {";": "semicolon", "\t": "tab", "|": "bar", ",": "comma", SPACES: "spaces"}
PANDAS_SEPARATORS = {SPACES: r"\s+"}
COMMENT_MARKS = ("#", "%", "!", "//")
SAMPLE_LINES = 400
MANY_LINES = 40
SAMPLE_CHARACTERS = 400_000
MAX_LINE_LENGTH = 100_000
MAX_CELL_LENGTH = 10_000
BLANKS = re.compile(r"[ \t]+")


class Line(NamedTuple):
    """A line of the file; the first one has the number 1."""

    number: int
    text: str


class Row(NamedTuple):
    """The cells of a row, and the number of the line it begins on."""

    line_number: int
    cells: list[str]


LineOrRow = TypeVar("LineOrRow", Line, Row)


def sample_lines(text: str) -> list[Line]:
    """The first lines that are not blank, with all comments between them.

    Raises SeriesError where one is far too long.
    """
    start = text[:SAMPLE_CHARACTERS]
    texts = start.split("\n")
    if len(text) > SAMPLE_CHARACTERS:
        unfinished = Line(len(texts), texts.pop())
        _refuse_long_line(unfinished, text)
    sample = []
    uncommented = 0
    for number, line in enumerate(texts, start=1):
        if not line.strip():
            continue
        sample.append(Line(number, line))
        uncommented += not line.startswith(COMMENT_MARKS)
        if uncommented == SAMPLE_LINES:
            break
    if not sample:
        raise SeriesError.at(
            "file",
            "The file has no lines with text.",
        )
    longest = max(sample, key=lambda line: len(line.text))
    _refuse_long_line(longest, text)
    return sample


def split_rows(lines: list[Line], separator: str) -> list[Row]:
    """The lines as rows of cells; a quoted cell may go over several lines."""
    texts = [line.text + "\n" for line in lines]
    if separator == SPACES:
        texts = [BLANKS.sub(SPACES, line.text.strip()) + "\n" for line in lines]
    reader = csv.reader(texts, delimiter=separator, skipinitialspace=True)
    rows: list[Row] = []
    lines_read = 0
    try:
        for cells in reader:
            if cells:
                first_line = lines[lines_read]
                stripped = [cell.strip() for cell in cells]
                rows.append(Row(first_line.number, stripped))
            lines_read = reader.line_num
    except csv.Error:
        return [Row(line.number, line.text.split(separator)) for line in lines]
    return rows


def usual_width(rows: Sequence[Row]) -> int:
    """How many cells most rows have; the larger number where two are equally common."""
    counts = Counter(len(row.cells) for row in rows)
    most_rows = max(counts.values())
    return max(width for width, count in counts.items() if count == most_rows)


def leave_out_preamble(lines: list[LineOrRow]) -> list[LineOrRow]:
    """The last two thirds of many lines: titles and metadata stand above the rows of a file."""
    if len(lines) < MANY_LINES:
        return lines
    return lines[len(lines) // 3 :]


def is_marked(cells: Sequence[str]) -> bool:
    """Whether a line begins as comments do."""
    return cells[0].startswith(COMMENT_MARKS)


def uncomment(cells: list[str], width: int) -> list[str]:
    """The cells of a line without the mark at its start; a mark that names a column stays."""
    first_cell = cells[0].lstrip("#%!/ ")
    if first_cell:
        return [first_cell, *cells[1:]]
    if len(cells) == width:
        return cells
    return cells[1:]


def wide_row(line: int, cells: int, width: int) -> SeriesError:
    """The error for a row with more cells than the table has columns."""
    return SeriesError.at(
        "file",
        f"Line {line} has {cells:,} cells where {width:,} are expected. Is the separator right?",
    )


def long_cell(line: int, column: str, length: int) -> SeriesError:
    """The error for a cell that is too long."""
    return SeriesError.at(
        "file",
        f'Line {line}, column "{column}": this cell has {length:,} characters; '
        f"at most {MAX_CELL_LENGTH:,} are allowed.",
    )


def _refuse_long_line(line: Line, text: str) -> None:
    if len(line.text) <= MAX_LINE_LENGTH:
        return
    lines = text.split("\n", line.number)
    length = len(lines[line.number - 1])
    raise SeriesError.at(
        "file",
        f"Line {line.number} is {length:,} characters long: this is not a table.",
    )
