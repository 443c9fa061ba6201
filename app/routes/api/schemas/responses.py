"""What every part of the API answers with: lists and refusals."""

from typing import Any, Generic, TypeVar

from pydantic import BaseModel

Item = TypeVar("Item")

REFUSALS = {
    400: "The body cannot be parsed.",
    404: "There is no such thing.",
    409: "The thing is in a state in which this cannot be done.",
    413: "More bytes than the limit allows.",
    422: "Something that was sent cannot be accepted; each problem names where it is.",
}


class Listing(BaseModel, Generic[Item]):
    """A list, or one page of it; `total` counts all pages."""

    items: list[Item]
    total: int

    @classmethod
    def whole(cls, items: list[Item]) -> "Listing[Item]":
        """A list that has no further pages."""
        return cls(items=items, total=len(items))


class OfferedChoice(BaseModel):
    """A value that a field can be set to, and what that means."""

    value: str
    label: str


class Problem(BaseModel):
    """One thing that is wrong: where (as in ["body", "space", "units_1"]) and what, in words.

    `choices`: the values to choose from, where the field has a few. The first one is the likeliest.
    """

    loc: list[str | int]
    msg: str
    choices: list[OfferedChoice] | None = None


class Refusal(BaseModel):
    """Why something was not done."""

    detail: list[Problem]


def refusals(
    *statuses: int, invalid_example: dict[str, Any] | None = None
) -> dict[int | str, dict[str, Any]]:
    """The documentation of these refusals; 422 is always possible, and may have an example."""
    documentation: dict[int | str, dict[str, Any]] = {}
    for status in (*statuses, 422):
        documentation[status] = {
            "model": Refusal,
            "description": REFUSALS[status],
        }
    if invalid_example is not None:
        documentation[422]["content"] = {"application/json": {"example": invalid_example}}
    return documentation
