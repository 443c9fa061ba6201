"""Where a SQLite file lies: noticed when it is moved away, deleted or replaced while it is in use.

SQLite goes on with a file that has no name any more, and what it writes then is lost when the last process ends. So
before every session the file under the name is compared with the one that was opened. When it is another or none, what
the open connections still hold is saved beside it, and they are closed.
"""

import os
import sqlite3
import threading
import time
from contextlib import closing, suppress
from fcntl import LOCK_EX, flock
from pathlib import Path

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from app.db.outages import DatabaseGone, gone

Identity = tuple[int, int]


class Place:
    """The name of one SQLite file, and which file is known under it."""

    def __init__(self, file: Path, engine: Engine) -> None:
        self.file, self._engine = file, engine
        self._known: Identity | None = None
        self._saved: Path | None = None
        self._since = 0.0
        self._left: Identity | None = None  # the file that was let go of
        self._log: int | None = (
            None  # and its write-ahead log, held open: its number is no other file's meanwhile
        )
        self._lock = threading.Lock()
        event.listen(engine, "connect", self._note)
        event.listen(engine, "begin", self._look_again)

    def look(self) -> None:
        """Notice that the file is not the one it was. Raises DatabaseGone while there is none."""
        found = identity(self.file)
        if self._known is not None and found != self._known:
            with self._lock:
                if self._known is not None and found != self._known:
                    self._leave(self._known)
        if found is not None and self._left is not None:
            self._return(found, self._left)
        if found is None and self._saved is not None:
            saved = f" What was in it is saved as {self._saved}." if self._saved.exists() else ""
            raise DatabaseGone(gone(self.file) + saved)

    def _note(self, _connection: object, _record: object) -> None:
        if self._known is None:
            self._known, self._since = identity(self.file), time.time()

    def _look_again(self, connection: Connection) -> None:
        """Who waited for the write lock may have waited for the one who saved the file."""
        if (
            connection.get_execution_options().get("immediate")
            and identity(self.file) != self._known
        ):
            raise DatabaseGone(gone(self.file))

    def _holds_one(self) -> bool:
        """Whether there is a connection from before; a new one would be to another file, if to any."""
        pool = self._engine.pool
        return isinstance(pool, QueuePool) and pool.checkedin() > 0

    def _leave(self, known: Identity) -> None:
        """Save what is still held, and let go of it, so that whatever is put there next is opened afresh."""
        saved = self.file.with_name(f"{self.file.stem}-rescued-{known[1]}{self.file.suffix}")
        try:
            if self._holds_one():
                with closing(self._engine.raw_connection()) as connection:
                    held = connection.driver_connection
                    assert isinstance(held, sqlite3.Connection)
                    _save(held, saved, self._since)
                    held.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                    self._let_go_of_logs(known)
        except (OSError, sqlite3.Error, SQLAlchemyError) as problem:
            words = f"It could not be saved ({problem}): end nothing, Foretune still holds it open."
            raise DatabaseGone(f"{gone(self.file)} {words}") from problem
        self._engine.dispose()
        self._known, self._saved, self._left = None, saved, known

    def _return(self, found: Identity, left: Identity) -> None:
        """There is a file again: the one that was moved away, with its log, or another, which must not find that."""
        if self._log is not None:
            if found != left:
                self._unlink_logs({_identity(os.fstat(self._log))})
            os.close(self._log)
        self._left = self._log = None

    def _let_go_of_logs(self, known: Identity) -> None:
        """A deleted file never comes back: its log goes, too. Else the log is held, so that it is known again."""
        wal, mine = self._beside("-wal"), _open_files()
        if mine.get(known) == 0:
            self._unlink_logs(set(mine))
        elif identity(wal) in mine:
            self._log = os.open(wal, os.O_RDONLY)

    def _unlink_logs(self, old: set[Identity]) -> None:
        """Take the names of an old log away; one process at a time, for the next may have made a new one by then."""
        folder = os.open(self.file.parent, os.O_RDONLY)
        try:
            flock(folder, LOCK_EX)
            if identity(self._beside("-wal")) in old:
                for suffix in ("-wal", "-shm"):
                    self._beside(suffix).unlink(missing_ok=True)
        finally:
            os.close(folder)

    def _beside(self, suffix: str) -> Path:
        return self.file.with_name(self.file.name + suffix)


def identity(file: Path) -> Identity | None:
    """What tells one file from another under the same name; None where there is none."""
    try:
        return _identity(os.stat(file))
    except OSError:
        return None


def _identity(status: os.stat_result) -> Identity:
    return status.st_dev, status.st_ino


def _save(held: sqlite3.Connection, saved: Path, since: float) -> None:
    """Copy what a connection holds to a file, which appears when it is whole; another process may have done so."""
    if saved.exists() and saved.stat().st_mtime > since:
        return
    part = saved.with_name(f"{saved.name}.{os.getpid()}.part")
    try:
        with closing(sqlite3.connect(part)) as copy:
            held.execute(
                "BEGIN IMMEDIATE"
            )  # who writes now ends first; who begins later looks again, and does not
            held.execute("ROLLBACK")
            held.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        os.replace(part, saved)
    finally:
        part.unlink(missing_ok=True)


def _open_files() -> dict[Identity, int]:
    """The files this process has open, and how many names each has; on Linux."""
    found = {}
    for entry in Path("/proc/self/fd").glob("*"):
        with suppress(OSError):
            status = os.stat(entry)
            found[_identity(status)] = status.st_nlink
    return found
