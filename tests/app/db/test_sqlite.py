"""What is free in a file goes back to the disk, without the whole file in memory."""

import os
from contextlib import closing

import pytest

from app.db import sqlite
from app.db.engine import Database
from app.db.models import Training


def free_nine_tenths(database: Database, auto_vacuum: int) -> None:
    """Fill a file of this setting with 10 MB, and delete 9 of them."""
    with closing(database.engine.raw_connection()) as connection:
        connection.cursor().execute(f"PRAGMA auto_vacuum={auto_vacuum}")
        connection.cursor().execute("VACUUM")
    with database.write() as session:
        for number in range(10):
            session.add(Training(fingerprint=str(number), checkpoint=os.urandom(1_000_000)))
    with database.write() as session:
        session.query(Training).filter(Training.id <= 9).delete()


@pytest.mark.parametrize(
    ("auto_vacuum", "shrinks"), [(0, False), (sqlite.AUTO_VACUUM_INCREMENTAL, True)]
)
def test_a_large_file_is_shrunk_step_by_step_or_not_at_all(
    database, monkeypatch, auto_vacuum, shrinks
):
    free_nine_tenths(database, auto_vacuum)
    monkeypatch.setattr(sqlite, "MAX_BYTES_TO_REWRITE", 0)
    statements = []
    with closing(database.engine.raw_connection()) as connection:
        connection.driver_connection.set_trace_callback(statements.append)

    freed_bytes = database.shrink()

    assert (freed_bytes > 8_000_000) is shrinks
    assert "VACUUM" not in statements
