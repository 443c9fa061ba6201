"""Single lines of a text by their number, however long the text is."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

LINE_FEED = 10
MAX_SHOWN_CHARACTERS = 400


class NumberedLine(NamedTuple):
    """A line of a file as it is shown: the first one has the number 1."""

    number: int
    text: str


class FileLines:
    """The lines of a text whose lines end with line feeds.

    Lines are looked up in the text's bytes: a list of them all would take several times the memory.
    """

    def __init__(self, text: str) -> None:
        self._content = text.encode("utf-8", "replace")
        content = np.frombuffer(self._content, dtype=np.uint8)
        self._ends = np.flatnonzero(content == LINE_FEED)

    def select(self, numbers: Iterable[int]) -> list[NumberedLine]:
        """The lines with these numbers, their ends left out where they are long."""
        lines = []
        for number in numbers:
            text = self._find(number)
            lines.append(NumberedLine(number, text[:MAX_SHOWN_CHARACTERS]))
        return lines

    def _find(self, number: int) -> str:
        """The text of a line; empty for one that is not there."""
        index = number - 1
        if not 0 <= index <= len(self._ends):
            return ""
        start = 0
        if index > 0:
            start = int(self._ends[index - 1]) + 1
        end = len(self._content)
        if index < len(self._ends):
            end = int(self._ends[index])
        line = self._content[start:end]
        return line.decode("utf-8", "replace")
