"""The database: one engine, and sessions that read or write."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session

from app.db import sqlite, transactions
from app.db.driver import sqlite3
from app.db.file_identity import DatabaseFile
from app.db.outages import RestoreRunning, describe_outage, is_busy
from app.db.private_files import make_private_file, make_private_folder
from app.db.restore_lock import RestoreLock
from app.db.types import read_json

# A page reads in two sessions at once. With a limit on overflow, many pages could each hold one
# connection and wait forever for the second.
POOL_OPTIONS: dict[str, Any] = {"pool_size": 8, "max_overflow": -1, "pool_use_lifo": True}
JSON_OPTIONS: dict[str, Any] = {"json_deserializer": read_json}


class Database:
    """One engine; `read()` and `write()` give sessions, and only `write()` commits.

    There is one writer at a time, and a reader sees one moment of the database: see
    app.db.transactions. A SQLite file is made only with `create`. One that disappears later is not
    made anew: see app.db.file_identity.
    """

    def __init__(self, url: str, create: bool = False) -> None:
        self.url = url
        self.file = sqlite.sqlite_file(url)
        self.engine = _create_engine(url, self.file, create)
        self.write_engine = transactions.for_writing(self.engine)
        self._read_engine = transactions.for_reading(self.engine)
        self._database_file: DatabaseFile | None = None
        self._restore_lock: RestoreLock | None = None
        if self.file is not None:
            self._database_file = DatabaseFile(self.file, self.engine)
            self._restore_lock = RestoreLock(self.file)
            self._restore_lock.refuse_writers(self.engine)
        self.write_count = 0  # transactions that this process has committed

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session whose changes are thrown away. Raises DatabaseGone."""
        self.check_file()
        with Session(self._read_engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that is committed at the end, or rolled back whole.

        Raises DatabaseGone, and RestoreRunning while a backup is being restored.
        """
        self.check_file()
        self.check_restore()  # and again when the transaction has SQLite's lock
        with Session(self.write_engine, expire_on_commit=False) as session, session.begin():
            yield session
        self.write_count += 1

    def check_file(self) -> None:
        """Check that the file is still there, without asking it anything. Raises DatabaseGone."""
        if self._database_file is not None:
            self._database_file.check()

    def describe_outage(self, error: BaseException) -> str | None:
        """Why this database cannot be used for now; None for an error that waiting does not fix."""
        if is_busy(error) and self.is_being_restored():
            return RestoreRunning.message
        return describe_outage(error, self.file)

    def check_restore(self) -> None:
        """Check that no backup is being restored. Raises RestoreRunning."""
        if self._restore_lock is not None:
            self._restore_lock.check()

    def is_being_restored(self) -> bool:
        """Whether nothing can be written because a backup is being restored."""
        return self._restore_lock is not None and self._restore_lock.is_held()

    def wait_for_restore(self, max_seconds: float) -> None:
        """Wait until no backup is being restored, or the time is over."""
        if self._restore_lock is not None:
            self._restore_lock.wait(max_seconds)

    def open_connections(self) -> None:
        """Open the whole pool now: what a server holds does not depend on how busy it was."""
        size = POOL_OPTIONS["pool_size"]
        with ExitStack() as stack:
            for _ in range(size):
                connection = self.engine.connect()
                stack.enter_context(connection)

    def probe_write(self) -> None:
        """Try a small write to a SQLite file. Raises what keeps it from being written."""
        if self.file is None:
            return
        self.check_file()
        self.check_restore()
        with closing(self.engine.raw_connection()) as connection:
            sqlite.probe_write(connection.cursor())

    def shrink(self) -> int:
        """Give what is free inside a SQLite file back to the disk; returns bytes.

        Does nothing while others write all the time or the disk is full: the next call may succeed.
        """
        if self.engine.dialect.name != "sqlite" or self.is_being_restored():
            return 0
        with (
            suppress(sqlite3.OperationalError),
            closing(self.engine.raw_connection()) as connection,
        ):
            return sqlite.shrink(connection.cursor())
        return 0

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def _create_engine(url: str, file: Path | None, create: bool) -> Engine:
    if file is not None:
        if create:
            make_private_folder(file.parent)
            make_private_file(file)
        connect = partial(sqlite.connect, file, create)
        engine = create_engine(url, creator=connect, module=sqlite3, **POOL_OPTIONS, **JSON_OPTIONS)
    else:
        engine = create_engine(url, pool_pre_ping=True, **POOL_OPTIONS, **JSON_OPTIONS)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", sqlite.set_pragmas)
    transactions.serialize_writers(engine)
    return engine
