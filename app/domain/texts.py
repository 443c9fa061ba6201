"""Texts: how much is kept of those from outside, how they are shown, and lists in sentences."""

from collections.abc import Sequence

MAX_TEXT_BYTES = 20_000  # in UTF-8
BYTES_FOR_NOTE = 60  # that something is left out
MAX_DIGITS = 18  # of a count that is read from a text; Python refuses to read thousands


def shorten(text: str, max_bytes: int = MAX_TEXT_BYTES) -> str:
    """The text, or its beginning and its end where it is long, with what is left out between.

    The middle goes, because tracebacks and many errors end with what matters. The result has at
    most `max_bytes`, so that to shorten it again changes nothing.
    """
    if len(text) <= max_bytes / 4:  # no character takes more than four bytes
        return text
    encoded = text.encode(errors="replace")
    if len(encoded) <= max_bytes:
        return text
    half = (max_bytes - BYTES_FOR_NOTE) // 2
    head = encoded[:half].decode(errors="ignore")
    tail = encoded[-half:].decode(errors="ignore")
    left_out = len(text) - len(head) - len(tail)
    return f"{head} … {left_out:,} characters left out … {tail}"


def read_count(text: str) -> int | None:
    """The number that decimal digits write; None for any other text, and for absurdly many."""
    if not text.isdecimal() or len(text) > MAX_DIGITS:
        return None
    return int(text)


def join_words(words: Sequence[str], conjunction: str = "and") -> str:
    """a, b and c."""
    if len(words) == 1:
        return words[0]
    first_words = ", ".join(words[:-1])
    return f"{first_words} {conjunction} {words[-1]}"


def write_percentage(fraction: float, decimals: int = 1) -> str:
    """A fraction as 12.3 %: without decimals from 1,000 % on, and never as -0."""
    if abs(fraction) >= 10:
        decimals = 0
    percentage = 100 * fraction
    rounded = round(percentage, decimals)
    without_negative_zero = rounded + 0.0
    return f"{without_negative_zero:,.{decimals}f} %"


def make_printable(text: str) -> str:
    """A text that a terminal shows as it is: whatever would steer it is written as an escape."""
    return "".join(map(_escape_unprintable, text))


def _escape_unprintable(character: str) -> str:
    if character.isprintable():
        return character
    escape = character.encode("unicode_escape", "surrogatepass")
    return escape.decode()
