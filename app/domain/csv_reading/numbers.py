"""Numbers as people write them: decimal and thousands signs, currencies, per cent, K, M and B."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

MISSING = frozenset(
    {"", "na", "n/a", "nan", "null", "none", "nil", "-", "--", ".", "..", "#n/a", "?", "nat"}
)
LARGEST = 1e100  # squares and sums of anything smaller stay finite
THOUSANDS = ("", ",", ".", " ", "'")
CURRENCIES = ("$", "€", "£", "¥")
SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-", "\u2019": "'"})
TIMES = {"K": 1e3, "M": 1e6, "B": 1e9}
UNITS = (*CURRENCIES, "%", *TIMES)  # what may follow a number
CERTAIN = {  # cells that leave no doubt that this is the decimal sign
    sign: re.compile(
        rf"^[+-]?((\d+|{grouped}){re.escape(sign)}(\d{{1,2}}|\d{{4,}})|0?{re.escape(sign)}\d+"
        rf"|({grouped}|\d{{4,}}){re.escape(sign)}\d+)$"
    )
    for sign, grouped in ((",", r"\d{1,3}([. ']\d{3})+"), (".", r"\d{1,3}([, ']\d{3})+"))
}
GROUPS = {
    sign: re.compile(rf"^[+-]?[1-9]\d{{0,2}}({re.escape(sign)}\d{{3}})+([.,]\d*)?$")
    for sign in THOUSANDS[1:]
}
MANY_GROUPS = {
    sign: re.compile(rf"^[+-]?\d{{1,3}}({re.escape(sign)}\d{{3}}){{2,}}$") for sign in ",."
}
DOUBTFUL = re.compile(r"^[+-]?[1-9]\d{0,2},\d{3}$")  # 1,234 may be a thousand or one and a bit


def recognise_signs(cells: Iterable[str], separator: str) -> tuple[str, str | None]:
    """The decimal sign and the thousands sign, None where there is none."""
    plain = [bare(cell) for cell in cells]
    certain = {
        sign: sum(bool(pattern.match(cell)) for cell in plain) for sign, pattern in CERTAIN.items()
    }
    many = {
        sign: any(pattern.match(cell) for cell in plain) for sign, pattern in MANY_GROUPS.items()
    }
    doubtful = separator != "," and not many[","] and any(DOUBTFUL.match(cell) for cell in plain)
    decided = certain[","] != certain["."]
    comma = certain[","] > certain["."] if decided else (doubtful and not certain["."]) or many["."]
    decimal, other = (",", ".") if comma else (".", ",")
    for sign in (other, "'", " "):
        if any(GROUPS[sign].match(cell) for cell in plain):
            return decimal, sign
    return decimal, None


def doubtful_cell(cells: Sequence[str], decimal: str) -> str | None:
    """A cell that could be read another way, where none settles the matter."""
    plain = [bare(cell) for cell in cells]
    if any(CERTAIN[decimal].match(cell) for cell in plain) or any(
        MANY_GROUPS[","].match(cell) for cell in plain
    ):
        return None
    return next((cell for cell in plain if DOUBTFUL.match(cell)), None)


def bare(cell: str) -> str:
    """A cell without currency, per cent or multiplier, its odd spaces and signs made plain."""
    text = cell.strip().translate(SPACES)
    sign = text[:1] if text.startswith(("+", "-")) else ""
    unsigned = text.removeprefix(sign).lstrip()
    if unsigned.startswith(CURRENCIES):
        text = sign + unsigned[1:].lstrip()
    if text.endswith(UNITS):
        text = text[:-1].rstrip()
    return text


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    return cell.strip().lower() in MISSING


def number(cell: str, decimal: str, thousands: str | None) -> float:
    """A cell as a number, NaN when it is none (or too large to reckon with)."""
    return float(number_column([cell], decimal, thousands)[0])


def number_column(cells: Sequence[str], decimal: str, thousands: str | None) -> NDArray[np.float64]:
    """Cells as numbers, shape (rows,), NaN where there is none. A million takes about two seconds.

    No two parts of the pattern that stand next to each other match the same text, so a long cell takes linear time.
    """
    match = _pattern(decimal, thousands).match
    found = np.full(len(cells), np.nan)
    for place, cell in enumerate(cells):
        written = match((cell if cell.isascii() else cell.translate(SPACES)).strip())
        if written is None:
            continue
        sign, digits, times = written.groups()
        if thousands:
            digits = digits.replace(thousands, "")
        found[place] = (
            float(digits.replace(decimal, "."))
            * (-1 if sign == "-" else 1)
            * (TIMES[times] if times else 1)
        )
    return np.where(np.abs(found) <= LARGEST, found, np.nan)


@cache
def _pattern(decimal: str, thousands: str | None) -> re.Pattern[str]:
    grouped = rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+|" if thousands else ""
    sign = re.escape(decimal)
    digits = rf"((?:(?:{grouped}\d+)(?:{sign}\d*)?|{sign}\d+)(?:[eE][+-]?\d{{1,4}})?)"
    return re.compile(rf"^([+-]?)\s*(?:[$€£¥]\s*)?{digits}\s*(?:[%$€£¥]|([KMB]))?$", re.ASCII)
