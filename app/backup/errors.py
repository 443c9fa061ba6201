"""Why a backup or a restore cannot be done."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.db.driver import sqlite3


class BackupError(Exception):
    """A backup or a restore cannot be done; the message says why, and what to do."""


@contextmanager
def explain_errors(failure: str) -> Iterator[None]:
    """Turn an error of SQLite or of the disk into a BackupError that begins with `failure`."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise BackupError(f"{failure}: {error}.") from error
