"""What it means that the database cannot be used for now: in words, with what to do about it."""

import os
import sqlite3
from pathlib import Path

from sqlalchemy.exc import DBAPIError, OperationalError

GOES_ON = "Work waits, and goes on by itself."
FULL_BYTES = 1_000_000  # less is as good as nothing: a commit may need more
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class DatabaseGone(OperationalError):
    """The file of the database is not where it was, or another one is there; its words say what was saved of it."""

    def __init__(self, words: str) -> None:
        super().__init__(None, None, FileNotFoundError(words))
        self.words = words


def outage(error: BaseException, file: Path | None) -> str | None:
    """Why the database cannot be used for now, in words; None for an error that waiting does not mend.

    `file`: where it lies, None where it is a server's.
    """
    if isinstance(error, DatabaseGone):
        return error.words
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause, file or Path("the database"))
    if isinstance(error, OperationalError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    ):
        return f"The database server cannot be used: {_first_line(cause)}. {GOES_ON}"
    return None


def is_busy(error: BaseException) -> bool:
    """Whether somebody else just writes."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", 0) & 0xFF in BUSY


def gone(file: Path) -> str:
    """What is said while there is no file."""
    return f"The database {file} is gone: put it back, or a backup in its place. {GOES_ON}"


def full(file: Path) -> str | None:
    """What is said when the disk of a file has no room left, None while it has."""
    try:
        disk = os.statvfs(file.parent)
    except OSError:
        return None
    if disk.f_bavail * disk.f_frsize >= FULL_BYTES:
        return None
    return f"The disk that holds {file} is full: free some space on it. {GOES_ON}"


def _of_sqlite(error: sqlite3.Error, file: Path) -> str | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return (
            full(file)
            or f"The database {file} cannot grow: its disk or its limit is full. {GOES_ON}"
        )
    if code == sqlite3.SQLITE_READONLY or (file.exists() and not os.access(file.parent, os.W_OK)):
        return f"The database {file} is read-only: make the file, its folder and its disk writable. {GOES_ON}"
    if code in BUSY:
        return (
            f"Another program keeps the database {file} locked: end it, or wait for it. {GOES_ON}"
        )
    if code in DAMAGED:
        return (
            f"The database {file} is damaged: restore a backup (foretune restore FILE). {GOES_ON}"
        )
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR):
        return (gone(file) if not file.exists() else full(file)) or (
            f"The database {file} cannot be opened, read or written ({error}): look at its disk. {GOES_ON}"
        )
    if "no such table" in str(error):
        return f"The file {file} holds no tables of Foretune: put the database back, or a backup. {GOES_ON}"
    return None


def _first_line(error: object) -> str:
    return (str(error).strip() or "no further message").splitlines()[0]
