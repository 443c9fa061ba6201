"""Numbers as people write them: signs, currencies, per cent, multipliers, brackets and marks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.domain.csv_reading.numbers.affixes import Affix, read_affix
from app.domain.csv_reading.numbers.words import CURRENCY, PLAIN_CHARACTERS, normalise_cell

MISSING_WORDS = frozenset(
    (
        "", "na", "n/a", "nan", "null", "none", "nil", "-", "--", "---", ".", "..", "...", "#n/a",
        "?", "nat", ":", "\u2026", "\u2013", "\u2014", "/", "n.a.", "n.d.", "n/d", "s/d", "k.a.",
        "missing", "#value!", "#div/0!", "#ref!", "#num!", "#name?",
    )
)  # fmt: skip
MAX_MAGNITUDE = 1e100  # squares and sums of anything smaller stay finite
BLOCK_CELLS = 1024  # that are read at once where all of them are plain
MAX_AFFIXES = 1000  # different ones in a column; with more it is one of text
PLAIN_SYMBOLS = "$\u20ac\u00a3\u00a5%"  # what a plain number may have around it
MAX_MISSING_LENGTH = 12
MISSING_WITH_FLAG = re.compile(r"^[:.] ?[a-z]{1,3}$")  # as Eurostat writes ": c", confidential
MISSING_AMOUNT = re.compile(rf"^\(?(?:{CURRENCY} ?--?|--? ?{CURRENCY})\)?$")  # as in $- and - kr
DIGIT = re.compile(r"\d")


@dataclass
class CellNumbers:
    """Cells that were read as numbers, shape (rows,), NaN where there is none.

    symbols: what was around plain numbers, such as $ and %. affixes: for all else that was around
    a number, the rows it was seen in. bounds: by row, the number of a cell such as <1. units: by
    row, the number before a word. Neither is among the values.
    """

    values: NDArray[np.float64]
    symbols: set[str] = field(default_factory=set)
    affixes: dict[Affix, list[int]] = field(default_factory=dict)
    bounds: dict[int, float] = field(default_factory=dict)
    units: dict[int, float] = field(default_factory=dict)


class CellPattern(NamedTuple):
    """What matches one cell, and captures what is before its digits, these, and what follows."""

    regex: re.Pattern[str]
    decimal: str
    thousands: str


class CellPatterns(NamedTuple):
    """What matches numbers with certain signs. block: plain cells, a line break behind each."""

    block: re.Pattern[str]
    cell: CellPattern


class FoundAffix:
    """What stands around some digits, and the rows it was seen in."""

    def __init__(self, affix: Affix | None) -> None:
        self.affix = affix
        self.factor = 0.0
        if affix is not None:
            self.factor = affix.factor
        self.rows: list[int] = []


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    word = cell.strip().lower()
    if word in MISSING_WORDS:
        return True
    if len(word) > MAX_MISSING_LENGTH:
        return False
    if MISSING_WITH_FLAG.match(word):
        return True
    text = normalise_cell(cell)
    return bool(MISSING_AMOUNT.match(text))


def parse_number(cell: str, decimal: str, thousands: str | None) -> float:
    """A cell as a number, NaN where it is none or too large to calculate with."""
    numbers = parse_numbers([cell], decimal, thousands)
    return float(numbers[0])


def parse_numbers(cells: Sequence[str], decimal: str, thousands: str | None) -> NDArray[np.float64]:
    """Cells as numbers, shape (rows,), NaN where there is none."""
    return read_cells(cells, decimal, thousands).values


def read_cells(cells: Sequence[str], decimal: str, thousands: str | None) -> CellNumbers:
    """Cells as numbers, and what was written around them.

    A million plain cells take half a second, a million others about two. No two neighbouring parts
    of a pattern match the same text, so a long cell takes linear time.
    """
    thousands = thousands or ""
    patterns = _compile_patterns(decimal, thousands)
    values = np.full(len(cells), np.nan)
    symbols: set[str] = set()
    affixes: dict[tuple[str, str], FoundAffix] = {}
    for first in range(0, len(cells), BLOCK_CELLS):
        block = cells[first : first + BLOCK_CELLS]
        joined = "\n".join(block) + "\n"
        if not joined.isascii():
            joined = joined.translate(PLAIN_CHARACTERS)
        has_breaks = joined.count("\n") > len(block)
        if not has_breaks:
            if patterns.block.fullmatch(joined):
                plain = _parse_plain_block(joined, decimal, thousands)
                values[first : first + len(block)] = plain
                symbols.update(symbol for symbol in PLAIN_SYMBOLS if symbol in joined)
                continue
            block = joined.split("\n")[:-1]
        _read_block(block, first, patterns.cell, affixes, values)
    is_unusable = ~(np.abs(values) <= MAX_MAGNITUDE)
    values[is_unusable] = np.nan
    return _collect(values, symbols, affixes)


def _read_block(
    block: Sequence[str],
    first: int,
    pattern: CellPattern,
    affixes: dict[tuple[str, str], FoundAffix],
    values: NDArray[np.float64],
) -> None:
    """Read cells of which some are not plain into values; `affixes` keeps what is around them."""
    match_cell = pattern.regex.match
    decimal = pattern.decimal
    thousands = pattern.thousands
    for row, text in enumerate(block, start=first):
        match = match_cell(text.strip())
        if match is None:
            continue
        before, digits, after = match.groups()
        found_affix = affixes.get((before, after))
        if found_affix is None:
            if len(affixes) == MAX_AFFIXES:
                continue
            found_affix = FoundAffix(read_affix(before, after))
            affixes[before, after] = found_affix
        if found_affix.factor == 0:
            continue
        if thousands:
            digits = digits.replace(thousands, "")
        values[row] = found_affix.factor * float(digits.replace(decimal, "."))
        found_affix.rows.append(row)


def _collect(
    values: NDArray[np.float64], symbols: set[str], affixes: dict[tuple[str, str], FoundAffix]
) -> CellNumbers:
    """The numbers, without those that are only bounds or have an unknown word behind them."""
    result = CellNumbers(values, symbols)
    for found_affix in affixes.values():
        affix = found_affix.affix
        if affix is None or affix.is_plain:
            continue
        seen_rows = np.array(found_affix.rows, np.int64)
        rows = seen_rows[~np.isnan(values[seen_rows])]
        if not len(rows):
            continue
        aside: dict[int, float] | None = None
        if affix.is_bound:
            aside = result.bounds
        elif affix.unit:
            aside = result.units
        if aside is not None:
            numbers = values[rows].tolist()
            aside.update(zip(rows.tolist(), numbers, strict=True))
            values[rows] = np.nan
        all_rows = result.affixes.setdefault(affix, [])
        all_rows += rows.tolist()
    return result


def _parse_plain_block(joined: str, decimal: str, thousands: str) -> list[float]:
    """The numbers of a block of plain cells, NaN for empty ones."""
    for symbol in (*PLAIN_SYMBOLS, " "):
        if symbol in joined:
            joined = joined.replace(symbol, "")
    if thousands:
        joined = joined.replace(thousands, "")
    if decimal != ".":
        joined = joined.replace(decimal, ".")
    texts = joined.split("\n")
    texts.pop()
    return [float(text or "nan") for text in texts]


@cache
def _compile_patterns(decimal: str, thousands: str) -> CellPatterns:
    whole = r"[0-9]+"
    if thousands:
        sign = re.escape(thousands)
        whole = rf"[0-9]{{1,3}}(?:{sign}[0-9]{{3}})+|[0-9]+"
        if thousands == ",":  # 12,34,567 is how India groups digits
            whole = rf"[0-9]{{1,2}}(?:,[0-9]{{2}})+,[0-9]{{3}}|{whole}"
    point = re.escape(decimal)
    exponent = r"(?:[eE][+-]?[0-9]{1,4})?"
    below_one = rf"(?<![^\W0-9_]){point}[0-9]+"  # not the digits of Rs.5
    digits = rf"(?:(?:{whole})(?:{point}[0-9]*)?|{below_one}){exponent}"
    symbols = re.escape(PLAIN_SYMBOLS)
    plain = rf"[+-]?(?:[{symbols}] ?)?{digits}(?: ?[{symbols}])?"
    after = r"(?![.,'_ ]?[0-9])([^0-9]{0,20}(?:(?<=[^\W0-9_])[0-9])?)"
    return CellPatterns(
        block=re.compile(rf"(?:(?:{plain})?\n)*+"),
        cell=CellPattern(
            regex=re.compile(rf"^([^0-9]{{0,12}}?)({digits}){after}$"),
            decimal=decimal,
            thousands=thousands,
        ),
    )
