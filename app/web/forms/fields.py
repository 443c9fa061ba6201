"""Reads the text fields of a form as values, and notes what is wrong with them."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.domain.search_space.parameters import Catalogue, Hyperparameter
from app.errors import FieldProblem, Location

USE_A_POINT = "Write numbers with a decimal point, not a comma."
PAIR = re.compile(r"([A-Za-z_0-9]+)=(.+)")


class Assignment(NamedTuple):
    """What `units_1=32` says: a hyperparameter, and the text of its value."""

    hyperparameter: Hyperparameter
    text: str


class FieldReader:
    """Reads the fields of one form. Its problems name the fields that cannot be read."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self.fields = fields
        self.problems: list[FieldProblem] = []

    def refuse(self, location: Location, message: str) -> None:
        """Note a problem."""
        problem = FieldProblem(location, message)
        self.problems.append(problem)

    def text(self, name: str, default: str = "") -> str:
        """The text of a field as it was sent."""
        return self.fields.get(name, default)

    def stripped(self, name: str) -> str:
        """The text of a field without spaces around it."""
        text = self.text(name)
        return text.strip()

    def integer(self, name: str, message: str = "Enter a whole number, 0 or more.") -> int:
        """A whole number of at most 15 digits; 0 with a problem where there is none."""
        text = self.stripped(name)
        if not re.fullmatch(r"\d{1,15}", text):
            self.refuse((name,), message)
            return 0
        return int(text)

    def number(self, name: str) -> float:
        """A number; 0.0 with a problem where there is none."""
        text = self.stripped(name)
        try:
            return float(text)
        except ValueError:
            self.refuse((name,), USE_A_POINT if "," in text else "Enter a number.")
            return 0.0


def split_words(text: str) -> list[str]:
    """The words of a list that is separated by commas, semicolons or spaces outside brackets."""
    words: list[list[str]] = [[]]
    depth = 0
    for character in text:
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth = max(depth - 1, 0)
        if not depth and (character in ",;" or character.isspace()):
            words.append([])
        else:
            words[-1].append(character)
    if depth:  # brackets that nothing closes
        return [word for word in re.split(r"[,;\s]+", text) if word]
    return ["".join(word) for word in words if word]


def parse_assignment(word: str, catalogue: Catalogue) -> Assignment | None:
    """What `units_1=32` says; None where it is not of this form or names no hyperparameter."""
    match = PAIR.fullmatch(word)
    if match is None:
        return None
    name = match[1]
    if name not in catalogue:
        return None
    return Assignment(catalogue[name], match[2])


def format_value(value: object) -> str:
    """A value as a person would type it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.12g}"
    return str(value)


def group_messages(messages: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Messages by the name of the field that each is about, in order."""
    by_field: dict[str, list[str]] = {}
    for name, message in messages:
        by_field.setdefault(name, []).append(message)
    return by_field
