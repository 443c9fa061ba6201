"""What a filter says, as a tree: conditions and searched texts, joined by and and or."""

from dataclasses import dataclass

FilterValue = str | float | bool


@dataclass(frozen=True)
class Condition:
    """One name compared with one value, which is of the kind that the name takes."""

    name: str
    sign: str
    value: FilterValue


@dataclass(frozen=True)
class TextSearch:
    """A text that a trial must contain somewhere."""

    text: str


@dataclass(frozen=True)
class AllOf:
    """Every part must hold. Without parts, it always does."""

    parts: tuple["FilterNode", ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one part must hold."""

    parts: tuple["FilterNode", ...]


FilterNode = Condition | TextSearch | AllOf | AnyOf


class FilterError(Exception):
    """A filter that cannot be read.

    start, end: the characters of the text that are wrong. offered: texts that could stand there.
    """

    def __init__(self, message: str, start: int, end: int, offered: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.offered = offered
