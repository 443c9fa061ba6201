"""The language of date formats: strftime's directives and more, as patterns and for people.

    %Y %y %m %d %H %I %M %S %f %j %G %V %u   numbers, as in strptime
    %{1930}y    two digits of a year from 1930 to 2029; %y is 1969 to 2068
    %b %a %p    the name of a month or weekday in many languages; forenoon or afternoon
    %z          an offset, or the name of a zone that stands for one
    %q %h       a quarter, a half of a year
    %D          a day with an English ending: 4th
    %T %N       a time as a number without zeros in front: 93000 and 930 are half past nine
    %*          the rest of the cell, such as the end of an interval
    [ ]         what some cells lack

A space is one or more spaces. Formats without a % are counts, see date_counts.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from app.domain.csv_reading.dates.counts import COUNTS, describe_count

DEFAULT_PIVOT = 1969  # the first year that two digits stand for
MAX_FORMAT_LENGTH = 100
MAX_BRACKETS = 3
EXAMPLE = datetime(2021, 12, 31, 17, 45, 30)
ONE_OR_TWO_DIGITS = r"(\d{1,2})"
TWO_DIGITS = r"(\d\d)"
PATTERNS = {
    "Y": r"(\d{4})",
    "y": TWO_DIGITS,
    "G": r"(\d{4})",
    "j": r"(\d{1,3})",
    "u": r"([1-7])",
    "q": r"0?([1-4])",
    "h": r"([12])",
    "f": r"(\d{1,12})",
    "T": r"(\d{1,6})",
    "N": r"(\d{1,4})",
    "D": r"(\d{1,2})(?:st|nd|rd|th|er|[.oaºª])?",
    "b": r"([^\W\d_]{1,20})\.?",
    "a": r"[^\W\d_]{1,20}(?:-feira)?\.?",
    "p": r"([ap]\. ?m\.?|[^\W\d_.]\.[^\W\d_.]\.|[^\W\d_]{1,2})",
    "z": r" ?([+-]\d\d(?::?\d\d)?|[^\W\d_]{1,5}(?: ?[+-]\d{1,2}(?::?\d\d)?)?)"
    r"(?: \([^()]{0,60}\))?",
    "*": r"\S.{0,99}",
}
MAYBE_SHORT = ("m", "d", "H", "I", "M", "S", "V")  # one or two digits, unless others are beside
LONG_NAMES = {"B": "b", "A": "a"}  # the patterns match names of any length
WITHOUT_VALUE = ("a", "*")
NUMBERS = frozenset("YyGjuqhfTNmdHIMSV")


@dataclass(frozen=True)
class CompiledFormat:
    """A format as a pattern; `fields`: the directive each of its groups belongs to."""

    pattern: re.Pattern[str]
    fields: tuple[str, ...]
    pivot: int


PIECE = re.compile(r"%\{\d{4}\}y|%.|[\[\]]|\s+|[^%\[\]\s]", re.DOTALL)


def split_format(date_format: str) -> list[str]:
    """The directives, brackets, spaces and letters of a format."""
    return PIECE.findall(date_format)


def is_date_format(date_format: str) -> bool:
    """Whether this is a format that dates can be read with."""
    if date_format in COUNTS:
        return True
    try:
        compiled = compile_format(date_format)
    except ValueError:
        return False
    years = {"Y", "y", "G"}
    return bool(years.intersection(compiled.fields))


def describe_format(date_format: str) -> str:
    """How 17:45:30 on the last day of 2021 is written in this format, for people."""
    if date_format in COUNTS:
        return describe_count(date_format, EXAMPLE)
    if not is_date_format(date_format):
        return date_format
    return write_date(EXAMPLE, date_format)


@lru_cache(maxsize=256)
def compile_format(date_format: str) -> CompiledFormat:
    """A format as a pattern. Raises ValueError for what is no format."""
    if len(date_format) > MAX_FORMAT_LENGTH:
        raise ValueError("This format is too long.")
    pieces = split_format(date_format)
    pattern = ""
    fields: list[str] = []
    pivot = DEFAULT_PIVOT
    for index, piece in enumerate(pieces):
        if piece == "[":
            pattern += "(?:"
        elif piece == "]":
            pattern += ")?"
        elif piece.isspace():
            pattern += " {1,4}"
        elif not piece.startswith("%"):
            pattern += re.escape(piece)
        else:
            field = LONG_NAMES.get(piece[-1], piece[-1])
            if piece.startswith("%{"):
                pivot = int(piece[2:6])
            is_glued = index > 0 and _is_number(pieces[index - 1])
            pattern += _field_pattern(field, is_glued=is_glued)
            if field not in WITHOUT_VALUE:
                fields.append(field)
    _refuse_repeats(pieces)
    try:
        compiled = re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ValueError("Its brackets do not match.") from error
    return CompiledFormat(compiled, tuple(fields), pivot)


def _refuse_repeats(pieces: list[str]) -> None:
    """Raise ValueError for a format whose pattern could match the same text in many ways."""
    directives = []
    for piece in pieces:
        if piece.startswith("%"):
            directives.append(LONG_NAMES.get(piece[-1], piece[-1]))
    if len(set(directives)) < len(directives):
        raise ValueError("A part of the date is named twice.")
    if pieces.count("[") > MAX_BRACKETS:
        raise ValueError("There are too many brackets.")
    if "*" in directives and pieces[-1] != "%*":
        raise ValueError("Nothing can be read behind the rest of the cell.")


def write_date(moment: datetime, date_format: str) -> str:
    """A moment in a format that is no count."""
    text = ""
    if "%V" in date_format:
        date_format = date_format.replace("%Y", "%G")
    for piece in split_format(date_format):
        if piece in ("[", "]"):
            continue
        if piece.startswith("%"):
            piece = _write_field(moment, piece[-1])
        text += piece
    return text


def replace_years(date_format: str, pivot: int) -> str:
    """The format with its years of two digits beginning at another one."""
    return date_format.replace("%y", f"%{{{pivot}}}y")


def _is_number(piece: str) -> bool:
    return piece.startswith("%") and piece[-1] in NUMBERS


def _field_pattern(field: str, *, is_glued: bool) -> str:
    if field in MAYBE_SHORT:
        if is_glued:
            return TWO_DIGITS
        return ONE_OR_TWO_DIGITS
    if field == "j" and is_glued:
        return r"(\d{3})"
    if field not in PATTERNS:
        raise ValueError(f"%{field} is not known.")
    return PATTERNS[field]


def _write_field(moment: datetime, field: str) -> str:
    quarter = (moment.month + 2) // 3
    half = (moment.month + 5) // 6
    own = {
        "q": str(quarter),
        "h": str(half),
        "z": "+00:00",
        "D": _with_ending(moment.day),
        "T": str(int(moment.strftime("%H%M%S"))),
        "N": str(int(moment.strftime("%H%M"))),
        "*": "…",
    }
    if field in own:
        return own[field]
    return moment.strftime(f"%{field}")


def _with_ending(day: int) -> str:
    ending = "th"
    if day % 10 in (1, 2, 3) and day not in (11, 12, 13):
        ending = ("st", "nd", "rd")[day % 10 - 1]
    return f"{day}{ending}"
