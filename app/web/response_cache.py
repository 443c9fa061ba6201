"""What several open pages ask for within a moment is made once."""

from collections.abc import Callable
from math import inf
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

SHARED_SECONDS = 0.5  # a page asks every second
MOST_SHARED = 200
Made = TypeVar("Made")


class Sharing(Generic[Made]):
    """What was made by name, each for half a second, and no longer than this server's next write.

    One asker makes it, and others that ask meanwhile wait for what that one makes. What is handed out was begun at most
    half a second before it was asked for. A write of this server ends it all: who pressed Stop sees what came of it.
    Workers' writes are seen half a second later.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._making = (
            Lock()
        )  # one at a time: a page that is opened meanwhile shares the interpreter with no more
        self._made: dict[str, _Kept[Made]] = {}
        self._writes = 0

    def made(self, name: str, writes: int, make: Callable[[], Made]) -> Made:
        """What `make` returned a moment ago under this name, or returns now. `writes`: of this server, so far."""
        asked = monotonic()
        kept = self._of(name, writes)
        with kept.lock:
            if kept.began < asked - SHARED_SECONDS:
                with self._making:
                    began = monotonic()
                    kept.what = [make()]
                    kept.began = began
            return kept.what[0]

    def _of(self, name: str, writes: int) -> "_Kept[Made]":
        with self._lock:
            if writes != self._writes or (
                len(self._made) >= MOST_SHARED and name not in self._made
            ):
                self._made, self._writes = {}, writes
            return self._made.setdefault(name, _Kept())


class _Kept(Generic[Made]):
    """What was made last under one name, and when its making began."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.what: list[Made] = []
        self.began = -inf
