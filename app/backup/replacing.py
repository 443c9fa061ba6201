"""Put a prepared database in the place of the present one, which is kept beside."""

import os
import time
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from app.backup.copying import copy_database
from app.backup.errors import BackupError
from app.backup.inspection import BUSY_SECONDS, count_rows, open_read_only, require_integrity
from app.db.driver import sqlite3
from app.db.outages import may_be_damage, sqlite_code
from app.db.private_files import LOG_SUFFIXES, give_to_owner_of, make_private_file

PAGES_PER_STEP = 16  # fewer than any database of Foretune's has


class Replacement:
    """Replaces one database. The caller lets no other restore run, and stops the writers."""

    def __init__(self, target: Path, prepared: Path) -> None:
        self.target = target
        self.prepared = prepared

    def run(self, damage: str, force: bool) -> list[str]:
        """Replace the database; returns sentences about what was kept.

        damage: what is known to be damaged in it. Without `force` nothing is lost: it is replaced
        only while it is empty.
        """
        if damage:
            return self._replace_file(damage)
        try:
            return self._replace_contents(force)
        except sqlite3.DatabaseError as error:
            if not force or not self._is_damage(error):
                raise
            return self._replace_file(str(error))

    def _replace_contents(self, force: bool) -> list[str]:
        """Write the prepared database into the present file, as one transaction.

        SQLite's write lock is held from before the present database is kept until its contents are
        replaced. So all that was written until then is in the kept one.
        """
        make_private_file(self.target)
        keeper = Keeper(self.target, force)
        with (
            closing(open_read_only(self.prepared)) as source,
            closing(sqlite3.connect(self.target, timeout=BUSY_SECONDS)) as connection,
        ):
            connection.execute("PRAGMA journal_mode=WAL")
            source.backup(connection, pages=PAGES_PER_STEP, progress=keeper.watch)
            require_integrity(connection, self.target)
        if keeper.copy is None:
            return []
        return [f"Kept the database that was there as {keeper.copy}."]

    def _is_damage(self, error: sqlite3.DatabaseError) -> bool:
        """Whether the present file is what cannot be written into, and not its disk or folder."""
        if sqlite_code(error) != sqlite3.SQLITE_READONLY:
            return may_be_damage(error)
        folder = self.target.resolve().parent
        return os.access(self.target, os.W_OK) and os.access(folder, os.W_OK)

    def _replace_file(self, damage: str) -> list[str]:
        """Move the damaged file and its logs aside, and the prepared one to its name.

        SQLite refuses to write into a damaged file, and would apply its logs to a new one. Servers
        and workers that have it open notice that another took its place (app.db.file_identity).
        """
        with closing(open_read_only(self.prepared)) as connection:
            require_integrity(connection, self.prepared)
        file = self.target.resolve()
        give_to_owner_of(file, self.prepared)
        kept = find_free_name(file)
        _keep_file(file, kept)
        for suffix in LOG_SUFFIXES:
            with suppress(FileNotFoundError):
                os.replace(f"{file}{suffix}", f"{kept}{suffix}")
        os.replace(self.prepared, file)
        return [f"{self.target} was damaged: {damage}. Kept it as {kept}."]


class Keeper:
    """Keeps the present database when nobody can write any more and nothing is replaced yet."""

    def __init__(self, target: Path, force: bool) -> None:
        self.target = target
        self.force = force
        self.copy: Path | None = None
        self._has_looked = False
        self._deadline = time.monotonic() + BUSY_SECONDS

    def watch(self, status: int, _remaining: int, _total: int) -> None:
        """What SQLite calls after each step of writing: at the first one it has its write lock."""
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            self._refuse_to_wait_forever()
        elif not self._has_looked:
            self._has_looked = True
            self._keep()

    def _refuse_to_wait_forever(self) -> None:
        if time.monotonic() > self._deadline:
            raise BackupError(
                f"Another program keeps {self.target} locked: end it, then restore again."
            )

    def _keep(self) -> None:
        """Copy the present database beside itself, unless it is empty."""
        if not count_rows(self.target).is_worth_keeping:
            return
        if not self.force:
            raise BackupError(
                f"Something was written into {self.target}: replace it with --force; "
                "it is kept beside."
            )
        copy = find_free_name(self.target)
        copy_database(self.target, copy)
        give_to_owner_of(self.target, copy)
        self.copy = copy


def find_free_name(database: Path) -> Path:
    """A name beside the database that no earlier copy has.

    It stays free: one restore runs at a time.
    """
    name = f"{database.stem}-before-{datetime.now():%Y%m%d-%H%M%S}"
    candidate = database.with_name(name + database.suffix)
    number = 1
    while candidate.exists():
        number += 1
        candidate = database.with_name(f"{name}-{number}{database.suffix}")
    return candidate


def _keep_file(file: Path, kept: Path) -> None:
    """Give a file a second name, so that there is always one under the first."""
    try:
        os.link(file, kept)
    except OSError:  # not every disk knows second names
        os.replace(file, kept)
