"""Put a backup in the place of the database."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from app.backup.copying import copy_database, find_database_file, refuse_same_file
from app.backup.errors import BackupError, explain_errors
from app.backup.inspection import (
    count_rows,
    describe_database,
    find_damage,
    list_tables,
    open_read_only,
    require_integrity,
)
from app.backup.replacing import Replacement
from app.config import Settings
from app.db.driver import sqlite3
from app.db.engine import Database
from app.db.file_lock import hold_lock
from app.db.private_files import make_private_folder, remove_database
from app.db.restore_lock import RestoreLock
from app.db.upgrade import UpgradeError, refuse_newer_revision, upgrade_database
from app.queue import claims

FORETUNE_TABLES = {"alembic_version", "experiments", "trials"}
WAIT_SECONDS = 60.0  # for another restore into the same database


def restore(settings: Settings, file: Path, force: bool = False) -> list[str]:
    """Replace the database with a backup; returns sentences about what was done.

    The present database is kept beside itself, even when it is damaged. Server and workers may go
    on: they wait for the moment in which the contents are replaced, and trials that ran when the
    backup was made are queued again without a lease, so that no earlier run writes into them.
    Raises BackupError, before anything is changed, for a file that is damaged, not a database of
    Foretune's, or newer than this version.
    """
    target = find_database_file(settings)
    refuse_same_file(target, file)
    with explain_errors(f"{file} cannot be restored"):
        _require_backup(file)
        contents = describe_database(file)
    with explain_errors(f"{target} cannot be replaced"):
        make_private_folder(target.parent)
        with _one_restore_at_a_time(target):
            messages = _replace_database(target, file, force)
    return [*messages, f"Restored {target} from {file}: {contents}, checked."]


def _require_backup(file: Path) -> None:
    """Raise BackupError unless a file is a sound database of this or an earlier version."""
    if not file.is_file():
        raise BackupError(f"File {file} not found.")
    with closing(open_read_only(file)) as connection:
        require_integrity(connection, file)
        if not list_tables(connection) >= FORETUNE_TABLES:
            raise BackupError(f"{file} is a database, but not one of Foretune's.")
        versions = connection.execute("SELECT version_num FROM alembic_version")
        row = versions.fetchone()
    revision = row[0] if row else None
    try:
        refuse_newer_revision(revision, str(file))
    except UpgradeError as error:
        raise BackupError(str(error)) from error


@contextmanager
def _one_restore_at_a_time(target: Path) -> Iterator[None]:
    file = target.resolve()
    try:
        with hold_lock(file.with_name(f"{file.name}.restore.lock"), WAIT_SECONDS):
            yield
    except TimeoutError as error:
        raise BackupError(
            f"Another restore into {target} is running: try again when it has ended."
        ) from error


def _replace_database(target: Path, file: Path, force: bool) -> list[str]:
    damage = find_damage(target)
    if not force:
        _refuse_to_replace(target, damage)
    prepared = target.resolve().with_name(f"{target.name}.restoring")
    remove_database(prepared)  # what a restore that was killed has left
    try:
        messages = _prepare_copy(file, prepared)
        replacement = Replacement(target, prepared)
        with RestoreLock(target).hold(WAIT_SECONDS):
            messages += replacement.run(damage, force)
    finally:
        remove_database(prepared)
    return messages


def _refuse_to_replace(target: Path, damage: str) -> None:
    """Raise BackupError where something would be lost."""
    if damage:
        raise BackupError(
            f"{target} is damaged: {damage}. Replace it with --force; it is kept beside."
        )
    if target.exists() and count_rows(target).is_worth_keeping:
        raise BackupError(
            f"{target} holds {describe_database(target)}. "
            "Replace it with --force; it is kept beside."
        )


def _prepare_copy(file: Path, prepared: Path) -> list[str]:
    """Copy a backup, upgrade the copy, and end all leases in it."""
    copy_database(file, prepared)
    settings = Settings(database_url=f"sqlite:///{prepared}")
    try:
        changes = upgrade_database(settings, name=str(file))
    except UpgradeError as error:
        raise BackupError(str(error)) from error
    with closing(Database(settings.url)) as database, database.write() as session:
        tokens = [lease.token for lease in claims.observe_leases(session)]
        claims.release(session, tokens, "Restored from a backup: back in the queue")
        claims.release_errands(session, tokens)
    with closing(sqlite3.connect(prepared)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    if changes is None:
        return []
    return [f"{changes}."]
