"""Which of point and comma is the decimal sign, and what parts the thousands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from app.domain.csv_reading.numbers.words import PLAIN_CHARACTERS

OTHER_SIGN = {",": ".", ".": ","}
MIN_WHOLE_RATIO = 30  # of 763 to 3.556: so large a step shows that the point groups digits
MIN_CORE_FRACTION = 0.5  # of the filled cells of a column of numbers
CORE = re.compile(
    r"^[^0-9\n]{0,12}?((?<![^\W\d_])[.,]?[0-9][0-9., '_]*)([eE][+-]?[0-9]{1,4})?[^0-9\n]{0,20}$",
    re.MULTILINE,
)
SPACED_DIGITS = re.compile(r"[0-9] [0-9]")
WHOLE = re.compile(r"^[1-9][0-9]{0,2}$", re.MULTILINE)
LONG_WHOLE = re.compile(r"^[1-9][0-9]{3,}$", re.MULTILINE)


class Meaning(StrEnum):
    """What a point or a comma can be."""

    DECIMAL = "decimal"
    THOUSANDS = "thousands"
    OPEN = "open"  # either


@dataclass(frozen=True)
class SignReading:
    """What a point or a comma means in one column.

    is_certain: whether no other reading makes sense. example: a cell such as 3.556. because: cells
    of the column that decide, such as 763.
    """

    meaning: Meaning
    is_certain: bool
    example: str
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class NumberSigns:
    """How numbers are written; `thousands` is None where there is no such sign.

    swapped: the indexes of columns in which point and comma have each other's meaning.
    """

    decimal: str
    thousands: str | None
    swapped: tuple[int, ...] = ()


def _decisive_pattern(decimal: str, grouped: str) -> re.Pattern[str]:
    """Cells that leave no doubt that this is the decimal sign, such as 1234,5 and 1.234,56."""
    sign = re.escape(decimal)
    not_three_decimals = rf"([0-9]+|{grouped}){sign}([0-9]{{1,2}}|[0-9]{{4,}})"
    below_one = rf"0?{sign}[0-9]+"
    any_decimals = rf"({grouped}|[0-9]{{4,}}){sign}[0-9]+"
    return re.compile(rf"^(?:{not_three_decimals}|{below_one}|{any_decimals})$", re.MULTILINE)


def _grouped_pattern(thousands: str) -> re.Pattern[str]:
    """Cells such as 1,234.5 for a thousands sign; with a comma also India's 12,34,567."""
    sign = re.escape(thousands)
    groups = rf"[1-9][0-9]{{0,2}}({sign}[0-9]{{3}})+"
    if thousands == ",":
        groups = rf"(?:{groups}|[1-9][0-9]?(,[0-9]{{2}})+,[0-9]{{3}})"
    return re.compile(rf"^{groups}([.,][0-9]*)?$", re.MULTILINE)


def _certain_groups_pattern(thousands: str) -> re.Pattern[str]:
    """Cells such as 1,234,567 and 1,234.5, in which the sign cannot be a decimal one."""
    sign = re.escape(thousands)
    decimal = re.escape(OTHER_SIGN[thousands])
    repeated = rf"[0-9]{{1,3}}({sign}[0-9]{{3}}){{2,}}({decimal}[0-9]*)?"
    with_decimals = rf"[1-9][0-9]{{0,2}}{sign}[0-9]{{3}}{decimal}[0-9]+"
    indian = rf"[1-9][0-9]?({sign}[0-9]{{2}})+{sign}[0-9]{{3}}"
    return re.compile(rf"^(?:{repeated}|{with_decimals}|{indian})$", re.MULTILINE)


def _one_group_pattern(sign: str) -> re.Pattern[str]:
    """Cells such as 1,234, which may be a thousand or one and a bit."""
    return re.compile(rf"^[1-9][0-9]{{0,2}}{re.escape(sign)}[0-9]{{3}}$", re.MULTILINE)


DECISIVE = {
    ",": _decisive_pattern(",", r"[0-9]{1,3}(?:[. '][0-9]{3})+"),
    ".": _decisive_pattern(".", r"[0-9]{1,3}(?:[, '][0-9]{3})+"),
}
GROUPED = {thousands: _grouped_pattern(thousands) for thousands in (",", ".", " ", "'", "_")}
CERTAIN_GROUPS = {sign: _certain_groups_pattern(sign) for sign in (",", ".")}
ONE_GROUP = {sign: _one_group_pattern(sign) for sign in (",", ".")}


def detect_number_signs(cores: Sequence[str], separator: str) -> NumberSigns:
    """The decimal and the thousands sign in the cores of these columns; see read_cores."""
    points = [read_sign(column, ".") for column in cores]
    commas = [read_sign(column, ",") for column in cores]
    decimal = _choose_decimal_sign(points, commas, separator)
    readings = {".": points, ",": commas}
    other = OTHER_SIGN[decimal]
    swapped = []
    for index in range(len(cores)):
        if _is_swapped(readings[decimal][index], readings[other][index]):
            swapped.append(index)
    usual = [column for index, column in enumerate(cores) if index not in swapped]
    thousands = find_thousands_sign(usual, decimal)
    return NumberSigns(decimal, thousands, tuple(swapped))


