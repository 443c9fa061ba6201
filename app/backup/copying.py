"""Copy the database to one file that is whole and checked."""

import os
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from app.backup.errors import BackupError, explain_errors
from app.backup.inspection import describe_database, open_read_only, require_integrity
from app.config import Settings
from app.db.driver import sqlite3
from app.db.private_files import make_private_file


def backup(settings: Settings, file: Path, force: bool = False) -> str:
    """Copy the database to a file; returns a sentence about what was done.

    The copy is the database of one moment. It appears under its name once it is whole and checked,
    and only its owner can read it.
    Raises BackupError.
    """
    source = find_database_file(settings)
    if not source.exists():
        raise BackupError(f"There is no database at {source} to back up.")
    if file.exists() and not force:
        raise BackupError(
            f"{file} exists already: choose another name, or replace it with --force."
        )
    refuse_same_file(source, file)
    with explain_errors(f"{source} could not be backed up to {file}"):
        copy_database(source, file)
        contents = describe_database(file)
    return f"Backed up {source} to {file}: {contents}, checked."


def find_database_file(settings: Settings) -> Path:
    """The SQLite file of the settings. Raises BackupError where there is none."""
    url = make_url(settings.url)
    backend = url.get_backend_name()
    if backend != "sqlite" or not url.database:
        raise BackupError(
            f"The database is {backend}'s: use its own tools "
            "(pg_dump and pg_restore for PostgreSQL)."
        )
    return Path(url.database)


def refuse_same_file(database: Path, file: Path) -> None:
    """Raise BackupError where a backup would be the database itself."""
    if not file.exists() or not database.exists():
        return
    if os.path.samefile(database, file):
        raise BackupError(f"{file} is the database itself: name another file.")


def copy_database(source: Path, target: Path) -> None:
    """Copy by way of another file, so that there is never half a database under the name."""
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    try:
        make_private_file(part)
        with closing(open_read_only(source)) as original, closing(sqlite3.connect(part)) as copy:
            original.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a -wal beside it
            require_integrity(copy, source)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
