"""The formats that the cells of a column may be written in."""

import re
from collections.abc import Sequence

import pandas as pd

from app.domain.csv_reading.dates.counts import COUNTS, DECIMAL_YEARS, likely_counts
from app.domain.csv_reading.dates.formats import replace_years
from app.domain.csv_reading.dates.parsing import plain_text
from app.domain.csv_reading.dates.shapes import guess_formats

NUMBER = re.compile(r"[+-]?\d{1,20}(?:[.,]\d{0,20})?(?:[eE][+-]?\d{1,3})?")
FIRST_CELLS = 12
MAX_SHAPES = 8
CALENDAR_DIGITS = (8, 10, 12, 14, 17, 20)  # whole numbers that can be dates in any column
LEAST_COUNT = 1e9  # smaller counts need a column that is called a date
OLD_PIVOTS = (1930, 1900)  # where two digits of a year may begin
DIGIT = re.compile(r"\d")
LETTERS = re.compile(r"[^\W\d_]+")


def candidate_formats(cells: Sequence[str], name: str, *, named: bool) -> list[str]:
    """The formats worth trying on these cells, likelier ones first.

    named: whether the column is called a date; most numbers are dates only then.
    """
    examples = pick_examples(cells)
    if not examples:
        return []
    if are_numbers(cells):
        return _number_formats(cells, examples, name, named=named)
    return _text_formats(examples)


def are_numbers(cells: Sequence[str]) -> bool:
    """Whether nearly all of these cells are plain numbers."""
    numbers = [cell for cell in cells if NUMBER.fullmatch(plain_text(cell))]
    return len(numbers) >= 0.8 * len(cells)


def pick_examples(cells: Sequence[str]) -> list[str]:
    """The first cells, and one of each other shape: 04.1.2021 and 4.11.2021 are shaped alike."""
    examples: dict[str, str] = {}
    for cell in cells[:2000]:
        text = plain_text(cell)
        shape = LETTERS.sub("a", DIGIT.sub("9", text[:100]))
        examples.setdefault(shape, text)
        if len(examples) == MAX_SHAPES:
            break
    firsts = [plain_text(cell) for cell in cells[:FIRST_CELLS]]
    return [*examples.values(), *firsts]


def _text_formats(examples: Sequence[str]) -> list[str]:
    formats: dict[str, None] = {}
    for example in examples:
        for date_format in guess_formats(example):
            formats.setdefault(date_format)
    combined = [*formats, *_combine(list(formats))]
    return with_centuries(combined)


def _combine(formats: list[str]) -> list[str]:
    """Formats with what only some cells have, such as the time of day at midnight, in brackets."""
    combined = []
    for short in formats:
        for long in formats:
            rest = long.removeprefix(short)
            if rest != long and rest.startswith((" %H:%M", "T%H:%M", " %I:%M", ":%S")):
                combined.append(f"{short}[{rest}]")
    return combined


def with_centuries(formats: Sequence[str]) -> list[str]:
    """The formats, and those with years of two digits also from 1930 and from 1900 on."""
    extended = []
    for date_format in formats:
        extended.append(date_format)
        if "%y" in date_format:
            extended += [replace_years(date_format, pivot) for pivot in OLD_PIVOTS]
    return extended


def _number_formats(
    cells: Sequence[str], examples: Sequence[str], name: str, *, named: bool
) -> list[str]:
    formats: dict[str, None] = {}
    for example in examples:
        whole = re.sub(r"\.0*$", "", example)
        if not named and len(whole) not in CALENDAR_DIGITS:
            continue
        for date_format in guess_formats(whole):
            formats.setdefault(date_format)
    if not named and not _are_large(cells):
        return with_centuries([*formats])
    column = pd.Series(list(cells), dtype="str")
    likely = []
    for count in likely_counts(column):
        if not re.search(COUNTS[count].needs, name, re.IGNORECASE):
            continue
        if count == DECIMAL_YEARS and not any("." in cell or "," in cell for cell in cells):
            continue
        likely.append(count)
    return with_centuries([*formats, *likely])


def _are_large(cells: Sequence[str]) -> bool:
    first = plain_text(cells[0]).replace(",", ".")
    try:
        return abs(float(first)) >= LEAST_COUNT
    except ValueError:
        return False
