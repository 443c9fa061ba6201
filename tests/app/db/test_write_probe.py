"""Whether the database can be written is tried now and then, without waiting for anyone."""

from app.db.driver import sqlite3
from app.db.write_probe import WriteProbe


def test_whether_it_can_be_written_is_asked_once_in_two_seconds(database):
    moment = [0.0]
    probe = WriteProbe(database, lambda: moment[0])
    assert probe.describe_outage() is None

    with database.engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA query_only=ON")

    assert probe.describe_outage() is None
    moment[0] = 2.0
    assert "read-only" in probe.describe_outage()


def test_a_write_of_somebody_else_is_no_trouble(database, file):
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    assert WriteProbe(database).describe_outage() is None

    holder.close()
