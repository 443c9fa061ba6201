"""What the cells of each column of a table look like, which tells rows from other lines."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.csv_reading.layout.rows import Row
from app.domain.csv_reading.numbers.parsing import is_missing

NUMBER = "number"
MAX_SHAPED_LENGTH = 40
MIN_KIND_FRACTION = 0.05  # of the filled cells of a column, for a usual kind of cell
MIN_FILLED_FRACTION = 0.95
MIN_ANCHOR_FRACTION = 0.8  # of its filled cells have a digit
DIGIT = re.compile(r"\d")
PLAIN_NUMBER = re.compile(r"[-+(]?\s?[$€£¥]?\s?[.,]?\d[\d.,'\u00a0 ]*(?:[eE][-+]?\d+)?\s?[%€$)]?")
LETTERS = re.compile(r"[^\W\d_]+")
DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Column:
    """A column of the sampled rows.

    kinds: the usual kinds of its cells, see `cell_kind`. is_anchor: whether nearly all of its
    cells have digits, so that a word in it stands in no row. is_filled: whether nearly all rows
    have a value in it.
    """

    kinds: frozenset[str]
    is_anchor: bool
    is_filled: bool

    @property
    def has_dates(self) -> bool:
        """Whether its cells have digits and are no plain numbers."""
        return self.is_anchor and self.kinds != {NUMBER}

    def fits(self, cell: str) -> bool:
        """Whether a cell looks like those of this column."""
        return cell_kind(cell) in self.kinds


def cell_kind(cell: str) -> str:
    """NUMBER, "" for a missing value, or the shape of a cell: 9-9-9 for each day as 2020-01-31."""
    if is_missing(cell):
        return ""
    start = cell[:MAX_SHAPED_LENGTH]
    if PLAIN_NUMBER.fullmatch(start):
        return NUMBER
    digits = DIGITS.sub("9", start)
    return LETTERS.sub("a", digits)


def describe_columns(rows: Sequence[Row], width: int) -> list[Column]:
    """The columns of rows of which most are those of the table."""
    return [
        _describe_column([row.cells[index] for row in rows if index < len(row.cells)])
        for index in range(width)
    ]


def _describe_column(all_cells: list[str]) -> Column:
    """Only the middle half counts: notes and totals stand above and below the rows."""
    edge = len(all_cells) // 4
    cells = all_cells[edge : len(all_cells) - edge]
    kinds = Counter(cell_kind(cell) for cell in cells)
    del kinds[""]
    filled = kinds.total()
    least = MIN_KIND_FRACTION * filled
    usual_kinds = {kind for kind, count in kinds.items() if count >= least}
    kinds_with_digits = {kind for kind in kinds if _has_digit(kind)}
    with_digits = sum(kinds[kind] for kind in kinds_with_digits)
    is_anchor = filled > 0 and with_digits >= MIN_ANCHOR_FRACTION * filled
    if is_anchor:
        usual_kinds &= kinds_with_digits
    return Column(frozenset(usual_kinds), is_anchor, filled >= MIN_FILLED_FRACTION * len(cells))


def _has_digit(kind: str) -> bool:
    return kind == NUMBER or "9" in kind


def is_row(cells: Sequence[str], columns: Sequence[Column]) -> bool:
    """Whether cells stand in the anchors that look like those of the other rows.

    The first anchor counts most, which usually has the dates: a word in it makes no row.
    """
    anchors = [
        (cell, column) for cell, column in zip(cells, columns, strict=False) if column.is_anchor
    ]
    filled = [(cell, column) for cell, column in anchors if not is_missing(cell)]
    if not filled:
        return False
    first_cell, first_column = anchors[0]
    if first_column.fits(first_cell):
        return True
    if not is_missing(first_cell) and not DIGIT.match(first_cell):
        return False
    fitting = sum(column.fits(cell) for cell, column in filled)
    return 2 * fitting >= len(filled)
