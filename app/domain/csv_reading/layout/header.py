"""The lines above the rows of a table: which of them name its columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.csv_reading.dates.columns import DATE_NAME
from app.domain.csv_reading.layout.columns import LETTERS, NUMBER, Column, cell_kind
from app.domain.csv_reading.layout.rows import Row, is_marked, uncomment
from app.domain.csv_reading.layout.units import are_units

MAX_HEADER_LINES = 12
MAX_DATE_NAME_LENGTH = 40
DATE_SHAPE = re.compile(r"9([-./:]9|[-. ]?a[-., ]*9)")  # see `cell_kind`
PERIOD = re.compile(r"(1[5-9]|2[0-2])\d\d(\D|$)|\d{1,2}([-./:]|$)")  # 1990, 2020-01, 31.12.2020, 9
MIN_PERIODS = 3
TITLE = re.compile(r"title|titel|titre|t[ií]tulo|name|bezeichnung|descri|libell", re.IGNORECASE)
ANY_SEPARATOR = re.compile(r"[\s,;|]+")


@dataclass(frozen=True)
class Header:
    """The names of the columns as written, and the lines they stand on.

    is_short: whether the first column has no name because there is one name too few.
    """

    names: list[str]
    lines: tuple[int, ...]
    is_short: bool = False


@dataclass(frozen=True)
class HeaderLine:
    """A line above the rows that has as many cells as they have.

    has_date_name: whether the first column, or one of dates, has a name for dates.
    """

    number: int
    cells: list[str]
    is_comment: bool
    has_date_name: bool

    @property
    def further_cells(self) -> list[str]:
        """All cells but the first, where there are more."""
        return self.cells[1:] or self.cells

    @property
    def filled(self) -> int:
        """How many of the further cells are filled."""
        return sum(bool(cell) for cell in self.further_cells)


def find_header(above: Sequence[Row], columns: Sequence[Column]) -> Header | None:
    """The names of the columns in the lines above the rows; None where none of them has names."""
    lines = _fitting_lines(above, columns)
    candidates = [line for line in lines if _can_be_names(line)]
    if not candidates:
        return None
    named = _choose_names(candidates)
    names = list(named.cells)
    used_lines = [named.number]
    level = _find_other_level(named, lines)
    if level is not None:
        names = _join_lines(named, level)
        used_lines.append(level.number)
    date_line = _find_first_name(named, lines)
    if date_line is not None:
        names[0] = date_line.cells[0]
        used_lines.append(date_line.number)
    return Header(names, tuple(used_lines))


def fit_cells(row: Row, width: int) -> list[str] | None:
    """The cells of a line without a mark at its start, if they are as many as the columns."""
    cells = row.cells
    if is_marked(cells):
        cells = uncomment(cells, width)
        if len(cells) == 1 and width > 1:
            cells = ANY_SEPARATOR.split(cells[0])
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    if len(cells) != width:
        return None
    return cells


def _fitting_lines(above: Sequence[Row], columns: Sequence[Column]) -> list[HeaderLine]:
    """The last lines above the rows that can have names, from below to above.

    A comment can have them only where nothing else stands between it and the rows.
    """
    nearest = list(reversed(above))[:MAX_HEADER_LINES]
    lines: list[HeaderLine] = []
    is_adjacent = True
    for row in nearest:
        cells = fit_cells(row, len(columns))
        if cells is None:
            is_adjacent = False
            continue
        is_comment = is_marked(row.cells)
        if is_comment and not is_adjacent:
            continue
        has_date_name = any(
            _is_date_name(cell)
            for index, (cell, column) in enumerate(zip(cells, columns, strict=True))
            if index == 0 or column.has_dates
        )
        lines.append(HeaderLine(row.line_number, cells, is_comment, has_date_name))
    plain = [line for line in lines if not line.is_comment]
    if any(_can_be_names(line) for line in plain):
        return plain
    return lines


def _can_be_names(line: HeaderLine) -> bool:
    """Whether the cells are names, and not values; depths, heights and periods can be names."""
    values = [cell for cell in line.further_cells if _is_value(cell)]
    if line.filled == 0:
        return False
    if values:
        are_numbers = all(cell_kind(cell) == NUMBER for cell in values)
        are_heights = are_numbers and len(values) > 1 and _is_date_name(line.cells[0])
        return are_heights or _are_periods(values)
    return any(cell == "#" or LETTERS.search(cell) for cell in line.cells)


def _are_periods(values: list[str]) -> bool:
    """Whether values are years, months, days or hours, of which each is there once."""
    if len(values) < MIN_PERIODS or len(set(values)) < len(values):
        return False
    return all(PERIOD.match(cell) for cell in values)


def _is_value(cell: str) -> bool:
    kind = cell_kind(cell)
    if kind == NUMBER or DATE_SHAPE.match(kind):
        return True
    return "9" in kind and "a" not in kind


def _is_date_name(cell: str) -> bool:
    if len(cell) > MAX_DATE_NAME_LENGTH:
        return False
    return bool(DATE_NAME.search(cell)) or "period" in cell.lower()


def _choose_names(candidates: list[HeaderLine]) -> HeaderLine:
    """The line with the names; candidates are in the order from below to above.

    It names the most columns, is neither of units nor of one value for all, and is the lowest one
    with a name for dates. Where no line has one, it is the topmost title, or one that leaves the
    first column without a name, else the lowest.
    """
    most = max(line.filled for line in candidates)
    lines = [line for line in candidates if line.filled == most]
    lines = [line for line in lines if not are_units(line.further_cells)] or lines
    lines = [line for line in lines if not _is_constant(line)] or lines
    lines = [line for line in lines if not line.cells[0].endswith(":")] or lines
    with_date_name = [line for line in lines if line.has_date_name]
    if with_date_name:
        return with_date_name[0]
    without_first_name = [line for line in lines if not line.cells[0]]
    titles = [line for line in lines if TITLE.search(line.cells[0])]
    topmost = [*without_first_name, *titles]
    if topmost:
        return min(topmost, key=lambda line: line.number)
    return lines[0]


def _is_constant(line: HeaderLine) -> bool:
    cells = line.further_cells
    return len(cells) > 1 and len(set(cells)) == 1


def _find_other_level(named: HeaderLine, lines: list[HeaderLine]) -> HeaderLine | None:
    """The line above or below names that repeat themselves, which tells them apart."""
    names = named.further_cells
    if len(set(names)) == len(names):
        return None
    for line in lines:
        if line is named or line.filled == 0 or _is_constant(line) or are_units(line.cells):
            continue
        joined = _join_lines(named, line)
        if len(set(joined)) > len(set(named.cells)):
            return line
    return None


def _join_lines(line: HeaderLine, other: HeaderLine) -> list[str]:
    if line.number < other.number:
        return _join_levels(line.cells, other.cells)
    return _join_levels(other.cells, line.cells)


def _join_levels(upper: list[str], lower: list[str]) -> list[str]:
    """Names of two lines as one; an empty cell of the upper line stands for that to its left."""
    joined = []
    group = ""
    for index, (above, below) in enumerate(zip(upper, lower, strict=True)):
        group = above or group
        is_first = index == 0
        if is_first or not below:
            joined.append(below or above)
        else:
            joined.append(f"{group} {below}".strip())
        if is_first:
            group = ""
    return joined


def _find_first_name(named: HeaderLine, lines: list[HeaderLine]) -> HeaderLine | None:
    """The line with a better name for the first column: one that says nothing else, as pandas
    writes the name of an index, or one with a name for dates where the names have none.
    """
    for line in lines:
        first_cell = line.cells[0]
        if line is named or not first_cell or _is_value(first_cell):
            continue
        if line.number > named.number and line.filled == 0 and len(line.cells) > 1:
            return line
        if not named.cells[0] and _is_date_name(first_cell):
            return line
    return None
