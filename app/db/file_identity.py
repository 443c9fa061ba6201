"""Notices when a SQLite file is moved, deleted or replaced while it is in use.

SQLite goes on with a file that has no name any more, and what it writes then is lost when the last
process ends. So the file under the name is compared with the one that was opened before every
session. When it is another one, or none, what the open connections still hold is saved beside it,
and they are closed.
"""

import os
import threading
import time
from contextlib import closing, suppress
from fcntl import LOCK_EX, flock
from pathlib import Path

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from app.db.driver import sqlite3
from app.db.outages import (
    DatabaseGone,
    describe_failed_rescue,
    describe_missing_file,
    is_damage,
)
from app.db.private_files import make_private_file
from app.db.transactions import is_writing

Identity = tuple[int, int]  # device and inode


class DatabaseFile:
    """The path of one SQLite file, and which file the engine's connections have open."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self.path = path
        self._log = path.with_name(f"{path.name}-wal")
        self._log_index = path.with_name(f"{path.name}-shm")
        self._engine = engine
        self._lock = threading.Lock()
        self._opened: Identity | None = None
        self._opened_at = 0.0
        self._abandoned: Identity | None = None
        self._rescued: Path | None = None
        self._log_descriptor: int | None = None  # of the abandoned file's write-ahead log
        event.listen(engine, "connect", self._remember_opened_file)
        event.listen(engine, "begin", self._check_again)

    def check(self) -> None:
        """Notice that the file is not the one that was opened.

        Raises DatabaseGone while there is no file.
        """
        current = read_identity(self.path)
        if self._is_replaced_by(current):
            with self._lock:
                self._abandon_if_replaced_by(current)
        if current is None:
            self._raise_if_rescued()
        else:
            self._accept(current)

    def _remember_opened_file(self, _connection: object, _record: object) -> None:
        if self._opened is None:
            self._opened = read_identity(self.path)
            self._opened_at = time.time()

    def _check_again(self, connection: Connection) -> None:
        """A writer that waited for the lock may have waited for the process that saved the file."""
        if not is_writing(connection):
            return
        current = read_identity(self.path)
        if current != self._opened:
            raise DatabaseGone(describe_missing_file(self.path))

    def _is_replaced_by(self, current: Identity | None) -> bool:
        if self._opened is None:
            return False
        return current != self._opened

    def _raise_if_rescued(self) -> None:
        if self._rescued is None:
            return
        message = describe_missing_file(self.path, self._rescued)
        raise DatabaseGone(message)

    def _abandon_if_replaced_by(self, current: Identity | None) -> None:
        """Save what is still open and close it, so that the next file is opened afresh."""
        opened = self._opened
        if opened is None or opened == current:  # another thread was first
            return
        _, inode = opened
        name = f"{self.path.stem}-rescued-{inode}{self.path.suffix}"
        rescued = self.path.with_name(name)
        try:
            self._rescue(opened, rescued)
        except (OSError, sqlite3.Error, SQLAlchemyError) as error:
            # A damaged file cannot be copied; whoever put another one in its place has kept it.
            if current is None or not is_damage(error):
                message = describe_failed_rescue(self.path, error)
                raise DatabaseGone(message) from error
        self._engine.dispose()
        self._opened = None
        self._rescued = rescued
        self._abandoned = opened

    def _rescue(self, opened: Identity, rescued: Path) -> None:
        if not self._has_pooled_connection():  # a new one would open another file, if any
            return
        with closing(self._engine.raw_connection()) as pooled:
            connection = pooled.driver_connection
            assert isinstance(connection, sqlite3.Connection)
            save_copy(connection, rescued, self._opened_at)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            self._let_go_of_log(opened)

    def _has_pooled_connection(self) -> bool:
        pool = self._engine.pool
        if not isinstance(pool, QueuePool):
            return False
        return pool.checkedin() > 0

    def _let_go_of_log(self, opened: Identity) -> None:
        """Remove the log of a deleted file; of a file that may return, hold the log open.

        A number of an open file is given to no other, so that the log can be recognised later.
        """
        open_files = count_names_of_open_files()
        n_names = open_files.get(opened)
        if n_names == 0:
            self._remove_logs(set(open_files))
            return
        log = read_identity(self._log)
        if log in open_files:
            self._log_descriptor = os.open(self._log, os.O_RDONLY)

    def _accept(self, current: Identity) -> None:
        """Use a file that is there again: the abandoned one, or another one without the old log."""
        if self._abandoned is None:
            return
        with self._lock:
            self._let_go_of_abandoned(current)

    def _let_go_of_abandoned(self, current: Identity) -> None:
        abandoned = self._abandoned
        descriptor = self._log_descriptor
        self._abandoned = None
        self._log_descriptor = None
        if descriptor is None:  # or another thread was first
            return
        try:
            if current != abandoned:
                old_log = identity_of(os.fstat(descriptor))
                self._remove_logs({old_log})
        finally:
            os.close(descriptor)

    def _remove_logs(self, old_logs: set[Identity]) -> None:
        """Remove the log beside the file if it is an old one.

        One process at a time: the next one may find that a new log was made meanwhile.
        """
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            flock(folder, LOCK_EX)
            log = read_identity(self._log)
            if log in old_logs:
                self._log.unlink(missing_ok=True)
                self._log_index.unlink(missing_ok=True)
        finally:
            os.close(folder)


def read_identity(file: Path) -> Identity | None:
    """What tells a file from another one of the same name; None where there is none."""
    try:
        return identity_of(os.stat(file))
    except OSError:
        return None


def identity_of(status: os.stat_result) -> Identity:
    """What tells a file from another one of the same name."""
    return status.st_dev, status.st_ino


def save_copy(connection: sqlite3.Connection, target: Path, opened_at: float) -> None:
    """Copy what a connection holds to a file, which appears when it is whole.

    Does nothing where another process has saved it since `opened_at`.
    """
    if target.exists() and target.stat().st_mtime > opened_at:
        return
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    make_private_file(part)
    try:
        with closing(sqlite3.connect(part)) as copy:
            # Waits for whoever is writing. Whoever begins later checks the file again and stops.
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
            connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def count_names_of_open_files() -> dict[Identity, int]:
    """How many names each file has that this process has open; empty except on Linux."""
    counts = {}
    for entry in Path("/proc/self/fd").glob("*"):
        with suppress(OSError):
            status = os.stat(entry)
            counts[identity_of(status)] = status.st_nlink
    return counts
