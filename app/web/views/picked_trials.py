"""The trials ticked for a comparison, which the address of an experiment's page keeps."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from app.services.comparison import MAX_COMPARED_TRIALS

PICKED = "picked"  # the name in the query, as in ?picked=3,7
MAX_PICKED_TEXT = 200


@dataclass(frozen=True)
class PickedTrials:
    """Numbers of trials, in the order in which they were ticked."""

    numbers: tuple[int, ...] = ()
    most: int = MAX_COMPARED_TRIALS

    @property
    def is_full(self) -> bool:
        """Whether no further trial can be ticked."""
        return len(self.numbers) >= self.most

    @property
    def reason(self) -> str:
        """Why no further trial can be ticked."""
        return f"At most {self.most} trials are compared at once: untick one first."

    def text_without(self, shown: Iterable[int]) -> str:
        """The numbers that are not among those shown, such as "3,7"."""
        left_out = set(shown)
        return ",".join(str(number) for number in self.numbers if number not in left_out)


NOTHING_PICKED = PickedTrials()


def parse_picked(text: str) -> PickedTrials:
    """Read "3,7". What is no number is left out, and so is what goes beyond the most."""
    words = re.findall(r"[0-9]{1,9}", text)
    numbers = dict.fromkeys(int(word) for word in words)
    return PickedTrials(tuple(numbers)[:MAX_COMPARED_TRIALS])
