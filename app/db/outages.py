"""Why the database cannot be used for now, in sentences that say what to do about it."""

import os
from pathlib import Path

from sqlalchemy.exc import DBAPIError, OperationalError

from app.db.driver import sqlite3

RESUMES = "Work waits, and goes on by itself."
MIN_FREE_BYTES = 1_000_000  # a commit may need more than what is left below this
BUSY_CODES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
DAMAGE_CODES = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
CIRCUMSTANCE_CODES = (
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
)
DISK_CODES = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR)


class DatabaseGone(OperationalError):
    """The file of the database is not where it was, or another file is there."""

    def __init__(self, message: str) -> None:
        cause = FileNotFoundError(message)
        super().__init__(None, None, cause)
        self.message = message


class RestoreRunning(OperationalError):
    """Nothing can be written while a backup takes the place of the database."""

    message = f"A backup is being restored: try again in a moment. {RESUMES}"

    def __init__(self) -> None:
        cause = InterruptedError(self.message)
        super().__init__(None, None, cause)


def describe_outage(error: BaseException, file: Path | None) -> str | None:
    """Why the database cannot be used for now; None for an error that waiting does not fix.

    file: the SQLite file, None for a database server.
    """
    if isinstance(error, DatabaseGone | RestoreRunning):
        return error.message
    cause = _driver_error(error)
    if isinstance(cause, sqlite3.Error):
        return _describe_sqlite_error(cause, file or Path("the database"))
    is_outage = isinstance(error, OperationalError) or _has_lost_connection(error)
    if not is_outage:
        return None
    reason = _first_line(cause)
    return f"The database server cannot be used: {reason}. {RESUMES}"


def describe_missing_file(file: Path, rescued: Path | None = None) -> str:
    """What to do while there is no file. rescued: where its content was saved."""
    message = f"The database {file} is gone: put it back, or a backup in its place. {RESUMES}"
    if rescued is not None and rescued.exists():
        message += f" What was in it is saved as {rescued}."
    return message


def describe_failed_rescue(file: Path, error: Exception) -> str:
    """What to do when the content of a file that is gone could not be saved."""
    missing = describe_missing_file(file)
    return (
        f"{missing} It could not be saved ({error}): do not stop Foretune, which still has it open."
    )


def describe_full_disk(file: Path) -> str | None:
    """What to do when the disk of a file is full; None while it has room."""
    try:
        disk = os.statvfs(file.parent)
    except OSError:
        return None
    free_bytes = disk.f_bavail * disk.f_frsize
    if free_bytes >= MIN_FREE_BYTES:
        return None
    return f"The disk that holds {file} is full: free some space on it. {RESUMES}"


def is_busy(error: BaseException) -> bool:
    """Whether another connection is writing."""
    cause = _driver_error(error)
    code = sqlite_code(cause)
    return code in BUSY_CODES


def is_damage(error: BaseException) -> bool:
    """Whether the file is damaged, or no database at all."""
    cause = _driver_error(error)
    code = sqlite_code(cause)
    return code in DAMAGE_CODES


def may_be_damage(error: BaseException) -> bool:
    """Whether an error of SQLite comes neither from other programs nor from the disk or rights.

    A damaged file has many: not a database, malformed, an unsupported format, a broken schema.
    """
    cause = _driver_error(error)
    if not isinstance(cause, sqlite3.DatabaseError):
        return False
    return sqlite_code(cause) not in CIRCUMSTANCE_CODES


def sqlite_code(error: BaseException | None) -> int:
    """The primary code of an error of SQLite; 0 for any other error."""
    if not isinstance(error, sqlite3.Error):
        return 0
    extended_code: int = getattr(error, "sqlite_errorcode", 0)
    return extended_code & 0xFF


def _driver_error(error: BaseException) -> BaseException | None:
    if isinstance(error, DBAPIError):
        return error.orig
    return error


def _has_lost_connection(error: BaseException) -> bool:
    if not isinstance(error, DBAPIError):
        return False
    return error.connection_invalidated


def _describe_sqlite_error(error: sqlite3.Error, file: Path) -> str | None:
    code = sqlite_code(error)
    if code == sqlite3.SQLITE_FULL:
        cannot_grow = f"The database {file} cannot grow: its disk or its limit is full. {RESUMES}"
        return describe_full_disk(file) or cannot_grow
    if code == sqlite3.SQLITE_READONLY or _is_in_read_only_folder(file):
        return (
            f"The database {file} is read-only: make the file, its folder and its disk writable. "
            f"{RESUMES}"
        )
    if code in BUSY_CODES:
        return (
            f"Another program keeps the database {file} locked: end it, or wait for it. {RESUMES}"
        )
    if code in DAMAGE_CODES:
        return (
            f"The database {file} is damaged: restore a backup (foretune restore FILE). {RESUMES}"
        )
    if code in DISK_CODES:
        return _describe_disk_error(error, file)
    if "no such table" in str(error):
        return (
            f"The file {file} has none of Foretune's tables: put the database back, or a backup. "
            f"{RESUMES}"
        )
    return None


def _describe_disk_error(error: sqlite3.Error, file: Path) -> str:
    if not file.exists():
        return describe_missing_file(file)
    unreadable = (
        f"The database {file} cannot be opened, read or written ({error}): check its disk. "
        f"{RESUMES}"
    )
    return describe_full_disk(file) or unreadable


def _is_in_read_only_folder(file: Path) -> bool:
    if not file.exists():
        return False
    is_writable = os.access(file.parent, os.W_OK)
    return not is_writable


def _first_line(error: object) -> str:
    lines = str(error).strip().splitlines()
    if not lines:
        return "no further message"
    return lines[0]
