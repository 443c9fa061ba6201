"""Cuts the text of a filter into words, quoted texts, signs and brackets."""

import re
from dataclasses import dataclass
from enum import StrEnum

from app.domain.filters.tree import FilterError

TOKEN = re.compile(
    r'(?P<quoted>"(?:[^"]|"")*+"?)'
    r"|(?P<sign>[<>!=]=|[<>=≤≥≠])"
    r"|(?P<bracket>[()])"
    r'|(?P<word>(?:[^\s()<>=≤≥≠!"]|!(?!=))+)'
)
VALUE = re.compile(r'[^\s()"]+(?:\([^\s()"]*\)[^\s()"]*)*')  # it may hold signs, and a(b)
SPACES = re.compile(r"\s*")
SAME_SIGNS = {"==": "=", "≤": "<=", "≥": ">=", "≠": "!="}
STRAIGHT_QUOTES = str.maketrans("“”„", '"""')  # what phones make of the straight ones
NEEDS_QUOTES = re.compile(r'[\s()<>=!≤≥≠"“”„]')
JOINING_WORDS = ("and", "or", "not")


class TokenKind(StrEnum):
    """What a token is."""

    WORD = "word"
    QUOTED = "quoted"
    SIGN = "sign"
    OPEN = "("
    CLOSE = ")"
    END = "end"


@dataclass(frozen=True)
class Token:
    """A piece of a filter, without quotes. `start` and `end`: its characters in the text."""

    kind: TokenKind
    text: str
    start: int
    end: int


def split_tokens(text: str) -> list[Token]:
    """The tokens of a filter and one that ends it. Raises FilterError for an open quote."""
    text = text.translate(STRAIGHT_QUOTES)
    tokens: list[Token] = []
    position = _skip_spaces(text, 0)
    while position < len(text):
        token = _read_token(text, position, follows_sign=_is_sign(tokens))
        tokens.append(token)
        position = _skip_spaces(text, token.end)
    tokens.append(Token(TokenKind.END, "", len(text), len(text)))
    return tokens


def quote(text: str) -> str:
    """A name or a value as it is written in a filter: in quotes where it needs them."""
    is_plain = text and not NEEDS_QUOTES.search(text)
    if is_plain and text.casefold() not in JOINING_WORDS:
        return text
    doubled = text.translate(STRAIGHT_QUOTES).replace('"', '""')
    return f'"{doubled}"'


def _skip_spaces(text: str, position: int) -> int:
    spaces = SPACES.match(text, position)
    assert spaces is not None
    return spaces.end()


def _is_sign(tokens: list[Token]) -> bool:
    return bool(tokens) and tokens[-1].kind == TokenKind.SIGN


def _read_token(text: str, position: int, *, follows_sign: bool) -> Token:
    if follows_sign:
        value = VALUE.match(text, position)
        if value is not None:
            return Token(TokenKind.WORD, value[0], position, value.end())
    match = TOKEN.match(text, position)
    if match is None:  # a single "!" before "=" is a sign, so nothing else is left
        raise FilterError(f'"{text[position]}" cannot stand here.', position, position + 1)
    kind = str(match.lastgroup)
    piece = match[0]
    if kind == "quoted":
        return _read_quoted(piece, match.start(), match.end())
    if kind == "sign":
        return Token(TokenKind.SIGN, SAME_SIGNS.get(piece, piece), match.start(), match.end())
    if kind == "bracket":
        return Token(TokenKind(piece), piece, match.start(), match.end())
    return Token(TokenKind.WORD, piece, match.start(), match.end())


def _read_quoted(piece: str, start: int, end: int) -> Token:
    is_closed = len(piece) > 1 and piece.endswith('"')
    if not is_closed:
        message = f'The quotation mark at character {start + 1} is not closed: add a "'
        raise FilterError(f"{message} after the text.", start, end, ('"',))
    return Token(TokenKind.QUOTED, piece[1:-1].replace('""', '"'), start, end)
