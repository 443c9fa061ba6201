"""What tests of the database's file do to it and read from it."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError, OperationalError

from app.db.driver import sqlite3
from app.db.engine import Database
from app.db.models import Dataset, Training


def write_training(database: Database, pragma: str = "") -> None:
    """Write 3 MB, on a connection with this pragma."""
    with database.write() as session:
        if pragma:
            session.connection().connection.cursor().execute(f"PRAGMA {pragma}")
        session.add(Training(fingerprint=pragma, checkpoint=bytes(3_000_000)))
        session.flush()


def read_dataset_names(database: Database) -> list[str]:
    with database.read() as session:
        return [dataset.name for dataset in session.query(Dataset)]


def read_names_of_sound_file(file: Path) -> list[str]:
    """The names of a file's datasets; the file must be undamaged."""
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [name for (name,) in connection.execute("SELECT name FROM datasets")]


def catch_database_error(work: Callable[[], object]) -> Exception:
    with pytest.raises((OperationalError, DatabaseError)) as caught:
        work()
    return caught.value
