"""What several open pages ask for within a moment is made once."""

from collections.abc import Callable
from math import inf
from threading import Lock
from time import monotonic

SHARED_SECONDS = 0.5  # a page asks every second
MOST_SHARED = 200


class Sharing:
    """Bodies of answers by address, each for half a second, and no longer than this server's next write.

    One asker makes it, and others that ask meanwhile wait for what that one makes. What is handed out was begun at most
    half a second before it was asked for. A write of this server ends it all: who pressed Stop sees what came of it.
    Workers' writes are seen half a second later.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._making = Lock()  # one at a time: a page that is opened meanwhile shares the interpreter with no more
        self._made: dict[str, _Made] = {}
        self._writes = 0

    def body(self, address: str, writes: int, make: Callable[[], bytes]) -> bytes:
        """What `make` returned a moment ago for this address, or returns now. `writes`: of this server, so far."""
        asked = monotonic()
        made = self._of(address, writes)
        with made.lock:
            if made.began < asked - SHARED_SECONDS:
                with self._making:
                    began = monotonic()
                    made.body = make()
                    made.began = began
            return made.body

    def _of(self, address: str, writes: int) -> "_Made":
        with self._lock:
            if writes != self._writes or (len(self._made) >= MOST_SHARED and address not in self._made):
                self._made, self._writes = {}, writes
            return self._made.setdefault(address, _Made())


class _Made:
    """The last answer to one address, and when its making began."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.body, self.began = b"", -inf
