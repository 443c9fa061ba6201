"""While a backup is restored nobody writes, everybody reads, and all say why."""

import threading
import time
from contextlib import closing

import pytest
from sqlalchemy import text

from app.db.driver import sqlite3
from app.db.engine import Database
from app.db.outages import RestoreRunning
from app.db.restore_lock import RestoreLock
from app.db.upgrade import UpgradeError, upgrade_database
from app.db.write_probe import WriteProbe
from tests.app.db.files import read_dataset_names, write_training

MESSAGE = "A backup is being restored: try again in a moment."


@pytest.fixture
def lock(file):
    return RestoreLock(file)


def test_writers_are_refused_at_once_and_readers_are_not(database, lock):
    with lock.hold(0):
        with pytest.raises(RestoreRunning) as refusal:
            write_training(database)

        assert read_dataset_names(database) == ["walk"]

    assert database.describe_outage(refusal.value).startswith(MESSAGE)
    write_training(database)


def test_nobody_waits_for_sqlite_s_lock_first(database, file, lock):
    with lock.hold(0), closing(sqlite3.connect(file, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        begun_at = time.monotonic()

        with pytest.raises(RestoreRunning):
            write_training(database)

    assert time.monotonic() - begun_at < 10, "SQLite would have waited for 20 s"


def test_a_writer_that_waited_for_sqlite_s_lock_is_refused_as_well(database, file, lock):
    errors = []

    def write() -> None:
        try:
            write_training(database)
        except RestoreRunning as error:
            errors.append(error)

    writer = threading.Thread(target=write)
    with closing(sqlite3.connect(file, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        writer.start()
        time.sleep(0.2)  # the writer waits for the lock by now
        with lock.hold(0):
            holder.execute("ROLLBACK")
            writer.join(15)

    assert len(errors) == 1
    with database.read() as session:
        assert session.execute(text("SELECT count(*) FROM trainings")).scalar() == 0


def test_a_writer_whose_waiting_was_in_vain_hears_of_the_restore(database, lock):
    locked = sqlite3.OperationalError("database is locked")
    locked.sqlite_errorcode = sqlite3.SQLITE_BUSY

    with lock.hold(0):
        during = database.describe_outage(locked)
    afterwards = database.describe_outage(locked)

    assert during.startswith(MESSAGE)
    assert "Another program keeps" in afterwards


def test_pages_say_that_nothing_can_be_stored(database, lock):
    with lock.hold(0):
        outage = WriteProbe(database).describe_outage()

    assert outage.startswith(MESSAGE)
    assert WriteProbe(database).describe_outage() is None


def test_a_request_that_writes_is_answered_503_with_words_and_a_time(client, lock):
    fields = {"name": "walk"}
    with lock.hold(0):
        refused = client.post("/api/datasets", data=fields, files={"file": b"a,b\n1,2\n"})
        page = client.get("/experiments")

    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "5"
    assert refused.json()["detail"][0]["msg"].startswith(MESSAGE)
    assert page.status_code == 200
    assert MESSAGE in page.text


def test_a_process_that_starts_meanwhile_waits_for_its_end(settings, database, lock):
    results = []
    starter = threading.Thread(target=lambda: results.append(upgrade_database(settings)))

    with lock.hold(0):
        starter.start()
        starter.join(0.5)
        waited = starter.is_alive()
    starter.join(15)

    assert waited
    assert results == [None]


def test_a_process_that_has_waited_long_says_why_it_does_not_start(
    settings, database, lock, monkeypatch
):
    monkeypatch.setattr("app.db.upgrade.MAX_RESTORE_SECONDS", 0.0)

    with lock.hold(0), pytest.raises(UpgradeError, match=MESSAGE):
        upgrade_database(settings)


def test_one_lock_is_meant_by_every_name_of_a_file(database, file, lock, tmp_path):
    link = tmp_path / "link.db"
    link.symlink_to(file)
    other = Database(f"sqlite:///{link}")

    with closing(other), lock.hold(0), pytest.raises(RestoreRunning):
        write_training(other)
