"""Nobody writes while a backup is restored: what was acknowledged then could be in no file.

Whoever restores holds a lock beside the database (app.backup). Every writing transaction looks for
it, and raises RestoreRunning before anything is written. Readers go on.
"""

import time
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Connection, Engine, event

from app.db.file_lock import hold_lock, is_locked
from app.db.outages import RestoreRunning
from app.db.transactions import is_writing

POLL_SECONDS = 0.1


class RestoreLock:
    """The lock of one SQLite file. It ends with the process that holds it."""

    def __init__(self, database: Path) -> None:
        file = database.resolve()
        self._file = file.with_name(f"{file.name}.writers.lock")

    def hold(self, max_seconds: float) -> AbstractContextManager[None]:
        """Stop all writers while the block runs. Raises TimeoutError after `max_seconds`."""
        return hold_lock(self._file, max_seconds)

    def is_held(self) -> bool:
        """Whether a backup is being restored now."""
        return is_locked(self._file)

    def check(self) -> None:
        """Raise RestoreRunning while a backup is being restored."""
        if self.is_held():
            raise RestoreRunning

    def wait(self, max_seconds: float) -> None:
        """Wait until no backup is being restored, or the time is over."""
        deadline = time.monotonic() + max_seconds
        while self.is_held() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)

    def refuse_writers(self, engine: Engine) -> None:
        """Check each writing transaction of an engine when it has SQLite's lock."""
        event.listen(engine, "begin", self._check_writer)

    def _check_writer(self, connection: Connection) -> None:
        if is_writing(connection):
            self.check()
