"""What a call in a child process leads to, as it is sent back through a pipe."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Returned:
    """What the function returned."""

    value: Any


@dataclass(frozen=True)
class Raised:
    """What the function raised."""

    error: Exception


def run(function: Callable[..., Any], *arguments: Any) -> Returned | Raised:
    """Call a function. Whatever error it raises belongs to who asked for the call."""
    try:
        return Returned(function(*arguments))
    except Exception as error:
        return Raised(error)
