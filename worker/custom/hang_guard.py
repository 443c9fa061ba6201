"""Ends the process of a program that hangs although nobody waits for it any more.

A program may hang anywhere: while it is loaded, while it builds, inside model.fit. Nothing but the
end of its process stops it for sure. The pool of slots then starts another process.
"""

import threading
import time
from collections.abc import Callable

CHECK_SECONDS = 5.0
GRACE_SECONDS = 60.0
GRACE_EPOCHS = 3  # the grace is at least so many times the longest epoch


class HangGuard:
    """Watches one run.

    `unwanted`: whether nobody wants the run; `give_up`: stores that it hangs and ends the process.
    """

    def __init__(self, unwanted: Callable[[], bool], give_up: Callable[[], None]) -> None:
        self._unwanted = unwanted
        self._give_up = give_up
        self._ended = threading.Event()
        self._alive_at = time.monotonic()
        self._longest_epoch_seconds = 0.0
        thread = threading.Thread(
            target=self._watch,
            name="hang guard",
            daemon=True,
        )
        thread.start()

    def alive(self) -> None:
        """Note a sign of life: an epoch has ended."""
        now = time.monotonic()
        epoch_seconds = now - self._alive_at
        self._longest_epoch_seconds = max(self._longest_epoch_seconds, epoch_seconds)
        self._alive_at = now

    def end(self) -> None:
        """Stop watching: the run is over."""
        self._ended.set()

    def _watch(self) -> None:
        unwanted_since = None
        while not self._ended.wait(min(CHECK_SECONDS, GRACE_SECONDS)):
            if not self._is_unwanted():
                unwanted_since = None
                continue
            if unwanted_since is None:
                unwanted_since = time.monotonic()
            waited_since = max(unwanted_since, self._alive_at)
            if time.monotonic() - waited_since >= self._grace_seconds():
                self._give_up()
                return

    def _grace_seconds(self) -> float:
        seconds_for_epochs = GRACE_EPOCHS * self._longest_epoch_seconds
        return max(GRACE_SECONDS, seconds_for_epochs)

    def _is_unwanted(self) -> bool:
        try:
            return self._unwanted()
        except Exception:  # the database may be unreachable for a moment: ask again later
            return False
