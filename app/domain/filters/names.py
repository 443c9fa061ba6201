"""The names that a filter may use, what each takes as a value, and which are near a wrong one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from enum import StrEnum

ALL_SIGNS = ("=", "!=", "<", "<=", ">", ">=")
EQUAL_SIGNS = ("=", "!=")
MAX_NEAR_NAMES = 4
MAX_COMPARED_CHARACTERS = 60  # of a wrong name: comparing takes time
MAX_COMPARED_WORDS = 500
MIN_SIMILARITY = 0.6
PARAMETER_PREFIX = "parameters."


class ValueKind(StrEnum):
    """What a name is compared with."""

    NUMBER = "number"
    CHOICE = "choice"  # one of `choices`
    FLAG = "flag"  # yes or no
    TEXT = "text"


@dataclass(frozen=True)
class FilterName:
    """One name. `heading`: what the table calls it. `unit`: what its numbers count, in words."""

    name: str
    kind: ValueKind
    choices: tuple[str, ...] = ()
    heading: str = ""
    unit: str = ""

    @property
    def signs(self) -> tuple[str, ...]:
        """The signs that may follow it."""
        if self.kind == ValueKind.NUMBER:
            return ALL_SIGNS
        return EQUAL_SIGNS


@dataclass(frozen=True)
class NearNames:
    """Names and headings near a wrong one, and how near the first one is: at most 1."""

    names: tuple[str, ...]
    similarity: float


class Vocabulary:
    """All names of one table. Upper and lower case, and the number of spaces, make no difference.

    A name stands before the heading of another.
    """

    def __init__(self, names: Iterable[FilterName]) -> None:
        self.names = tuple(names)
        self._by_key: dict[str, FilterName] = {}
        for name in self.names:
            self._by_key.setdefault(_make_key(name.name), name)
        for name in self.names:
            if name.heading:
                self._by_key.setdefault(_make_key(name.heading), name)
        self.max_words = max((len(key.split()) for key in self._by_key), default=1)

    def find(self, text: str) -> FilterName | None:
        """The name that a text stands for; None where it is none."""
        key = _make_key(text)
        return self._by_key.get(key) or self._by_key.get(key.removeprefix(PARAMETER_PREFIX))

    def find_near(self, text: str) -> "NearNames":
        """Names and headings that look like a wrong one, the nearest first."""
        key = _make_key(text)
        near_keys = near_words(key, tuple(self._by_key))
        similarity = 0.0
        if near_keys:
            similarity = SequenceMatcher(None, near_keys[0], key[:MAX_COMPARED_CHARACTERS]).ratio()
        written: dict[str, str] = {}
        for near_key in near_keys:
            written.setdefault(self._by_key[near_key].name, self._write(near_key))
        return NearNames(tuple(written.values()), similarity)

    def _write(self, key: str) -> str:
        name = self._by_key[key]
        if key == _make_key(name.heading):
            return name.heading
        return name.name


def near_words(word: str, words: Sequence[str]) -> list[str]:
    """Those of some words that look like one, the nearest first."""
    compared = word[:MAX_COMPARED_CHARACTERS]
    return get_close_matches(compared, words[:MAX_COMPARED_WORDS], MAX_NEAR_NAMES, MIN_SIMILARITY)


def _make_key(text: str) -> str:
    return " ".join(text.casefold().split())
