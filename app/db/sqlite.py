"""SQLite's files: how they are opened, and how what is free in them goes back to the disk."""

from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from app.db.driver import sqlite3

BUSY_TIMEOUT_MS = 20_000
MIN_BYTES_TO_SHRINK = 1_000_000
MAX_BYTES_TO_REWRITE = 200_000_000  # pysqlite3's SQLite builds the new file in memory
VACUUM_PAGES_PER_STEP = 2_000  # about 8 MB a transaction, so that no writer waits long
# Of one connection. A server has several, and would grow for hours until all of them are full.
MAX_CACHED_STATEMENTS = 32
PAGE_CACHE_KB = 500
AUTO_VACUUM_INCREMENTAL = 2  # the setting with which a file can be shrunk step by step


def sqlite_file(url: str) -> Path | None:
    """The file of a database URL, None where it names a server's database or one in memory."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return None
    if not parsed.database or parsed.database == ":memory:":
        return None
    return Path(parsed.database)


def connect(file: Path, create: bool) -> sqlite3.Connection:
    """Open a file; only with `create` may it be missing. Raises sqlite3.Error."""
    mode = "rwc" if create else "rw"
    connection = sqlite3.connect(
        f"{file.absolute().as_uri()}?mode={mode}",
        uri=True,
        check_same_thread=False,
        timeout=BUSY_TIMEOUT_MS / 1000,
        cached_statements=MAX_CACHED_STATEMENTS,
    )
    # A text that is no UTF-8 must not keep the rest of its row from being read.
    connection.text_factory = partial(str, encoding="utf-8", errors="backslashreplace")
    return connection


def set_pragmas(connection: Any, _record: object) -> None:
    """Prepare a new connection; for SQLAlchemy's connect event."""
    connection.isolation_level = None  # the driver sends no BEGIN: app.db.transactions does
    pages = read_pragma(connection, "page_count")
    if pages == 0:  # a file with tables in it ignores this setting
        connection.execute(f"PRAGMA auto_vacuum={AUTO_VACUUM_INCREMENTAL}")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA cache_size=-{PAGE_CACHE_KB}")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


def read_pragma(cursor: Any, name: str) -> int:
    """The number a pragma holds."""
    result = cursor.execute(f"PRAGMA {name}")
    (value,) = result.fetchone()
    return int(value)


def probe_write(cursor: Any) -> None:
    """Change one page of the file to what it was, without waiting. Raises sqlite3.Error."""
    version = read_pragma(cursor, "user_version")
    cursor.execute("PRAGMA busy_timeout=0")
    try:
        cursor.execute(f"PRAGMA user_version={version}")
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


def shrink(cursor: Any) -> int:
    """Give the free pages of a file back to the disk, where that is worth it; returns bytes.

    A file made before `auto_vacuum` was set is rewritten once as a whole, and has it from then on,
    unless that takes too much memory.
    """
    page_bytes = read_pragma(cursor, "page_size")
    pages_before = read_pragma(cursor, "page_count")
    free_pages = read_pragma(cursor, "freelist_count")
    if free_pages * page_bytes < MIN_BYTES_TO_SHRINK:
        return 0
    is_mostly_free = free_pages > pages_before / 2  # copying what is left is quicker then
    is_incremental = read_pragma(cursor, "auto_vacuum") == AUTO_VACUUM_INCREMENTAL
    is_small = (pages_before - free_pages) * page_bytes <= MAX_BYTES_TO_REWRITE
    if not is_small and not is_incremental:
        return 0
    if is_small and (is_mostly_free or not is_incremental):
        cursor.execute(f"PRAGMA auto_vacuum={AUTO_VACUUM_INCREMENTAL}")
        cursor.execute("VACUUM")
    while read_pragma(cursor, "freelist_count"):
        cursor.execute(f"PRAGMA incremental_vacuum({VACUUM_PAGES_PER_STEP})").fetchall()
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    pages_after = read_pragma(cursor, "page_count")
    freed_pages = pages_before - pages_after
    return freed_pages * page_bytes
