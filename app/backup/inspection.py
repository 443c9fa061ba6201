"""What a database file holds, and whether it is damaged."""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.backup.errors import BackupError
from app.db.driver import sqlite3
from app.db.outages import may_be_damage
from app.db.private_files import LOG_SUFFIXES

BUSY_SECONDS = 60.0
COUNTED_TABLES = ("experiments", "trials", "datasets", "uploads")


@dataclass(frozen=True)
class Contents:
    """How many rows of each kind a database holds."""

    experiments: int = 0
    trials: int = 0
    datasets: int = 0
    uploads: int = 0
    is_of_another_program: bool = False

    @property
    def is_worth_keeping(self) -> bool:
        """Whether there is any row, or what another program stores."""
        return self != Contents()


def open_read_only(file: Path) -> sqlite3.Connection:
    """Open a database file that must exist. Raises sqlite3.Error."""
    address = f"{file.resolve().as_uri()}?mode=ro"
    return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)


def describe_database(file: Path) -> str:
    """What a database file holds: "3 experiments, 120 trials, 4.1 MB"."""
    contents = count_rows(file)
    megabytes = file.stat().st_size / 1e6
    if contents.is_of_another_program:
        return f"the tables of another program, {megabytes:.1f} MB"
    return f"{contents.experiments:,} experiments, {contents.trials:,} trials, {megabytes:.1f} MB"


def count_rows(file: Path) -> Contents:
    """Count what a database file holds; nothing where it has no tables yet."""
    counts = {}
    with closing(open_read_only(file)) as connection:
        tables = list_tables(connection)
        if not tables:
            return Contents()
        if not tables >= set(COUNTED_TABLES):
            return Contents(is_of_another_program=True)
        for table in COUNTED_TABLES:
            rows = connection.execute(f"SELECT count(*) FROM {table}")
            (counts[table],) = rows.fetchone()
    return Contents(**counts)


def list_tables(connection: sqlite3.Connection) -> set[str]:
    """The names of a database's tables."""
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in rows}


def require_integrity(connection: sqlite3.Connection, file: Path) -> None:
    """Raise BackupError where SQLite finds a file damaged."""
    damage = check_integrity(connection)
    if damage:
        raise BackupError(f"{file} is damaged: {damage}.")


def find_damage(file: Path) -> str:
    """What is damaged in a database file, empty if nothing is or there is no file.

    Raises sqlite3.Error when the file cannot be read for a reason outside of it.
    """
    if not file.exists():
        return ""
    size = file.stat().st_size
    if size == 0:
        return _find_damage_of_empty_file(file)
    with closing(open_read_only(file)) as connection:
        damage = check_integrity(connection)
        if damage:
            return damage
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    if pages == 0:
        return "it is too short"
    return ""


def _find_damage_of_empty_file(file: Path) -> str:
    """An empty file with a log beside it had content once; SQLite would delete the log."""
    for suffix in LOG_SUFFIXES:
        if Path(f"{file.resolve()}{suffix}").exists():
            return "it is empty, but its log is there"
    return ""


def check_integrity(connection: sqlite3.Connection) -> str:
    """What SQLite finds damaged, empty if nothing is. Raises sqlite3.Error for other reasons."""
    try:
        rows = connection.execute("PRAGMA integrity_check(3)").fetchall()
    except sqlite3.DatabaseError as error:
        if not may_be_damage(error):  # such as a database that is locked
            raise
        return str(error)
    findings = [" ".join(text.split()) for (text,) in rows]
    if findings == ["ok"]:
        return ""
    return "; ".join(findings)
