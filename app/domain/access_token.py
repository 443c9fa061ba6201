"""What makes an access token too easy to guess."""

import re
from itertools import pairwise
from secrets import token_urlsafe

MIN_LENGTH = 12
MIN_DIFFERENT_CHARACTERS = 6
MIN_CHARACTERS_BESIDE_COMMON_ONES = 6
COMMON_WORDS = (
    "foretune",
    "password",
    "passwort",
    "passw0rd",
    "qwertyuiop",
    "qwertzuiop",
    "asdfghjkl",
    "qwerty",
    "changeme",
    "letmein",
    "iloveyou",
    "welcome",
    "dashboard",
    "localhost",
    "server",
    "secret",
    "access",
    "default",
    "example",
    "admin",
    "token",
    "login",
    "guest",
    "root",
    "user",
    "test",
    "demo",
)
YEAR = re.compile(r"(19|20)\d\d")


def find_weakness(token: str) -> str | None:
    """Why a token is easy to guess, as the end of a sentence; None where it is not."""
    if len(token) < MIN_LENGTH:
        return f"it is shorter than {MIN_LENGTH} characters"
    n_different = len(set(token))
    if n_different < MIN_DIFFERENT_CHARACTERS:
        return f"it has only {n_different} different characters"
    if _period(token) < MIN_LENGTH:
        return "it repeats the same characters"
    if _count_without_common_ones(token) < MIN_CHARACTERS_BESIDE_COMMON_ONES:
        return "it is a common word, or the usual characters in their order"
    return None


def suggest_token() -> str:
    """A random token."""
    return token_urlsafe(24)


def _period(token: str) -> int:
    """How many characters repeat to make a token: 3 of abcabcabc, all of one without repeats."""
    twice = token + token
    return twice.index(token, 1)


def _count_without_common_ones(token: str) -> int:
    """How many characters are left without common words, years, and runs such as 1234 and aaaa."""
    text = token.lower()
    for word in COMMON_WORDS:
        text = text.replace(word, "")
    text = YEAR.sub("", text)
    n_left = len(text[:1])
    for before, after in pairwise(text):
        distance = ord(after) - ord(before)
        if distance not in (-1, 0, 1):
            n_left += 1
    return n_left
