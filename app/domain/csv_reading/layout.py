"""Where the table stands in a CSV: what is above it, its header and its rows."""

import re
from dataclasses import dataclass
from functools import cached_property

from app.domain.csv_reading.rows import (
    MAX_CELL_LENGTH,
    Line,
    Row,
    is_comment,
    long_cell,
    split_rows,
    usual_width,
    wide_row,
)
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.turned_header import find_dates_in_order

MAX_COLUMNS = 500
MAX_TURNED_COLUMNS = 20_000  # dates in the header of a table whose lines are series
MAX_COLUMN_NAME_LENGTH = 100
ROWS_BELOW_HEADER = 49  # how many are compared with a possible header
NO_VALUE_WORDS = ("na", "nan", "n/a", "null", "none", "-")
DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Layout:
    """The place of a table in its file, and the sampled rows of its body.

    header: the names as written, None without a header line. first_line: the number of the line
    the body begins on. skipped: numbers of the lines with text above the table.
    """

    header: list[str] | None
    body: list[Row]
    width: int
    first_line: int
    skipped: tuple[int, ...]

    @cached_property
    def names(self) -> list[str]:
        """Names of the columns: the header's, made unique, or "Column 1", "Column 2", …"""
        header = self.header
        if header is None:
            header = [""] * self.width
        names = []
        for number, cell in enumerate(header, start=1):
            name = _clean_name(cell)
            if not name:
                name = f"Column {number}"
            names.append(name)
        return _make_unique(names)

    @cached_property
    def code_columns(self) -> list[str]:
        """Columns of digits that begin with a zero, such as 007: these are names, not numbers."""
        columns = []
        for index, name in enumerate(self.names):
            cells = [row.cells[index] for row in self.body if index < len(row.cells)]
            filled = [cell for cell in cells if cell]
            begins_with_zero = any(len(cell) > 1 and cell[0] == "0" for cell in filled)
            if begins_with_zero and all(cell.isdecimal() for cell in filled):
                columns.append(name)
        return columns


def find_table(lines: list[Line], separator: str, has_header: bool | None = None) -> Layout:
    """Find the table: it begins at the first line with the usual number of cells.

    has_header: None to find out. Raises SeriesError for too many columns or cells in a row, and
    for cells that are too long.
    """
    rows = split_rows(lines, separator)
    uncommented = _leave_out_comments(rows)
    width = usual_width(uncommented)
    first_row = next(row for row in uncommented if len(row.cells) == width)
    _refuse_many_columns(width, first_row)
    start = rows.index(first_row)
    body = [row for row in rows[start:] if not is_comment(row.cells, width)]
    _refuse_wide_rows(body, width)
    above: list[str] = []
    if start > 0:
        above = rows[start - 1].cells
    header = None
    if has_header is not False and _names_all_but_one(above, body):
        header = _add_missing_name(above, body)
        start -= 1
    elif has_header is not False and _is_commented_header(above, body, width):
        header = above
        start -= 1
    elif has_header or (has_header is None and _begins_with_header(body)):
        header = body[0].cells
        body = body[1:]
    first_line = rows[-1].line_number + 1
    if body:
        first_line = body[0].line_number
    skipped = [row.line_number for row in rows[:start]]
    layout = Layout(
        header=header,
        body=body,
        width=width,
        first_line=first_line,
        skipped=tuple(skipped),
    )
    _refuse_long_cells(layout)
    return layout


def _refuse_many_columns(width: int, first_row: Row) -> None:
    """Raise SeriesError for more columns than a table can have, but for dates in the header."""
    if width <= MAX_COLUMNS:
        return
    dates = find_dates_in_order(first_row.cells[:MAX_TURNED_COLUMNS])
    n_dates = 0
    if dates is not None:
        n_dates = len(dates.columns)
    if width - n_dates > MAX_COLUMNS:
        raise SeriesError.at(
            "file",
            f"The file has {width:,} columns; at most {MAX_COLUMNS} are allowed.",
        )


