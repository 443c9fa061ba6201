"""Points and commas that could mean two things, and what decided where only one makes sense."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.csv_reading.findings import Finding, FindingKind
from app.domain.csv_reading.numbers.parsing import parse_number
from app.domain.csv_reading.numbers.signs import OTHER_SIGN, Meaning, SignReading, read_sign
from app.domain.csv_reading.series import Choice

if TYPE_CHECKING:
    from app.domain.csv_reading.dialect import Dialect

UNGROUPED = re.compile(r"^[1-9][0-9]{4,}$", re.MULTILINE)  # 12345: this file groups no thousands
SIGN_NAMES = {".": "point", ",": "comma"}


@dataclass(frozen=True)
class SignUse:
    """A point or comma in a column, what it may mean there, and what it is taken for."""

    column: str
    sign: str
    reading: SignReading
    taken_for: Meaning


def find_sign_doubts(cores: Mapping[str, str], dialect: "Dialect") -> list[Finding]:
    """What could be read in another way, or was decided by a few cells. cores: by column."""
    uses = _find_uses(cores, dialect)
    findings = []
    for use in uses:
        if use.column in dialect.swapped_columns:
            findings.append(_report_swapped(use))
    usual = [use for use in uses if use.column not in dialect.swapped_columns]
    doubtful = [use for use in usual if _is_doubtful(use, usual, dialect)]
    if any(UNGROUPED.search(core) for core in cores.values()):
        doubtful = [use for use in doubtful if not _is_open_decimal(use)]
    if doubtful:
        findings.append(_report_doubt(doubtful[0], dialect))
        return findings
    decided = [use for use in usual if _was_decided_by_others(use)]
    if decided:
        findings.append(_report_decision(decided[0]))
    return findings


def _find_uses(cores: Mapping[str, str], dialect: "Dialect") -> list[SignUse]:
    uses = []
    for column, core in cores.items():
        decimal, _ = dialect.signs_of(column)
        for sign in (".", ","):
            reading = read_sign(core, sign)
            if reading is None:
                continue
            taken_for = Meaning.THOUSANDS
            if sign == decimal:
                taken_for = Meaning.DECIMAL
            uses.append(SignUse(column, sign, reading, taken_for))
    return uses


def _is_doubtful(use: SignUse, uses: list[SignUse], dialect: "Dialect") -> bool:
    """Whether neither its own column nor another one decides what a sign means."""
    reading = use.reading
    if reading.is_certain:
        is_contradicted = reading.meaning != use.taken_for
        return is_contradicted and use.taken_for == Meaning.DECIMAL
    if reading.meaning == Meaning.OPEN:
        if _is_shown_elsewhere(use, uses):
            return False
        is_usual = dialect.separator == "," and dialect.decimal == "."
        return not is_usual
    if reading.meaning != use.taken_for:
        return True
    return not _is_shown_elsewhere(use, uses)


def _is_open_decimal(use: SignUse) -> bool:
    return use.reading.meaning == Meaning.OPEN and use.taken_for == Meaning.DECIMAL


def _is_shown_elsewhere(use: SignUse, uses: list[SignUse]) -> bool:
    """Whether a column leaves no doubt that the sign, or the other one, means what is taken."""
    for other in uses:
        if not other.reading.is_certain or other.reading.meaning != other.taken_for:
            continue
        if other.sign == use.sign and other.taken_for == use.taken_for:
            return True
        if other.sign != use.sign and other.taken_for != use.taken_for:
            return True
    return False


def _was_decided_by_others(use: SignUse) -> bool:
    """Whether whole numbers beside 3.556 showed that its point groups digits."""
    return use.taken_for == Meaning.THOUSANDS and len(use.reading.because) > 1


def _report_doubt(use: SignUse, dialect: "Dialect") -> Finding:
    because = ""
    if use.reading.because and use.reading.meaning == use.taken_for:
        because = f", as {_quote_all(use.reading.because)} stands in the same column"
    against = ""
    if use.reading.because and use.reading.meaning != use.taken_for:
        against = f" But {_quote_all(use.reading.because)} stands in the same column."
    return Finding(
        kind=FindingKind.AMBIGUOUS,
        column="",
        message=f'Numbers like "{use.reading.example}" in "{use.column}" could be read in two ways:'
        f" the {SIGN_NAMES[use.sign]} is taken for a {use.taken_for} sign{because}.{against} "
        "Choose the other decimal sign if that is wrong.",
        field="decimal",
        choices=_offer_decimal_signs(use),
    )


def _report_decision(use: SignUse) -> Finding:
    return Finding(
        kind=FindingKind.NUMBERS,
        column="",
        message=f'The {SIGN_NAMES[use.sign]} in "{use.reading.example}" parts thousands, '
        f'as {_quote_all(use.reading.because)} in the same column "{use.column}" show.',
        field="decimal",
        choices=_offer_decimal_signs(use),
    )


def _report_swapped(use: SignUse) -> Finding:
    because = ""
    if use.reading.because:
        because = f", as {_quote_all(use.reading.because)} show"
    return Finding(
        kind=FindingKind.NUMBERS,
        column=use.column,
        message=f'The {SIGN_NAMES[use.sign]} in "{use.reading.example}" of "{use.column}" is read '
        f"as a {use.taken_for} sign, unlike in the other columns{because}.",
    )


def _offer_decimal_signs(use: SignUse) -> tuple[Choice, ...]:
    """Both readings of the example, the one that is taken first."""
    as_decimal = _offer(use, use.sign)
    as_thousands = _offer(use, OTHER_SIGN[use.sign])
    if use.taken_for == Meaning.DECIMAL:
        return (as_decimal, as_thousands)
    return (as_thousands, as_decimal)


def _offer(use: SignUse, decimal: str) -> Choice:
    example = use.reading.example
    number = parse_number(example, decimal, OTHER_SIGN[decimal])
    meaning = "a decimal sign"
    if decimal != use.sign:
        meaning = "a thousands sign"
    sign = SIGN_NAMES[use.sign]
    return Choice(decimal, f'the {sign} is {meaning}: "{example}" is {number:.12g}')


def _quote_all(cells: tuple[str, ...]) -> str:
    return " and ".join(f'"{cell}"' for cell in cells)
