"""Ends the process of a program that does not come back although nobody waits for it any more.

A program may hang anywhere: while it is loaded, while it builds, inside model.fit. Nothing short of the end of its
process stops it for sure; the slot pool starts another.
"""

import threading
import time
from collections.abc import Callable

CHECK_SECONDS = 5.0
GRACE_SECONDS = 60.0
EPOCHS = 3  # or so many times the longest time between two signs of life, whichever is longer


class Guard:
    """Watches one run. `unwanted` says whether nobody wants it; `give_up` stores that and ends the process."""

    def __init__(self, unwanted: Callable[[], bool], give_up: Callable[[], None]) -> None:
        self._unwanted, self._give_up = unwanted, give_up
        self._over = threading.Event()
        self._alive_at = time.monotonic()
        self._longest = 0.0
        threading.Thread(target=self._watch, name="guard", daemon=True).start()

    def alive(self) -> None:
        """The program gave a sign of life: an epoch."""
        now = time.monotonic()
        self._longest = max(self._longest, now - self._alive_at)
        self._alive_at = now

    def end(self) -> None:
        """The run is over."""
        self._over.set()

    def _watch(self) -> None:
        unwanted_since = None
        while not self._over.wait(min(CHECK_SECONDS, GRACE_SECONDS)):
            if not self._is_unwanted():
                unwanted_since = None
                continue
            unwanted_since = unwanted_since or time.monotonic()
            since = max(unwanted_since, self._alive_at)
            if time.monotonic() - since >= max(GRACE_SECONDS, EPOCHS * self._longest):
                self._give_up()
                return

    def _is_unwanted(self) -> bool:
        try:
            return self._unwanted()
        except Exception:  # the database is away for a moment: ask again later
            return False