def _clean_name(cell: str) -> str:
    """A name without hashes at its start and unprintable characters, of limited length."""
    uncommented = cell.lstrip("# ")
    printable = [
        character for character in uncommented if character.isprintable() or character.isspace()
    ]
    words = "".join(printable).split()
    name = " ".join(words)
    return name[:MAX_COLUMN_NAME_LENGTH]


def _make_unique(names: list[str]) -> list[str]:
    """The names with a number behind each that is taken already: a, a (2), a (3)."""
    taken: set[str] = set()
    repeats: dict[str, int] = {}
    unique_names = []
    for name in names:
        unique = name
        while unique in taken:
            repeats[name] = repeats.get(name, 1) + 1
            unique = f"{name} ({repeats[name]})"
        taken.add(unique)
        unique_names.append(unique)
    return unique_names


def _leave_out_comments(rows: list[Row]) -> list[Row]:
    """The rows without a hash at their start, unless most have one."""
    uncommented = []
    for row in rows:
        first_cell = row.cells[0]
        if not first_cell.startswith("#"):
            uncommented.append(row)
    if 2 * len(uncommented) > len(rows):
        return uncommented
    return rows


def _refuse_wide_rows(body: list[Row], width: int) -> None:
    for row in body:
        cells = len(row.cells)
        if cells > width:
            raise wide_row(row.line_number, cells, width)


def _refuse_long_cells(layout: Layout) -> None:
    for row in layout.body:
        for index, cell in enumerate(row.cells):
            length = len(cell)
            if length > MAX_CELL_LENGTH:
                column = layout.names[index]
                raise long_cell(row.line_number, column, length)


def _begins_with_header(body: list[Row]) -> bool:
    """Whether the first row has a word above a column that is mostly numbers."""
    first_row = body[0].cells
    rows_below = body[1 : 1 + ROWS_BELOW_HEADER]
    if not rows_below:
        has_digits = any(DIGIT.search(cell) for cell in first_row)
        return not has_digits
    words_above_numbers = []
    for index, cell in enumerate(first_row):
        if _is_word(cell) and _is_mostly_numbers(rows_below, index):
            words_above_numbers.append(cell)
    return bool(words_above_numbers)


def _is_mostly_numbers(rows: list[Row], index: int) -> bool:
    """Whether more than half of the filled cells of a column begin as numbers."""
    filled = 0
    numbers = 0
    for row in rows:
        if index >= len(row.cells):
            continue
        cell = row.cells[index]
        if not cell:
            continue
        filled += 1
        numbers += _starts_as_number(cell)
    return numbers > filled / 2


def _names_all_but_one(above: list[str], body: list[Row]) -> bool:
    """Whether the line above names all columns but one, as R writes tables with row names."""
    first_row = body[0].cells
    if len(above) != len(first_row) - 1:
        return False
    if not above or above[0].startswith("#"):
        return False
    has_numbers = any(DIGIT.match(cell) for cell in first_row)
    if not has_numbers:
        return False
    return all(_is_word(cell) for cell in above)


def _add_missing_name(header: list[str], body: list[Row]) -> list[str]:
    """The header with an empty name: last where each row ends with a separator, else first."""
    last_cells = [row.cells[-1] for row in body]
    if any(last_cells):
        return ["", *header]
    return [*header, ""]


def _is_commented_header(above: list[str], body: list[Row], width: int) -> bool:
    """Whether the line above names the columns behind a hash, and no line below does."""
    if len(above) != width:
        return False
    if not above[0].startswith("#"):
        return False
    return not _begins_with_header(body)


def _starts_as_number(cell: str) -> bool:
    unsigned = cell.lstrip("+-$€£¥.,( ")
    return bool(DIGIT.match(unsigned))


def _is_word(cell: str) -> bool:
    if not cell:
        return False
    if _starts_as_number(cell):
        return False
    return cell.lower() not in NO_VALUE_WORDS
