"""What cannot be used for now is told apart and explained."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.db.driver import sqlite3
from app.db.engine import Database
from app.db.outages import describe_outage
from tests.app.db.files import catch_database_error, write_training


def test_a_full_one_is_told_from_a_read_only_and_a_locked_one(database, file):
    full = catch_database_error(lambda: write_training(database, "max_page_count=1"))
    database.close()
    read_only = catch_database_error(lambda: write_training(database, "query_only=ON"))
    database.close()
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    locked = catch_database_error(lambda: begin_write(file))
    holder.close()
    bug = catch_database_error(lambda: select_unknown_column(database))

    assert "cannot grow" in describe_outage(full, file)
    advice = "is read-only: make the file, its folder and its disk writable"
    assert advice in describe_outage(read_only, file)
    assert "locked" in describe_outage(locked, file)
    assert describe_outage(bug, file) is None, "our own mistake is not the database's state"


def begin_write(file: Path) -> None:
    other = sqlite3.connect(file, timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        raise OperationalError(None, None, error) from error
    finally:
        other.close()


def select_unknown_column(database: Database) -> None:
    with database.read() as session:
        session.execute(text("SELECT nothing FROM trials"))