def find_thousands_sign(cores: Sequence[str], decimal: str) -> str | None:
    """What parts the thousands in any of these columns."""
    for thousands in (OTHER_SIGN[decimal], "'", " ", "_"):
        for column in cores:
            if thousands in column and GROUPED[thousands].search(column):
                return thousands
    return None


def may_hold_thousands(cells: Sequence[str]) -> bool:
    """Whether any cell may have a thousands sign, of a column where one sign is for decimals."""
    text = "\n".join(cells)
    if not text.isascii():
        return True
    if "'" in text or "_" in text or ("." in text and "," in text):
        return True
    return " " in text and SPACED_DIGITS.search(text) is not None


def read_cores(cells: Sequence[str]) -> str:
    """The digits of cells and the signs between these, one line each.

    Other cells are left out; there are none in a column that is mostly of these.
    """
    text = "\n".join(cells)
    if not text.isascii():
        text = text.translate(PLAIN_CHARACTERS)
    cores = []
    for digits, exponent in CORE.findall(text):
        core = digits.rstrip()
        if exponent and ("." in core or "," in core):
            core += "0000"  # 3.556E+02 is no grouped number, and neither is 3.5560000
        cores.append(core)
    if len(cores) < MIN_CORE_FRACTION * len(cells):
        return ""
    return "\n".join(cores)


def read_sign(cores: str, sign: str) -> SignReading | None:
    """What a point or a comma means in a column; None where it has none with a meaning."""
    if sign not in cores:
        return None
    decimal = DECISIVE[sign].search(cores)
    groups = CERTAIN_GROUPS[sign].search(cores)
    if decimal is not None and groups is not None:
        return _vote(cores, sign)
    if decimal is not None:
        return SignReading(Meaning.DECIMAL, is_certain=True, example=decimal[0])
    if groups is not None:
        return SignReading(Meaning.THOUSANDS, is_certain=True, example=groups[0])
    one_group = ONE_GROUP[sign].search(cores)
    if one_group is None:
        return None
    long_whole = LONG_WHOLE.search(cores)
    if long_whole is not None:
        return SignReading(Meaning.DECIMAL, True, one_group[0], (long_whole[0],))
    return _compare_with_whole_numbers(cores, sign)


def _vote(cores: str, sign: str) -> SignReading:
    """A column in which some cells can only have decimals, and others only thousands."""
    decimals = [match[0] for match in DECISIVE[sign].finditer(cores)]
    groups = [match[0] for match in CERTAIN_GROUPS[sign].finditer(cores)]
    if len(groups) > len(decimals):
        return SignReading(Meaning.THOUSANDS, is_certain=True, example=groups[0])
    return SignReading(Meaning.DECIMAL, is_certain=True, example=decimals[0])


def _compare_with_whole_numbers(cores: str, sign: str) -> SignReading:
    """A column of cells such as 3.556: numbers such as 763 beside them show what they are.

    Were 3.556 a fraction, 763 would be far from it. A fraction that ends with a zero, as in 1.210,
    would not stand beside 763, but beside 763.000.
    """
    fractions = [match[0] for match in ONE_GROUP[sign].finditer(cores)]
    wholes = WHOLE.findall(cores)
    example = fractions[0]
    if not wholes:
        return SignReading(Meaning.OPEN, is_certain=False, example=example)
    typical_whole = median(int(whole) for whole in wholes)
    typical_fraction = median(float(cell.replace(sign, ".")) for cell in fractions)
    if typical_whole < MIN_WHOLE_RATIO * typical_fraction:
        return SignReading(Meaning.DECIMAL, False, example, (wholes[0],))
    because = [wholes[0]]
    for cell in fractions:
        if cell.endswith("0"):
            because.append(cell)
            break
    is_certain = len(because) > 1
    return SignReading(Meaning.THOUSANDS, is_certain, example, tuple(because))


def _choose_decimal_sign(
    points: Sequence[SignReading | None], commas: Sequence[SignReading | None], separator: str
) -> str:
    for is_certain in (True, False):
        point_columns = _count(points, Meaning.DECIMAL, is_certain)
        comma_columns = _count(commas, Meaning.DECIMAL, is_certain)
        if comma_columns != point_columns:
            return "," if comma_columns > point_columns else "."
        if point_columns:
            return "."
        if _count(points, Meaning.THOUSANDS, is_certain):
            return ","
        if _count(commas, Meaning.THOUSANDS, is_certain):
            return "."
    if separator != "," and _count(commas, Meaning.OPEN, is_certain=False):
        return ","
    return "."


def _count(readings: Sequence[SignReading | None], meaning: Meaning, is_certain: bool) -> int:
    count = 0
    for reading in readings:
        if reading is None:
            continue
        count += reading.meaning == meaning and reading.is_certain == is_certain
    return count


def _is_swapped(decimal_sign: SignReading | None, other_sign: SignReading | None) -> bool:
    """Whether a column, against the rest of the file, has point and comma the other way round."""
    if decimal_sign is not None:
        return decimal_sign.meaning == Meaning.THOUSANDS and decimal_sign.is_certain
    if other_sign is None:
        return False
    return other_sign.meaning == Meaning.DECIMAL and other_sign.is_certain
