"""The separator of a CSV: the one that parts its lines into equally many cells that say one thing.

A measure like that of CleverCSV (van den Burg, Nazábal and Sutton, 2019): how regular the rows
are, times how many of the cells are plainly a number, a date, a word or nothing.
"""

import re
from typing import NamedTuple

from app.domain.csv_reading.layout.rows import (
    COMMENT_MARKS,
    SEPARATORS,
    SPACES,
    Line,
    leave_out_preamble,
    split_rows,
    usual_width,
)

DECLARATION = re.compile(r'^"?sep=(.|\\t)"?[;,\t |]*$', re.IGNORECASE)  # the first line for Excel
MAX_PLAIN_LENGTH = 60
MIN_PLAIN_BETWEEN_SPACES = 0.95  # of the cells
PLAIN_CELL = re.compile(
    r"""[-+<>~]?[$€£¥]?[ ]?\d+(?:[.,' \u00a0]\d{3})*(?:[.,]\d*)?(?:[eE][-+]?\d+)?[ ]?[%€$KMB]?
    |[-+]?[.,]\d+
    |\(\d+(?:,\d{3})*(?:\.\d+)?\)
    |\d[\d\-/.: ]*(?:T[\d:.]+)?(?:[ ]?[AaPp][Mm]|Z|[ ]?[-+][\d:]+)?  # a date or a time
    |\d{1,2}[-. ]{0,2}[^\W\d_]{3,9}[-. ]*\d{2,4}
    """,
    re.VERBOSE,
)
WORD = re.compile(r"[^\W\d_][^,;|\t]*")


class SeparatorScore(NamedTuple):
    """How well a separator parts lines; the larger, the better, in this order."""

    fit: float  # regular rows, times plain cells
    width: int


def detect_separator(lines: list[Line]) -> str:
    """The separator that parts most lines into equally many plain cells; a comma if none does."""
    declared = _find_declaration(lines)
    if declared:
        return declared
    rows = [line for line in lines if not line.text.lstrip().startswith(COMMENT_MARKS)]
    rows = leave_out_preamble(rows or lines)
    best = ","
    best_score = SeparatorScore(0.0, 0)
    for separator in SEPARATORS:
        score = _score(rows, separator)
        if score > best_score:
            best = separator
            best_score = score
    return best


def _find_declaration(lines: list[Line]) -> str | None:
    """The separator that the first line names for Excel."""
    match = DECLARATION.match(lines[0].text.strip())
    if match is None:
        return None
    declared = match[1].replace("\\t", "\t")
    if declared not in SEPARATORS:
        return None
    return declared


def _score(lines: list[Line], separator: str) -> SeparatorScore:
    rows = split_rows(lines, separator)
    if not rows:
        return SeparatorScore(0.0, 0)
    width = usual_width(rows)
    regular_rows = [row for row in rows if len(row.cells) == width]
    if width < 2:
        return SeparatorScore(0.0, 0)
    plain_cells = 0
    for row in regular_rows:
        plain_cells += sum(_is_plain(cell) for cell in row.cells)
    regularity = len(regular_rows) / len(rows)
    plainness = plain_cells / (width * len(regular_rows))
    fit = round(regularity * plainness, 2)
    if separator == SPACES and plainness < MIN_PLAIN_BETWEEN_SPACES:
        return SeparatorScore(0.0, 0)
    if separator == SPACES:
        return SeparatorScore(fit, 0)  # dates and names have spaces in every file
    return SeparatorScore(fit, width)


def _is_plain(cell: str) -> bool:
    if not cell:
        return True
    if len(cell) > MAX_PLAIN_LENGTH:
        return False
    return bool(PLAIN_CELL.fullmatch(cell) or WORD.fullmatch(cell))
