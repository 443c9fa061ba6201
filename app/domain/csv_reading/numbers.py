"""Numbers as people write them: decimal and thousands signs, currencies, per cent, K, M and B."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MISSING_WORDS = frozenset(
    {"", "na", "n/a", "nan", "null", "none", "nil", "-", "--", ".", "..", "#n/a", "?", "nat"}
)
MAX_MAGNITUDE = 1e100  # squares and sums of anything smaller stay finite
CURRENCIES = ("$", "€", "£", "¥")
MULTIPLIERS = {"K": 1e3, "M": 1e6, "B": 1e9}
UNITS = (*CURRENCIES, "%", *MULTIPLIERS)  # what may follow a number
PLAIN_CHARACTERS = str.maketrans(  # for typographic spaces, minus signs and apostrophes
    {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-", "\u2019": "'"}
)


def _decisive_pattern(decimal: str, grouped: str) -> re.Pattern[str]:
    """Cells that leave no doubt that this is the decimal sign, such as 1234,5 and 1.234,56."""
    sign = re.escape(decimal)
    not_three_decimals = rf"(\d+|{grouped}){sign}(\d{{1,2}}|\d{{4,}})"
    below_one = rf"0?{sign}\d+"
    any_decimals = rf"({grouped}|\d{{4,}}){sign}\d+"
    return re.compile(rf"^[+-]?({not_three_decimals}|{below_one}|{any_decimals})$")


def _grouped_pattern(thousands: str) -> re.Pattern[str]:
    """Cells such as 1,234.5 for a thousands sign."""
    sign = re.escape(thousands)
    return re.compile(rf"^[+-]?[1-9]\d{{0,2}}({sign}\d{{3}})+([.,]\d*)?$")


def _repeated_groups_pattern(thousands: str) -> re.Pattern[str]:
    """Cells such as 1,234,567, in which the sign cannot be a decimal one."""
    sign = re.escape(thousands)
    return re.compile(rf"^[+-]?\d{{1,3}}({sign}\d{{3}}){{2,}}$")


DECISIVE = {
    ",": _decisive_pattern(",", r"\d{1,3}([. ']\d{3})+"),
    ".": _decisive_pattern(".", r"\d{1,3}([, ']\d{3})+"),
}
GROUPED = {thousands: _grouped_pattern(thousands) for thousands in (",", ".", " ", "'")}
REPEATED_GROUPS = {thousands: _repeated_groups_pattern(thousands) for thousands in (",", ".")}
AMBIGUOUS = re.compile(r"^[+-]?[1-9]\d{0,2},\d{3}$")  # 1,234 may be a thousand or one and a bit


class NumberSigns(NamedTuple):
    """How numbers are written; `thousands` is None where there is no such sign."""

    decimal: str
    thousands: str | None


def detect_number_signs(cells: Iterable[str], separator: str) -> NumberSigns:
    """The decimal and the thousands sign of these cells in a file with this separator."""
    numbers = [strip_units(cell) for cell in cells]
    decimal = _detect_decimal_sign(numbers, separator)
    return NumberSigns(decimal, detect_thousands_sign(numbers, decimal))


def detect_thousands_sign(cells: Iterable[str], decimal: str) -> str | None:
    """The thousands sign of cells with this decimal sign; None without one."""
    numbers = [strip_units(cell) for cell in cells]
    other_sign = ","
    if decimal == ",":
        other_sign = "."
    for thousands in (other_sign, "'", " "):
        if _any_matches(GROUPED[thousands], numbers):
            return thousands
    return None


def find_ambiguous_number(cells: Sequence[str], decimal: str) -> str | None:
    """A cell such as 1,234 that could be read in two ways, where no other cell decides."""
    numbers = [strip_units(cell) for cell in cells]
    if _any_matches(DECISIVE[decimal], numbers):
        return None
    if _any_matches(REPEATED_GROUPS[","], numbers):
        return None
    for number in numbers:
        if AMBIGUOUS.match(number):
            return number
    return None


def strip_units(cell: str) -> str:
    """A cell without currency, per cent and multiplier, its typographic characters made plain."""
    text = cell.strip().translate(PLAIN_CHARACTERS)
    sign = ""
    if text.startswith(("+", "-")):
        sign = text[0]
    unsigned = text.removeprefix(sign)
    unsigned = unsigned.lstrip()
    if unsigned.startswith(CURRENCIES):
        number = unsigned[1:].lstrip()
        text = sign + number
    if text.endswith(UNITS):
        text = text[:-1].rstrip()
    return text


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    word = cell.strip().lower()
    return word in MISSING_WORDS


def parse_number(cell: str, decimal: str, thousands: str | None) -> float:
    """A cell as a number, NaN where it is none or too large to calculate with."""
    numbers = parse_numbers([cell], decimal, thousands)
    return float(numbers[0])


def parse_numbers(cells: Sequence[str], decimal: str, thousands: str | None) -> NDArray[np.float64]:
    """Cells as numbers, shape (rows,), NaN where there is none. A million takes about two seconds.

    No two neighbouring parts of the pattern match the same text, so a long cell takes linear time.
    """
    match_number = _number_pattern(decimal, thousands).match
    numbers = np.full(len(cells), np.nan)
    for index, cell in enumerate(cells):
        plain = cell
        if not cell.isascii():
            plain = cell.translate(PLAIN_CHARACTERS)
        match = match_number(plain.strip())
        if match is None:
            continue
        sign, digits, multiplier = match.groups()
        if thousands:
            digits = digits.replace(thousands, "")
        number = float(digits.replace(decimal, "."))
        if multiplier:
            number *= MULTIPLIERS[multiplier]
        if sign == "-":
            number = -number
        numbers[index] = number
    is_usable = np.abs(numbers) <= MAX_MAGNITUDE
    return np.where(is_usable, numbers, np.nan)


def _detect_decimal_sign(numbers: list[str], separator: str) -> str:
    commas = _count_matches(DECISIVE[","], numbers)
    points = _count_matches(DECISIVE["."], numbers)
    if commas > points:
        return ","
    if points > commas:
        return "."
    if _any_matches(REPEATED_GROUPS["."], numbers):
        return ","
    if points or separator == ",":
        return "."
    if _any_matches(REPEATED_GROUPS[","], numbers):
        return "."
    if _any_matches(AMBIGUOUS, numbers):
        return ","
    return "."


def _count_matches(pattern: re.Pattern[str], numbers: list[str]) -> int:
    count = 0
    for number in numbers:
        if pattern.match(number):
            count += 1
    return count


def _any_matches(pattern: re.Pattern[str], numbers: list[str]) -> bool:
    return any(pattern.match(number) for number in numbers)


@cache
def _number_pattern(decimal: str, thousands: str | None) -> re.Pattern[str]:
    """Matches a number and captures its sign, its digits and its multiplier."""
    whole = r"\d+"
    if thousands:
        whole = rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+|\d+"
    point = re.escape(decimal)
    exponent = r"(?:[eE][+-]?\d{1,4})?"
    digits = rf"((?:(?:{whole})(?:{point}\d*)?|{point}\d+){exponent})"
    currency = r"(?:[$€£¥]\s*)?"
    unit = r"(?:[%$€£¥]|([KMB]))?"
    return re.compile(rf"^([+-]?)\s*{currency}{digits}\s*{unit}$", re.ASCII)
