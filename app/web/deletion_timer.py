"""Carries deletes out when they can no longer be undone, also those of a server that ended."""

import logging
from threading import Lock, Timer

from app.db.engine import Database
from app.services import deletion

DELAY_SECONDS = deletion.UNDO_SECONDS + 0.5


class DeletionTimer:
    """Looks for due deletes a while after each one, and once after the server has started."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._timer: Timer | None = None
        self._lock = Lock()
        self._is_closed = False

    def schedule(self) -> None:
        """Look in a while, unless that is planned already."""
        with self._lock:
            if self._timer is not None or self._is_closed:
                return
            self._timer = Timer(DELAY_SECONDS, self._look)
            self._timer.daemon = True
            self._timer.start()

    def close(self) -> None:
        """Look no more: the next server does."""
        with self._lock:
            self._is_closed = True
            if self._timer is not None:
                self._timer.cancel()

    def carry_out(self) -> bool:
        """Delete what is due. Returns whether more waits."""
        with self._database.read() as session:
            if not deletion.has_marked(session):
                return False
        with self._database.write() as session:
            deletion.carry_out(session)
        self._database.shrink()
        with self._database.read() as session:
            return deletion.has_marked(session)

    def _look(self) -> None:
        with self._lock:
            self._timer = None
        is_more_to_do = True
        try:
            is_more_to_do = self.carry_out()
        except Exception:  # the database may be away for a while
            logging.getLogger(__name__).exception("Deletes could not be carried out yet.")
        if is_more_to_do:
            self.schedule()
