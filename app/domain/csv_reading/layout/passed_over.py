"""The lines around a table and between its rows that are no rows, and why each is passed over."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from app.domain.csv_reading.findings import Finding, FindingKind, shorten_cell
from app.domain.csv_reading.layout.columns import DIGIT, LETTERS, NUMBER, Column, cell_kind, is_row
from app.domain.csv_reading.layout.rows import is_marked
from app.domain.csv_reading.numbers.parsing import is_missing

MAX_LISTED_RANGES = 8
MIN_WORDS_OF_NOTE = 2
TOTAL_WORDS = frozenset(
    {
        "total", "totals", "totale", "totaal", "totalt", "subtotal", "sum", "summe", "gesamt",
        "insgesamt", "suma", "soma", "somme", "razem", "ogółem", "celkem", "spolu", "összesen",
        "toplam", "yhteensä", "итого", "всего", "сумма", "合計", "合计", "总计", "總計", "小计",
        "小計", "합계", "총계", "mean", "average", "avg", "mittelwert", "durchschnitt", "moyenne",
        "media", "média", "średnia", "среднее", "平均", "평균", "median", "minimum", "maximum",
    }
)  # fmt: skip
RULE = re.compile(r"[-=+_*~.|\s]{3,}")  # a line that is drawn below names


class Reason(Enum):
    """Why a line is no row of the table; what is said of one line, and of several."""

    ABOVE = ("is above the table and was skipped.", "are above the table and were skipped.")
    COMMENT = (
        "begins with # and was skipped as a comment.",
        "begin with # and were skipped as comments.",
    )
    REPEATED_HEADER = (
        "names the columns again and was skipped.",
        "name the columns again and were skipped.",
    )
    NOTE = (
        "is a note between the rows and was skipped.",
        "are notes between the rows and were skipped.",
    )
    EMPTY = ("has separators only and was skipped.", "have separators only and were skipped.")
    BELOW = ("is below the table and was skipped.", "are below the table and were skipped.")
    TOTAL = (
        "has numbers, but does not begin as rows do: it was taken for a total and left out.",
        "have numbers, but do not begin as rows do: they were taken for totals and left out.",
    )


@dataclass(frozen=True)
class PassedOver:
    """A line that is no row. text: how it begins, where that must be said."""

    line: int
    reason: Reason
    text: str = ""


@dataclass(frozen=True)
class RowShape:
    """What tells a row from the other lines of a file.

    names: the cells of the header, None without one.
    """

    columns: Sequence[Column]
    names: Sequence[str] | None

    @property
    def width(self) -> int:
        """How many cells a row has."""
        return len(self.columns)

    @property
    def has_anchor(self) -> bool:
        """Whether any column has a date or a number in nearly all rows."""
        return any(column.is_anchor for column in self.columns)

    def classify(self, cells: Sequence[str]) -> Reason | None:
        """Why a line is no row, wherever it stands; None for a row, or what may be one."""
        if is_comment(cells, self.width):
            return Reason.COMMENT
        filled = [cell for cell in cells if cell]
        if not filled:
            return Reason.EMPTY
        if self.names is not None and list(cells[: self.width]) == list(self.names):
            return Reason.REPEATED_HEADER
        is_marked_note = is_marked(cells) and len(cells) != self.width
        if is_marked_note or all(RULE.fullmatch(cell) for cell in filled):
            return Reason.NOTE
        if len(filled) == 1 and self.width > 1 and not self._can_be_value(cells, filled[0]):
            return Reason.NOTE
        return None

    def classify_last(self, cells: Sequence[str]) -> Reason | None:
        """Why a line is no row, if all lines below it are none."""
        reason = self.classify(cells)
        if reason == Reason.NOTE:
            return Reason.BELOW
        if reason is not None:
            return reason
        if self._is_undated(cells) or _is_called_total(cells):
            return Reason.TOTAL
        if not self._is_misfit(cells):
            return None
        if any(_is_number(cell) for cell in cells):
            return Reason.TOTAL
        return Reason.BELOW

    def _can_be_value(self, cells: Sequence[str], cell: str) -> bool:
        """Whether the only cell of a line can be one of a row."""
        column = self.columns[min(cells.index(cell), self.width - 1)]
        is_usual = column.fits(cell) and (column.is_anchor or len(cells) == self.width)
        if is_usual or is_missing(cell) or _is_number(cell):
            return True
        words = LETTERS.findall(cell)
        return len(words) < MIN_WORDS_OF_NOTE and bool(DIGIT.match(cell))

    def _is_undated(self, cells: Sequence[str]) -> bool:
        """Whether a line has no date and nothing in the first column that is filled in all rows."""
        if not self.has_anchor:
            return False
        pairs = list(zip(cells, self.columns, strict=False))
        first_cell, first_column = next(
            ((cell, column) for cell, column in pairs if column.is_anchor), ("-", None)
        )
        if first_column is None or first_cell or not first_column.is_filled:
            return False
        dates = [cell for cell, column in pairs if column.has_dates]
        return not any(dates)

    def _fits_any_anchor(self, cells: Sequence[str]) -> bool:
        pairs = zip(cells, self.columns, strict=False)
        return any(column.is_anchor and column.fits(cell) for cell, column in pairs)

    def _is_misfit(self, cells: Sequence[str]) -> bool:
        """Whether a word stands where all rows have a date or a number.

        Words with digits count where no cell is like those above, or there are too few or many.
        """
        if not self.has_anchor:
            return False
        first_anchor = [column.is_anchor for column in self.columns].index(True)
        if first_anchor >= len(cells):
            return not is_row(cells, self.columns)
        cell = cells[first_anchor]
        if is_missing(cell) or self.columns[first_anchor].fits(cell):
            return False
        if not DIGIT.search(cell):
            return True
        if DIGIT.match(cell) and self._fits_any_anchor(cells):
            return False
        return len(cells) != self.width or not any(_is_number(text) for text in cells[1:])


def _is_called_total(cells: Sequence[str]) -> bool:
    """Whether the first filled cell is a word for totals, whatever the other rows begin with."""
    filled = [cell for cell in cells if cell]
    words = LETTERS.findall(filled[0])
    return len(filled) > 1 and bool(words) and words[-1].lower() in TOTAL_WORDS


def is_comment(cells: Sequence[str], width: int) -> bool:
    """Whether a line is a comment: it has a hash, and either another width or no number.

    A line with a hash and the cells of a row stays: nobody but its owner knows whether it is one.
    """
    if not cells[0].startswith("#"):
        return False
    if len(cells) != width:
        return True
    first_cell = cells[0].lstrip("# ")
    texts = [first_cell, *cells[1:]]
    return not any(DIGIT.search(cell[:1]) or _is_number(cell) for cell in texts) and any(
        not is_missing(cell) for cell in texts
    )


def report_passed_over(lines: Sequence[PassedOver]) -> list[Finding]:
    """One finding about all lines that are no rows, and one about those that look like totals."""
    totals = [line for line in lines if line.reason == Reason.TOTAL]
    others = [line for line in lines if line.reason != Reason.TOTAL]
    return [_report(part) for part in (others, totals) if part]


def list_ranges(lines: Sequence[int]) -> str:
    """Line numbers for people: lines 1 to 5, 9 and 12; the first ranges, and how many more."""
    ranges: list[tuple[int, int]] = []
    for line in lines:
        if ranges and line == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], line)
        else:
            ranges.append((line, line))
    parts = [_format_range(first, last) for first, last in ranges[:MAX_LISTED_RANGES]]
    unlisted = sum(last - first + 1 for first, last in ranges[MAX_LISTED_RANGES:])
    listed = ", ".join(parts)
    if len(lines) == 1:
        return f"line {listed}"
    if unlisted:
        return f"lines {listed} and {unlisted:,} more"
    return f"lines {listed}"


def _format_range(first: int, last: int) -> str:
    if last == first:
        return f"{first}"
    if last == first + 1:
        return f"{first}, {last}"
    return f"{first} to {last}"


def _report(lines: Sequence[PassedOver]) -> Finding:
    sentences = []
    for reason in Reason:
        numbers = sorted(line.line for line in lines if line.reason == reason)
        if not numbers:
            continue
        what_happened = reason.value[len(numbers) > 1]
        sentences.append(f"{list_ranges(numbers).capitalize()} {what_happened}")
    examples = [f'"{shorten_cell(line.text)}"' for line in lines if line.text]
    if examples:
        listed_examples = ", ".join(examples[:MAX_LISTED_RANGES])
        sentences.append(f"({listed_examples})")
    return Finding(
        kind=FindingKind.SKIPPED,
        column="",
        message=" ".join(sentences),
        lines=tuple(sorted(line.line for line in lines)),
    )


def _is_number(cell: str) -> bool:
    return cell_kind(cell) == NUMBER
