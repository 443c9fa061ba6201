"""The database: an engine with the right pragmas, and sessions that read or write."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session

from app.db.file_identity import Place
from app.db.outages import outage

BUSY_MILLISECONDS = 20_000
WORTH_SHRINKING = 1_000_000  # bytes free inside a SQLite file
PAGES_AT_A_TIME = 2_000  # given back in one transaction: some 8 MB, so that nobody waits long
INCREMENTAL = 2  # of PRAGMA auto_vacuum: a file can be shrunk bit by bit
# A page reads in two sessions at once: with a limit, many pages would each hold one and wait for the other's.
POOL: dict[str, Any] = {"pool_size": 8, "max_overflow": -1, "pool_use_lifo": True}
# What a writing transaction on PostgreSQL begins with: the one lock of all writers, let go at its end. A writer that
# was frozen in the middle is cut off by the server, so that the others wait no longer than that.
WRITE_LOCK = 0x466F7265  # any number will do, as long as it is always the same
FROZEN_SECONDS = 15
ALONE = (
    f"SELECT set_config('idle_in_transaction_session_timeout', '{FROZEN_SECONDS}s', true), "
    f"pg_advisory_xact_lock({WRITE_LOCK})"
)


class Database:
    """One engine; `read()` and `write()` give sessions, and only `write()` commits.

    There is one writer at a time, and a reader sees one moment of the database, on both kinds of database. SQLite
    takes its write lock when a writing transaction begins (BEGIN IMMEDIATE): a transaction that read first and wrote
    later would fail with "database is locked" as soon as somebody else wrote in between. On PostgreSQL an advisory
    lock does the same: two writers can neither decide on what the other is changing nor wait for each other in a ring.
    A SQLite file is made only where that is asked for; one that is gone later is not made anew.
    """

    def __init__(self, url: str, create: bool = False) -> None:
        self.url = url
        self.file = _file(url)
        self.engine = _make_engine(url, self.file, create)
        self.writing = self.engine.execution_options(immediate=True)
        self._reading = self.engine.execution_options(**_one_moment(self.engine))
        self._place = Place(self.file, self.engine) if self.file else None
        self.writes = 0  # that this process has committed here

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session whose changes are thrown away. Raises DatabaseGone."""
        self.look()
        with Session(self._reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that is committed at the end, or rolled back whole. Raises DatabaseGone."""
        self.look()
        with Session(self.writing, expire_on_commit=False) as session, session.begin():
            yield session
        self.writes += 1

    def outage(self, error: BaseException) -> str | None:
        """Why this database cannot be used for now, in words; None for an error that waiting does not fix."""
        return outage(error, self.file)

    def open_all(self) -> None:
        """Open the pool's connections now: what a server holds then does not depend on how busy it has once been."""
        with ExitStack() as opened:
            for _ in range(POOL["pool_size"]):
                opened.enter_context(self.engine.connect())

    def try_to_write(self) -> None:
        """Change one page of a SQLite file to what it was. Raises what keeps it from being written."""
        if self.file is None:
            return
        self.look()
        with closing(self.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            version = cursor.execute("PRAGMA user_version").fetchone()[0]
            cursor.execute("PRAGMA busy_timeout=0")
            try:
                cursor.execute(f"PRAGMA user_version={version}")
            finally:
                cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")

    def shrink(self) -> int:
        """Give what is free inside a SQLite file back to the disk, where it is worth it; bytes.

        A file made before `auto_vacuum` was set is rewritten once as a whole, and then has it.
        """
        if self.engine.dialect.name != "sqlite":
            return 0
        with (
            suppress(sqlite3.OperationalError),
            closing(self.engine.raw_connection()) as connection,
        ):
            return _shrink(
                connection.cursor()
            )  # where others write all the time or the disk is full: another time
        return 0

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()

    def look(self) -> None:
        """Whether the file is still there, without asking it anything. Raises DatabaseGone."""
        if self._place is not None:
            self._place.look()


def _file(url: str) -> Path | None:
    parsed = make_url(url)
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database not in (
        None,
        "",
        ":memory:",
    )
    return Path(str(parsed.database)) if is_file else None


def _make_engine(url: str, file: Path | None, create: bool) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_engine(url, pool_pre_ping=True, **POOL)
        event.listen(engine, "begin", _wait_to_write)
        return engine
    arguments: dict[str, Any] = {"check_same_thread": False, "timeout": BUSY_MILLISECONDS / 1000}
    if file is None:
        engine = create_engine(url, connect_args=arguments, **POOL)
    else:
        if create:
            file.parent.mkdir(parents=True, exist_ok=True)
        address = f"{file.absolute().as_uri()}?mode={'rwc' if create else 'rw'}"
        engine = create_engine(
            url, creator=partial(sqlite3.connect, address, uri=True, **arguments), **POOL
        )
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    if not connection.execute("PRAGMA page_count").fetchone()[0]:  # only an empty file takes this
        connection.execute(f"PRAGMA auto_vacuum={INCREMENTAL}")
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=NORMAL",
        f"busy_timeout={BUSY_MILLISECONDS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _shrink(cursor: Any) -> int:
    def ask(pragma: str) -> int:
        return int(cursor.execute(f"PRAGMA {pragma}").fetchone()[0])

    before, page, free = ask("page_count"), ask("page_size"), ask("freelist_count")
    if free * page < WORTH_SHRINKING:
        return 0
    if (
        free > before / 2 or ask("auto_vacuum") != INCREMENTAL
    ):  # to copy the little that is left is quicker
        cursor.execute(f"PRAGMA auto_vacuum={INCREMENTAL}")
        cursor.execute("VACUUM")
    while ask("freelist_count"):
        cursor.execute(f"PRAGMA incremental_vacuum({PAGES_AT_A_TIME})").fetchall()
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return (before - ask("page_count")) * page


def _one_moment(engine: Engine) -> dict[str, str]:
    """Options of a reader; SQLite's reading transactions are like that anyway."""
    return {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}


def _wait_to_write(connection: Connection) -> None:
    if connection.get_execution_options().get("immediate", False):
        connection.exec_driver_sql(ALONE)


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
