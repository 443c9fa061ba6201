"""Reads the value of a condition as its name takes it, and says what it takes otherwise."""

from math import isnan

from app.domain.filters.names import FilterName, ValueKind, near_words
from app.domain.filters.tokens import Token, quote
from app.domain.filters.tree import FilterError, FilterValue
from app.domain.texts import join_words

YES_WORDS = ("yes", "true", "on", "1")
NO_WORDS = ("no", "false", "off", "0")
MAX_SHOWN_CHOICES = 12
MAX_SHOWN_CHARACTERS = 40


def read_value(name: FilterName, token: Token) -> FilterValue:
    """The value that a token is for a name. Raises FilterError where it is none."""
    if name.kind == ValueKind.NUMBER:
        return _read_number(name, token)
    if name.kind == ValueKind.FLAG:
        return _read_flag(name, token)
    if name.kind == ValueKind.CHOICE:
        return _read_choice(name, token)
    return token.text


def describe_values(name: FilterName) -> str:
    """What a name takes, in words."""
    if name.kind == ValueKind.NUMBER:
        return f"a number of {name.unit}" if name.unit else "a number"
    if name.kind == ValueKind.FLAG:
        return "yes or no"
    if name.kind == ValueKind.CHOICE:
        return _list_choices(name.choices)
    return "a word, or a text in quotes"


def shorten_piece(text: str) -> str:
    """What somebody wrote, short enough to be quoted in a message."""
    if len(text) <= MAX_SHOWN_CHARACTERS:
        return text
    return f"{text[:MAX_SHOWN_CHARACTERS]}…"


def _read_number(name: FilterName, token: Token) -> float:
    text = token.text
    try:
        number = _parse_number(text)
    except ValueError:
        number = float("nan")
    if not isnan(number):
        return number
    message = _refuse(name, token)
    if "," in text:
        message += " Write a decimal point, not a comma."
    raise FilterError(message, token.start, token.end)


def _parse_number(text: str) -> float:
    """A number; 12% is 0.12."""
    if text.endswith("%"):
        return float(text[:-1]) / 100
    return float(text)


def _read_flag(name: FilterName, token: Token) -> bool:
    word = token.text.casefold()
    if word in YES_WORDS:
        return True
    if word in NO_WORDS:
        return False
    raise FilterError(_refuse(name, token), token.start, token.end, ("yes", "no"))


def _read_choice(name: FilterName, token: Token) -> str:
    if token.text in name.choices:
        return token.text
    word = token.text.casefold()
    for choice in name.choices:
        if choice.casefold() == word:
            return choice
    near = near_words(token.text, name.choices) or list(name.choices[:MAX_SHOWN_CHOICES])
    offered = tuple(map(quote, near))
    raise FilterError(_refuse(name, token), token.start, token.end, offered)


def _refuse(name: FilterName, token: Token) -> str:
    expected = describe_values(name)
    written = shorten_piece(token.text)
    return f'{name.name} takes {expected}, not "{written}" (character {token.start + 1}).'


def _list_choices(choices: tuple[str, ...]) -> str:
    shown = [quote(choice) for choice in choices[:MAX_SHOWN_CHOICES]]
    if len(choices) > MAX_SHOWN_CHOICES:
        shown.append(f"one of {len(choices) - MAX_SHOWN_CHOICES} more")
    return join_words(shown, "or")
