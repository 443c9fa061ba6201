"""Whether the database can be written, as far as the server knows."""

import threading
import time
from collections.abc import Callable

from app.db.engine import Database
from app.db.outages import full, is_busy, outage

SECONDS = 2.0  # an answer is good for so long, however many pages ask


class Watch:
    """Tries a small write now and then, when a page wants to know."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database, self._clock = database, clock
        self._words: str | None = None
        self._looked_at = -SECONDS
        self._lock = threading.Lock()

    def trouble(self) -> str | None:
        """Why nothing can be written, in words; None while all is well."""
        with self._lock:
            if self._clock() - self._looked_at >= SECONDS:
                self._words, self._looked_at = self._look(), self._clock()
            return self._words

    def _look(self) -> str | None:
        file = self._database.file
        try:
            self._database.try_to_write()
        except Exception as error:
            if not is_busy(error):  # then somebody else writes, or tries to while the disk is full
                return outage(error, file)
        return full(file) if file else None
