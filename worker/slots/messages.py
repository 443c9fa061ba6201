"""What a worker and its slots send each other over their pipe, beside the outcome of a call."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Call:
    """To a slot: run this function."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Warm:
    """From a slot, once: the engine is loaded, calls are welcome."""


@dataclass(frozen=True)
class NotWarm:
    """From a slot, once: why it could not load the engine. Its process ends."""

    reason: str


@dataclass(frozen=True)
class Waiting:
    """From a slot during a call: why it cannot go on. An empty reason: it goes on again."""

    reason: str
