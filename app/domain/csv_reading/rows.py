"""The lines of a CSV: a sample of them, their separator, and the cells it splits them into."""

import csv
import re
from collections import Counter
from typing import NamedTuple

from app.domain.csv_reading.encoding import SAMPLE_CHARACTERS
from app.domain.csv_reading.series import SeriesError

SEPARATORS = {";": "semicolon", "\t": "tab", "|": "bar", ",": "comma"}
SAMPLE_LINES = 400
MAX_LINE_LENGTH = 100_000
MAX_CELL_LENGTH = 10_000
HASH_LINE = re.compile(r"^#.*$", re.MULTILINE)


class Line(NamedTuple):
    """A line of the file; the first one has the number 1."""

    number: int
    text: str


class Row(NamedTuple):
    """The cells of a row, and the number of the line it begins on."""

    line_number: int
    cells: list[str]


class UncommentedText(NamedTuple):
    """A text whose comments are empty lines, and the numbers of these."""

    text: str
    comment_lines: list[int]


class Regularity(NamedTuple):
    """How well a separator splits lines; the larger, the better, in this order."""

    regular_rows: float  # fraction of the rows that have the usual width
    whole_cells: float  # fraction of their cells that contain no other separator
    width: int


def sample_lines(text: str) -> list[Line]:
    """The first lines that are not blank. Raises SeriesError where one is far too long."""
    start = text[:SAMPLE_CHARACTERS]
    texts = start.split("\n")
    if len(text) > SAMPLE_CHARACTERS:
        unfinished = Line(len(texts), texts.pop())
        _refuse_long_line(unfinished, text)
    sample = []
    for number, line in enumerate(texts, start=1):
        if line.strip():
            sample.append(Line(number, line))
        if len(sample) == SAMPLE_LINES:
            break
    if not sample:
        raise SeriesError.at(
            "file",
            "The file has no lines with text.",
        )
    longest = max(sample, key=lambda line: len(line.text))
    _refuse_long_line(longest, text)
    return sample


def detect_separator(lines: list[Line]) -> str:
    """The separator that splits most lines into equally many whole cells; a comma if none does."""
    regularities = {}
    for separator in SEPARATORS:
        rows = split_rows(lines, separator)
        regularities[separator] = _measure_regularity(rows, separator)
    best = max(SEPARATORS, key=lambda separator: regularities[separator])
    if regularities[best].regular_rows == 0:
        return ","
    return best


def split_rows(lines: list[Line], separator: str) -> list[Row]:
    """The lines as rows of cells; a quoted cell may go over several lines."""
    texts = [line.text + "\n" for line in lines]
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


def usual_width(rows: list[Row]) -> int:
    """How many cells most rows have; the larger number where two are equally common."""
    counts: Counter[int] = Counter()
    for row in rows:
        width = len(row.cells)
        counts[width] += 1
    most_rows = max(counts.values())
    commonest = [width for width, count in counts.items() if count == most_rows]
    return max(commonest)


def is_comment(cells: list[str], width: int) -> bool:
    """Whether a line is a comment and not a row of a table of this width."""
    if len(cells) == width:
        return False
    return cells[0].startswith("#")


def blank_comments(text: str, separator: str, width: int) -> UncommentedText:
    """Empty the comments of a table of this width; all lines keep their numbers.

    A line with a hash and the cells of a row stays: nobody but its owner knows whether it is one.
    So does a line inside a quoted cell.
    """
    parts: list[str] = []
    comment_lines: list[int] = []
    end = 0
    line_number = 1
    quotes = 0
    for match in HASH_LINE.finditer(text):
        start = match.start()
        line_number += text.count("\n", end, start)
        quotes += text.count('"', end, start)
        parts.append(text[end:start])
        line = match[0]
        end = match.end()
        is_inside_cell = quotes % 2 == 1
        if is_inside_cell or not is_comment(line.split(separator), width):
            parts.append(line)
            quotes += line.count('"')
            continue
        comment_lines.append(line_number)
    parts.append(text[end:])
    return UncommentedText("".join(parts), comment_lines)


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


def _measure_regularity(rows: list[Row], separator: str) -> Regularity:
    if not rows:
        return Regularity(0.0, 0.0, 0)
    width = usual_width(rows)
    if width < 2:
        return Regularity(0.0, 0.0, 0)
    others = [other for other in SEPARATORS if other not in (separator, ",")]
    regular_rows = 0
    whole_cells = 0
    for row in rows:
        if len(row.cells) != width:
            continue
        regular_rows += 1
        for cell in row.cells:
            whole_cells += not _contains_any(cell, others)
    cells_of_regular_rows = regular_rows * width
    return Regularity(
        regular_rows=round(regular_rows / len(rows), 1),
        whole_cells=round(whole_cells / cells_of_regular_rows, 1),
        width=width,
    )


def _contains_any(cell: str, separators: list[str]) -> bool:
    return any(separator in cell for separator in separators)
