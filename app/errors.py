"""What a service answers when it cannot do what was asked, in words for the user."""

from dataclasses import dataclass

Location = tuple[str | int, ...]


@dataclass(frozen=True)
class FieldProblem:
    """One message at one field. `loc` is the path to it, e.g. ("space", "units_1")."""

    loc: Location
    message: str


class NotFound(Exception):
    """There is no such thing (404)."""


class Conflict(Exception):
    """The thing is in a state in which this cannot be done (409)."""


class TooLarge(Exception):
    """More bytes than the limit allows (413)."""


class Invalid(Exception):
    """What was sent cannot be accepted, field by field (422)."""

    def __init__(self, problems: list[FieldProblem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems
