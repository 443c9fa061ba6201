"""Errors of the services: a request cannot be met, and the message tells the user why."""

from dataclasses import dataclass

Location = tuple[str | int, ...]


@dataclass(frozen=True)
class OfferedValue:
    """A value that a field can be set to, and what that means."""

    value: str
    label: str


@dataclass(frozen=True)
class FieldProblem:
    """One message at one field. `loc` is the path to it, such as ("space", "units_1").

    offered: the values to choose from, where the field is one of a few.
    """

    loc: Location
    message: str
    offered: tuple[OfferedValue, ...] = ()


class NotFound(Exception):
    """What was asked for does not exist (404)."""


class Conflict(Exception):
    """The state of a thing does not allow this (409)."""


class TooLarge(Exception):
    """More bytes than the limit allows (413)."""


class Busy(Exception):
    """Too much of this is being done at the moment (503)."""


class Invalid(Exception):
    """What was sent cannot be accepted; one problem or more (422)."""

    def __init__(self, problems: list[FieldProblem]) -> None:
        messages = [problem.message for problem in problems]
        super().__init__("; ".join(messages))
        self.problems = problems
