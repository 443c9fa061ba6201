"""All lines of a file below its header: rows stay, and what is no row is emptied and said."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.csv_reading.layout.columns import DIGIT, is_row
from app.domain.csv_reading.layout.passed_over import PassedOver, Reason, RowShape
from app.domain.csv_reading.layout.rows import BLANKS, SPACES, wide_row
from app.domain.csv_reading.layout.table_place import Layout
from app.domain.csv_reading.numbers.parsing import is_missing
from app.domain.csv_reading.series import SeriesError

MAX_LINES_BELOW = 20
NEVER_ROWS = (Reason.EMPTY, Reason.COMMENT)


@dataclass(frozen=True)
class RowText:
    """A text whose lines that are no rows are empty; all lines keep their numbers."""

    text: str
    passed_over: list[PassedOver]


def keep_rows(text: str, layout: Layout, separator: str) -> RowText:
    """Empty the lines below the header that are no rows of the table.

    Raises SeriesError for a row that is too wide, for one whose cells cannot be told apart, and
    where another table begins.
    """
    lines = text.split("\n")
    scan = Scan(lines, layout.first_line - 1, layout.shape, separator)
    passed_over = scan.find_lines_below()
    passed_over += scan.find_lines_between()
    for line in passed_over:
        lines[line.line - 1] = ""
    if passed_over or scan.has_trimmed:
        text = "\n".join(lines)
    return RowText(text, passed_over)


class Scan:
    """A pass over the lines below a header. A cell that goes over several lines is left alone."""

    def __init__(self, lines: list[str], start: int, shape: RowShape, separator: str) -> None:
        self.lines = lines
        self.start = start
        self.end = len(lines)
        self.shape = shape
        self.separator = separator
        self.quoted = _find_quoted_lines(lines, start)
        self.has_trimmed = False

    def find_lines_below(self) -> list[PassedOver]:
        """The lines below the last row; the rows end above them."""
        passed_over = []
        for index in range(len(self.lines) - 1, self.start - 1, -1):
            line = self.lines[index]
            if not line or line.isspace():
                continue
            if index in self.quoted:
                break
            cells = next(self._split([index]), None)
            reason = cells and self.shape.classify_last(cells)
            if not cells or not reason:
                break
            text = ""
            if reason == Reason.TOTAL:
                text = " ".join(cells)
            passed_over.append(PassedOver(index + 1, reason, text))
            self.end = index
        passed_over.reverse()
        self._refuse_many_below(passed_over)
        return passed_over

    def _refuse_many_below(self, passed_over: Sequence[PassedOver]) -> None:
        """Raise SeriesError where the lines below are so many that they may be the table."""
        with_text = [line for line in passed_over if line.reason not in NEVER_ROWS]
        rows = self.end - self.start
        if len(with_text) > max(MAX_LINES_BELOW, rows // 2):
            line = with_text[0].line
            raise _another_table(line, [self.lines[line - 1]])

    def find_lines_between(self) -> list[PassedOver]:
        """The lines between the rows that are none."""
        unusual = self._find_unusual_lines()
        passed_over: list[PassedOver] = []
        last_line = 0
        for index, cells in zip(unusual, self._split(unusual), strict=False):
            line = index + 1
            reason = self.shape.classify(cells)
            if reason is not None:
                passed_over.append(PassedOver(line, reason))
                last_line = line
                continue
            is_apart = index > self.start and not self.lines[index - 1].strip()
            if (last_line == index or is_apart) and self._names_columns(cells):
                raise _another_table(line, cells)
            self._check_width(index, cells)
        return passed_over

    def _find_unusual_lines(self) -> list[int]:
        """The indices of lines that may be no rows; nearly all lines of most files are left out."""
        unusual = []
        expected = self.shape.width - 1
        separator = self.separator
        padding = separator + " "
        is_spaced = separator == SPACES
        for index in range(self.start, self.end):
            line = self.lines[index]
            if not line or line.isspace() or index in self.quoted:
                continue
            if is_spaced:
                separators = len(line.split()) - 1
                inner = ""
            else:
                separators = line.count(separator)
                inner = line.strip(padding)
            has_cells = is_spaced or not expected or separator in inner
            is_usual = separators == expected and has_cells
            if not is_usual or line[0] == "#" or not DIGIT.search(line):
                unusual.append(index)
        return unusual

    def _split(self, indices: Sequence[int]) -> Iterator[list[str]]:
        """The cells of these lines, of which each is a row of its own."""
        texts = (self.lines[index] for index in indices)
        if self.separator == SPACES:
            texts = (BLANKS.sub(SPACES, text.strip()) for text in texts)
        reader = csv.reader(texts, delimiter=self.separator, skipinitialspace=True)
        try:
            for cells in reader:
                yield [cell.strip() for cell in cells]
        except csv.Error:  # a cell that is far too long, which is refused later
            return

    def _names_columns(self, cells: Sequence[str]) -> bool:
        """Whether a line with words alone can be the header of another table."""
        words = [cell for cell in cells if not is_missing(cell)]
        if len(words) < 2 or any(DIGIT.match(cell) for cell in words):
            return False
        return self.shape.has_anchor and not is_row(cells, self.shape.columns)

    def _check_width(self, index: int, cells: Sequence[str]) -> None:
        """Raise SeriesError for a row with too many cells; drop empty cells that are too many."""
        width = self.shape.width
        if len(cells) > width:
            if any(cells[width:]):
                raise wide_row(index + 1, len(cells), width)
            line = self.lines[index].rstrip()
            for _ in range(len(cells) - width):
                line = line.removesuffix(self.separator).rstrip(" ")
            self.lines[index] = line
            self.has_trimmed = True
        if len(cells) < width and self.separator == SPACES:
            raise _short_row(index + 1, len(cells), width)


def _find_quoted_lines(lines: Sequence[str], start: int) -> set[int]:
    """The indices of lines on which a quoted cell begins, goes on or ends that has a line break."""
    quoted = set()
    is_inside = False
    for index in range(start, len(lines)):
        is_odd = lines[index].count('"') % 2 == 1
        if is_odd or is_inside:
            quoted.add(index)
        if is_odd:
            is_inside = not is_inside
    return quoted


def _another_table(line: int, cells: Sequence[str]) -> SeriesError:
    names = ", ".join(cell for cell in cells if cell)
    return SeriesError.at(
        "file",
        f'Another table with other columns begins in line {line} ("{names[:80]}"). '
        "Save each table as a file of its own.",
    )


def _short_row(line: int, cells: int, width: int) -> SeriesError:
    return SeriesError.at(
        "file",
        f"Line {line} has {cells:,} values where {width:,} are expected. Between spaces, an empty "
        "cell cannot be told from no cell: write a value such as NaN there, or save the table "
        "with commas.",
    )
