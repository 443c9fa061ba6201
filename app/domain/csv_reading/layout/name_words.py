"""Which cells are names, where words stand above columns of numbers."""

import re

from app.domain.csv_reading.layout.rows import Row

ROWS_BELOW_HEADER = 49  # how many are compared with a possible header
NO_VALUE_WORDS = ("na", "nan", "n/a", "null", "none", "-")
DIGIT = re.compile(r"\d")


def begins_with_header(body: list[Row]) -> bool:
    """Whether the first row has a word above a column that is mostly numbers."""
    first_row = body[0].cells
    rows_below = body[1 : 1 + ROWS_BELOW_HEADER]
    if not rows_below:
        has_digits = any(DIGIT.search(cell) for cell in first_row)
        return not has_digits
    words_above_numbers = []
    for index, cell in enumerate(first_row):
        if is_word(cell) and _is_mostly_numbers(rows_below, index):
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
        numbers += starts_as_number(cell)
    return numbers > filled / 2


def names_all_but_one(above: list[str], body: list[Row]) -> bool:
    """Whether the line above names all columns but one, as R writes tables with row names."""
    first_row = body[0].cells
    if len(above) != len(first_row) - 1:
        return False
    if not above or above[0].startswith("#"):
        return False
    has_numbers = any(DIGIT.match(cell) for cell in first_row)
    if not has_numbers:
        return False
    return all(is_word(cell) for cell in above)


def add_missing_name(header: list[str], body: list[Row]) -> list[str]:
    """The header with an empty name: last where each row ends with a separator, else first."""
    last_cells = [row.cells[-1] for row in body]
    if any(last_cells):
        return ["", *header]
    return [*header, ""]


def starts_as_number(cell: str) -> bool:
    unsigned = cell.lstrip("+-$€£¥.,( ")
    return bool(DIGIT.match(unsigned))


def is_word(cell: str) -> bool:
    if not cell:
        return False
    if starts_as_number(cell):
        return False
    return cell.lower() not in NO_VALUE_WORDS
