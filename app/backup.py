"""Copy the SQLite database to one file, and back from it, while server and workers go on."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from app.config import Settings
from app.db.engine import Database
from app.db.outages import is_damage
from app.db.upgrade import UpgradeError, refuse_newer_revision, upgrade_database
from app.queue import artifacts, claims

BUSY_SECONDS = 60.0
FILE_SUFFIXES = ("", "-wal", "-shm", "-journal")  # the files of one SQLite database
FORETUNE_TABLES = {"alembic_version", "experiments", "trials"}


class BackupError(Exception):
    """A backup or a restore cannot be done; the message says why, and what to do."""


@dataclass(frozen=True)
class Contents:
    """How many rows of each kind a database holds."""

    experiments: int = 0
    trials: int = 0
    datasets: int = 0
    uploads: int = 0

    @property
    def is_worth_keeping(self) -> bool:
        """Whether there is any row."""
        return self != Contents()


def backup(settings: Settings, file: Path, force: bool = False) -> str:
    """Copy the database to a file; returns a sentence about what was done.

    The copy is the database of one moment. It appears under its name once it is whole and checked.
    Raises BackupError.
    """
    source = _database_file(settings)
    if not source.exists():
        raise BackupError(f"There is no database at {source} to back up.")
    if file.exists() and not force:
        raise BackupError(
            f"{file} exists already: choose another name, or replace it with --force."
        )
    _refuse_same_file(source, file)
    with _explain_errors(f"{source} could not be backed up to {file}"):
        _copy_database(source, file)
        contents = describe_database(file)
    return f"Backed up {source} to {file}: {contents}, checked."


def restore(settings: Settings, file: Path, force: bool = False) -> list[str]:
    """Replace the database with a backup; returns sentences about what was done.

    The present database is copied beside itself first, even when it is damaged. Server and workers
    may go on: trials that ran when the backup was made are queued again without a lease, so that no
    earlier run writes into them.
    Raises BackupError, before anything is changed, for a file that is damaged, not a database of
    Foretune's, or newer than this version.
    """
    target = _database_file(settings)
    _refuse_same_file(target, file)
    with _explain_errors(f"{file} cannot be restored"):
        _check_backup(file)
        contents = describe_database(file)
    with _explain_errors(f"{target} cannot be replaced"):
        target.parent.mkdir(parents=True, exist_ok=True)
        damage = _find_damage(target) if target.exists() else ""
        if damage and not force:
            raise BackupError(
                f"{target} is damaged: {damage}. Replace it with --force; it is kept beside."
            )
        prepared = target.resolve().with_name(target.name + ".restoring")
        try:
            messages = _prepare_copy(file, prepared)
            if damage:
                messages += _replace_damaged(target, prepared, damage)
            else:
                messages += _replace_contents(target, prepared, force)
        finally:
            prepared.unlink(missing_ok=True)
    return [*messages, f"Restored {target} from {file}: {contents}, checked."]


def describe_database(file: Path) -> str:
    """What a database file holds: "3 experiments, 120 trials, 4.1 MB"."""
    contents = _count_rows(file)
    megabytes = file.stat().st_size / 1e6
    return f"{contents.experiments:,} experiments, {contents.trials:,} trials, {megabytes:.1f} MB"


def _database_file(settings: Settings) -> Path:
    url = make_url(settings.url)
    backend = url.get_backend_name()
    if backend != "sqlite" or not url.database:
        raise BackupError(
            f"The database is {backend}'s: use its own tools "
            "(pg_dump and pg_restore for PostgreSQL)."
        )
    return Path(url.database)


def _refuse_same_file(database: Path, file: Path) -> None:
    if not file.exists() or not database.exists():
        return
    if os.path.samefile(database, file):
        raise BackupError(f"{file} is the database itself: name another file.")


def _check_backup(file: Path) -> None:
    """Raise BackupError unless a file is a sound database of this or an earlier version."""
    if not file.is_file():
        raise BackupError(f"There is no file {file}.")
    with closing(_open_read_only(file)) as connection:
        _require_integrity(connection, file)
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = {name for (name,) in rows}
        if not tables >= FORETUNE_TABLES:
            raise BackupError(f"{file} is a database, but not one of Foretune's.")
        versions = connection.execute("SELECT version_num FROM alembic_version")
        row = versions.fetchone()
    revision = row[0] if row else None
    try:
        refuse_newer_revision(revision, str(file))
    except UpgradeError as error:
        raise BackupError(str(error)) from error


def _prepare_copy(file: Path, prepared: Path) -> list[str]:
    """Copy a backup, upgrade the copy, and end all leases in it."""
    _copy_database(file, prepared)
    path = prepared.resolve()
    settings = Settings(database_url=f"sqlite:///{path}")
    changes = upgrade_database(settings)
    with closing(Database(settings.url)) as database, database.write() as session:
        tokens = [lease.token for lease in claims.observe_leases(session)]
        claims.release(session, tokens, "Restored from a backup: back in the queue")
        for token in tokens:
            artifacts.release_bundle(session, token)
    with closing(sqlite3.connect(prepared)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    if changes is None:
        return []
    changes_of_file = changes.replace(str(path), str(file))
    return [f"{changes_of_file}."]


def _replace_contents(target: Path, prepared: Path, force: bool) -> list[str]:
    """Write the prepared copy into the present file, as one transaction."""
    messages = _keep_present_database(target, force)
    with (
        closing(_open_read_only(prepared)) as source_connection,
        closing(sqlite3.connect(target, timeout=BUSY_SECONDS)) as target_connection,
    ):
        target_connection.execute("PRAGMA journal_mode=WAL")
        source_connection.backup(target_connection)
        _require_integrity(target_connection, target)
    return messages


def _keep_present_database(target: Path, force: bool) -> list[str]:
    """Copy the present database beside itself, unless it is empty."""
    if not target.exists() or not _count_rows(target).is_worth_keeping:
        return []
    if not force:
        raise BackupError(
            f"{target} holds {describe_database(target)}. "
            "Replace it with --force; it is kept beside."
        )
    copy = _reserve_name(target)
    try:
        _copy_database(target, copy)
    except BaseException:
        copy.unlink()
        raise
    return [f"Kept the database that was there as {copy}."]


def _replace_damaged(target: Path, prepared: Path, damage: str) -> list[str]:
    """Move the damaged file and its logs aside, and the prepared copy to its name.

    SQLite refuses to write into a damaged file, and would apply its logs to a new one. Servers and
    workers that have it open notice that another took its place (app.db.file_identity).
    """
    with closing(_open_read_only(prepared)) as connection:
        _require_integrity(connection, prepared)
    file = target.resolve()
    _copy_permissions(file, prepared)
    damaged = _reserve_name(file)
    for suffix in FILE_SUFFIXES:
        with suppress(FileNotFoundError):
            os.replace(f"{file}{suffix}", f"{damaged}{suffix}")
    os.replace(prepared, file)
    return [f"{target} was damaged: {damage}. Kept it as {damaged}."]


def _copy_permissions(source: Path, target: Path) -> None:
    status = source.stat()
    mode = stat.S_IMODE(status.st_mode)
    target.chmod(mode)
    with suppress(PermissionError):
        os.chown(target, status.st_uid, status.st_gid)


def _reserve_name(database: Path) -> Path:
    """Make an empty file beside the database, under a name that no earlier copy has."""
    name = f"{database.stem}-before-{datetime.now():%Y%m%d-%H%M%S}"
    candidate = database.with_name(name + database.suffix)
    number = 1
    while True:
        try:
            candidate.touch(exist_ok=False)
            return candidate
        except FileExistsError:  # of another restore in the same second
            number += 1
            candidate = database.with_name(f"{name}-{number}{database.suffix}")


def _copy_database(source: Path, target: Path) -> None:
    """Copy by way of another file, so that there is never half a database under the name."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    try:
        with closing(_open_read_only(source)) as original, closing(sqlite3.connect(part)) as copy:
            original.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a -wal beside it
            _require_integrity(copy, source)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def _open_read_only(file: Path) -> sqlite3.Connection:
    address = f"{file.resolve().as_uri()}?mode=ro"
    return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)


