"""What stands around the digits of a number: signs, brackets, currencies, multipliers, units."""

import re
from dataclasses import dataclass

from app.domain.csv_reading.numbers.words import (
    CURRENCIES,
    CURRENCY,
    MULTIPLIERS,
    normalise_cell,
)

MULTIPLIER = "|".join(re.escape(word) for word in sorted(MULTIPLIERS, key=len, reverse=True))
AROUND_ONE = re.compile(
    rf"^([+-]?) ?({CURRENCY} ?)?([+-]?)1(?: ?({MULTIPLIER}))?(?: ?({CURRENCY}))?( ?%)?$"
)
BOUND = re.compile(r"^(?:[<>]=?|[\u2264\u2265~\u2248])[ =]?")
MARK = re.compile(r"(?: ?[*\u2020\u2021]{1,3}| ?\([a-z]{1,2}\)| [bcdefinprsuz]{1,3})$")
UNIT = re.compile(
    r"^([+-]?1) ?([^\W\d_\u00ba][^\s,;:()]{0,14}|[\u00b0\u00ba\u00b5\u2030\"'][^\s,;:()\d]{0,14})$"
)


@dataclass(frozen=True)
class Affix:
    """What stands around digits, and what it makes of them.

    factor: what they are multiplied with, negative for a negative number. is_bound: the number is
    only a bound, as in <1. unit: an unknown word behind the number. mark: a footnote's.
    """

    factor: float
    currency: str = ""
    multiplier: str = ""
    is_percent: bool = False
    mark: str = ""
    unit: str = ""
    is_bound: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing but a sign."""
        return self in (Affix(1.0), Affix(-1.0))


def read_affix(before: str, after: str) -> Affix | None:
    """What stands before and after the digits of a cell; None where the cell is no number."""
    text = normalise_cell(f"{before}1{after}")
    affix = _read_amount(text)
    if affix is not None:
        return affix
    bound = BOUND.match(text)
    if bound is not None:
        amount = _read_amount(text[bound.end() :])
        return _replace(amount, is_bound=True)
    mark = MARK.search(text)
    if mark is not None:
        amount = _read_amount(text[: mark.start()])
        if amount is not None:
            return _replace(amount, mark=mark[0].strip())
    unit = UNIT.match(text)
    if unit is not None:
        return Affix(float(unit[1]), unit=unit[2])
    return None


def _replace(affix: Affix | None, *, is_bound: bool = False, mark: str = "") -> Affix | None:
    if affix is None:
        return None
    return Affix(
        factor=affix.factor,
        currency=affix.currency,
        multiplier=affix.multiplier,
        is_percent=affix.is_percent,
        mark=mark,
        is_bound=is_bound,
    )


def _read_amount(text: str) -> Affix | None:
    """An amount of 1 in some currency, also where a minus follows or brackets stand for one."""
    factor = 1.0
    match = AROUND_ONE.match(text)
    if match is None:
        positive = _remove_brackets(text)
        if positive is None:
            return None
        match = AROUND_ONE.match(positive)
        factor = -1.0
    if match is None:
        return None
    sign, currency_before, sign_behind, multiplier, currency_behind, percent = match.groups()
    signs = sign + sign_behind
    if len(signs) > 1:
        return None
    if signs and factor < 0:
        return None
    if signs == "-":
        factor = -1.0
    if multiplier:
        factor *= MULTIPLIERS[multiplier]
    currency = currency_before or currency_behind or ""
    return Affix(
        factor=factor,
        currency=currency.strip(),
        multiplier=multiplier or "",
        is_percent=bool(percent),
    )


def _remove_brackets(text: str) -> str | None:
    """(1), $(1) and (1)% without their brackets, and 1- without its minus; None for others."""
    if text.endswith("-"):
        return text[:-1].rstrip()
    opening = text.find("(")
    if opening < 0:
        return None
    before = text[:opening].rstrip()
    if before and before not in CURRENCIES:
        return None
    content, closing, after = text[opening + 1 :].partition(")")
    after = after.strip()
    if not closing or after not in ("", "%", *CURRENCIES):
        return None
    inside = content.strip()
    return f"{before}{inside}{after}"
