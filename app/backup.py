"""A copy of the database as one file, and the database as such a copy had it, while server and workers go on."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url

from app.config import Settings
from app.db.engine import Database
from app.db.upgrade import UpgradeError, bring_up_to_date, refuse_newer
from app.queue import artifacts, claims

BUSY_SECONDS = 60.0
DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
SUFFIXES = ("", "-wal", "-shm", "-journal")  # of the files that make up one SQLite database


class BackupError(Exception):
    """A backup or a restore cannot be done; why and what to do, in words."""


def backup(settings: Settings, file: Path, force: bool = False) -> str:
    """Copy the database to a file that did not exist; what was done, in words.

    The copy is the database of one moment. It appears under its name only when it is whole and checked.
    Raises BackupError.
    """
    source = _file(settings)
    if not source.exists():
        raise BackupError(f"There is no database at {source} to back up.")
    if file.exists() and not force:
        raise BackupError(
            f"{file} exists already: choose another name, or say --force to replace it."
        )
    _refuse_itself(source, file)
    with _in_words(f"{source} could not be backed up to {file}"):
        _copy_to_file(source, file)
        return f"Backed up {source} to {file}: {describe(file)}, checked."


def restore(settings: Settings, file: Path, force: bool = False) -> list[str]:
    """Put a backup in the place of the database; what was done, in words, a sentence each.

    The present database is kept beside itself first, even when it is damaged. Server and workers may run: what the
    backup had running waits in its queue, without a lease, so that no run of before writes into it.
    Raises BackupError, before anything is changed, for a file that is damaged, no database of Foretune, or newer.
    """
    place = _file(settings)
    _refuse_itself(place, file)
    with _in_words(f"{file} cannot be restored"):
        held = _judged(file)
    with _in_words(f"{place} cannot be replaced"):
        place.parent.mkdir(parents=True, exist_ok=True)
        damage = _damage(place) if place.exists() else ""
        if damage and not force:
            raise BackupError(
                f"{place} is damaged: {damage}. Say --force to replace it; it is kept beside."
            )
        ready = place.resolve().with_name(place.name + ".restoring")
        try:
            said = _made_ready(file, ready)
            said += (
                _replace_damaged(place, ready, damage) if damage else _replace(place, ready, force)
            )
        finally:
            ready.unlink(missing_ok=True)
    return [*said, f"Restored {place} from {file}: {held}, checked."]


def _replace(place: Path, ready: Path, force: bool) -> list[str]:
    """Write the restored database into the file that is there, as one transaction."""
    said = _kept(place, force)
    with (
        closing(_opened(ready)) as source,
        closing(sqlite3.connect(place, timeout=BUSY_SECONDS)) as target,
    ):
        target.execute("PRAGMA journal_mode=WAL")
        source.backup(target)
        _check(target, place)
    return said


def _replace_damaged(place: Path, ready: Path, damage: str) -> list[str]:
    """Move the damaged file and its logs aside: SQLite refuses to write into it, and would apply old logs to a new one.

    Server and workers that have the damaged file open notice that another took its place (app.db.file_identity).
    """
    with closing(_opened(ready)) as copy:
        _check(copy, ready)
    file = place.resolve()
    status = file.stat()
    ready.chmod(stat.S_IMODE(status.st_mode))
    with suppress(PermissionError):
        os.chown(ready, status.st_uid, status.st_gid)
    kept = _reserve_name(file)
    for suffix in SUFFIXES:
        with suppress(FileNotFoundError):
            os.replace(f"{file}{suffix}", f"{kept}{suffix}")
    os.replace(ready, file)
    return [f"{place} was damaged: {damage}. Kept it as {kept}."]


def _made_ready(file: Path, ready: Path) -> list[str]:
    """A copy of a backup that is up to date and that nobody holds a lease of."""
    _copy_to_file(file, ready)
    settings = Settings(database_url=f"sqlite:///{ready.resolve()}")
    changed = bring_up_to_date(settings)
    with closing(Database(settings.url)) as database, database.write() as session:
        held = [lease.token for lease in claims.leases(session)]
        claims.release(session, held, "Restored from a backup: back in the queue")
        for token in held:
            artifacts.give_up(session, token)
    with closing(sqlite3.connect(ready)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")
    return [f"{changed.replace(str(ready.resolve()), str(file))}."] if changed else []


def _kept(place: Path, force: bool) -> list[str]:
    """Copy what is there beside it, if it is worth that."""
    if not place.exists() or not _rows(place):
        return []
    if not force:
        raise BackupError(
            f"{place} holds {describe(place)}. Say --force to replace it; it is kept beside."
        )
    kept = _reserve_name(place)
    try:
        _copy_to_file(place, kept)
    except BaseException:
        kept.unlink()
        raise
    return [f"Kept what was there as {kept}."]


def _reserve_name(place: Path) -> Path:
    """A new empty file beside the database, under a name that no earlier copy has."""
    name = f"{place.stem}-before-{datetime.now():%Y%m%d-%H%M%S}"
    kept = place.with_name(name + place.suffix)
    number = 1
    while True:
        try:
            kept.touch(exist_ok=False)
            return kept
        except FileExistsError:  # of another restore in the same second
            number += 1
            kept = place.with_name(f"{name}-{number}{place.suffix}")


def describe(file: Path) -> str:
    """What a database file holds: "3 experiments, 120 trials, 4.1 MB"."""
    experiments, trials = _rows(file) or (0, 0)
    return f"{experiments:,} experiments, {trials:,} trials, {file.stat().st_size / 1e6:.1f} MB"


def _file(settings: Settings) -> Path:
    url = make_url(settings.url)
    if url.get_backend_name() != "sqlite" or not url.database:
        server = url.get_backend_name()
        raise BackupError(
            f"The database is {server}'s: use its own tools (pg_dump and pg_restore for PostgreSQL)."
        )
    return Path(url.database)


def _refuse_itself(place: Path, file: Path) -> None:
    if file.exists() and place.exists() and os.path.samefile(place, file):
        raise BackupError(f"{file} is the database itself: name another file.")


def _copy_to_file(source: Path, file: Path) -> None:
    """By way of a file beside it, so that there is never half a copy under the name."""
    part = file.with_name(file.name + ".part")
    part.unlink(missing_ok=True)
    try:
        with closing(_opened(source)) as original, closing(sqlite3.connect(part)) as copy:
            original.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a -wal beside it
            _check(copy, source)
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)


def _opened(file: Path) -> sqlite3.Connection:
    """For reading alone."""
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)


def _check(connection: sqlite3.Connection, file: Path) -> None:
    problems = _integrity_problems(connection)
    if problems:
        raise BackupError(f"{file} is damaged: {problems}.")


def _damage(file: Path) -> str:
    """What is wrong with a database file, empty if nothing is. Raises sqlite3.Error when it cannot be read at all."""
    with closing(_opened(file)) as connection:
        return _integrity_problems(connection)


def _integrity_problems(connection: sqlite3.Connection) -> str:
    try:
        rows = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in DAMAGE:  # such as a database that is locked
            raise
        return str(error)
    return "" if rows == ["ok"] else "; ".join(" ".join(row.split()) for row in rows)


def _judged(file: Path) -> str:
    """What a backup holds. Raises BackupError when it is no good one."""
    if not file.is_file():
        raise BackupError(f"There is no file {file}.")
    with closing(_opened(file)) as connection:
        _check(connection, file)
        tables = {
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
        if not {"alembic_version", "experiments", "trials"} <= tables:
            raise BackupError(f"{file} is a database, but not one of Foretune's.")
        versions = [row[0] for row in connection.execute("SELECT version_num FROM alembic_version")]
    try:
        refuse_newer(versions[0] if versions else None, str(file))
    except UpgradeError as error:
        raise BackupError(str(error)) from error
    return describe(file)


def _rows(file: Path) -> tuple[int, int] | None:
    """How many experiments and trials there are; None where nothing is worth keeping."""
    with (
        closing(_opened(file)) as connection,
        suppress(sqlite3.OperationalError),
    ):  # no such table: an empty file
        counts = [int(connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0])
                  for name in ("experiments", "trials", "datasets", "uploads")]  # fmt: skip
        return (counts[0], counts[1]) if any(counts) else None
    return None


@contextmanager
def _in_words(what: str) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as problem:
        raise BackupError(f"{what}: {problem}.") from problem