def _require_integrity(connection: sqlite3.Connection, file: Path) -> None:
    damage = _check_integrity(connection)
    if damage:
        raise BackupError(f"{file} is damaged: {damage}.")


def _find_damage(file: Path) -> str:
    """What is damaged in a database file, empty if nothing is.

    Raises sqlite3.Error when the file cannot be read at all.
    """
    with closing(_open_read_only(file)) as connection:
        return _check_integrity(connection)


def _check_integrity(connection: sqlite3.Connection) -> str:
    """What SQLite finds damaged, empty if nothing is. Raises sqlite3.Error for other reasons."""
    try:
        rows = connection.execute("PRAGMA integrity_check(3)").fetchall()
    except sqlite3.DatabaseError as error:
        if not is_damage(error):  # such as a database that is locked
            raise
        return str(error)
    findings = [" ".join(text.split()) for (text,) in rows]
    if findings == ["ok"]:
        return ""
    return "; ".join(findings)


def _count_rows(file: Path) -> Contents:
    """Count what a database file holds; nothing where it has no tables yet."""
    counts = {}
    with closing(_open_read_only(file)) as connection:
        try:
            for table in ("experiments", "trials", "datasets", "uploads"):
                rows = connection.execute(f"SELECT count(*) FROM {table}")
                (counts[table],) = rows.fetchone()
        except sqlite3.OperationalError:  # no such table: an empty file
            return Contents()
    return Contents(**counts)


@contextmanager
def _explain_errors(failure: str) -> Iterator[None]:
    """Turn an error of SQLite or of the disk into a BackupError that begins with `failure`."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise BackupError(f"{failure}: {error}.") from error
