"""What a call in a child process leads to, as it is sent back through a pipe, and how one ends."""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

SIGNAL_MEANINGS = {
    "SIGSEGV": "it crashed in native code",
    "SIGABRT": "it aborted",
    "SIGFPE": "it divided by zero",
}


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


def describe_end(exit_code: int | None) -> str:
    """How a process ended, as the end of a sentence; negative exit codes are signals."""
    if exit_code is None or exit_code >= 0:
        return f"ended with exit code {exit_code}"
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        return f"was ended by signal {-exit_code}"
    end = f"was ended by {name}"
    if name in SIGNAL_MEANINGS:
        end += f": {SIGNAL_MEANINGS[name]}"
    return end
