"""A file that is moved, deleted or replaced while it is in use: nothing is lost."""

import os
import shutil
import threading
from contextlib import closing, suppress

import pytest

from app.db.driver import sqlite3
from app.db.engine import Database
from app.db.models import Training
from app.db.outages import DatabaseGone, describe_outage
from tests.app.db.files import (
    catch_database_error,
    read_dataset_names,
    read_names_of_sound_file,
    write_training,
)


def test_a_file_that_is_moved_away_is_missed_saved_and_used_again_when_it_is_back(
    database, file, tmp_path
):
    elsewhere = tmp_path / "elsewhere.db"

    shutil.move(file, elsewhere)
    with pytest.raises(DatabaseGone, match="is gone: put it back, or a backup in its place"):
        write_training(database)

    assert not file.exists()
    (saved,) = file.parent.glob("foretune-rescued-*.db")
    assert read_names_of_sound_file(saved) == ["walk"]
    assert read_names_of_sound_file(elsewhere) == ["walk"]

    shutil.move(elsewhere, file)
    write_training(database)

    assert read_dataset_names(database) == ["walk"]
    assert read_names_of_sound_file(file) == ["walk"]


def test_a_process_that_did_not_notice_the_absence_goes_on_with_the_same_log(
    settings, database, file, tmp_path
):
    other = Database(settings.url)
    assert read_dataset_names(other) == ["walk"]
    shutil.move(file, tmp_path / "elsewhere.db")
    with pytest.raises(DatabaseGone):
        write_training(database)
    shutil.move(tmp_path / "elsewhere.db", file)

    for number, writer in enumerate((other, database, other, database)):
        write_training(writer, f"cache_size={number + 1000}")

    for reader in (other, database):
        with reader.read() as session:
            assert session.query(Training).count() == 4
        reader.close()
    assert read_names_of_sound_file(file) == ["walk"]


def test_a_deleted_file_can_be_replaced_by_what_was_saved_of_it(database, file):
    file.unlink()
    with pytest.raises(DatabaseGone, match="What was in it is saved as"):
        read_dataset_names(database)
    (saved,) = file.parent.glob("foretune-rescued-*.db")
    assert not list(file.parent.glob("*-wal")), "the next file must not find another file's log"

    saved.rename(file)

    assert read_dataset_names(database) == ["walk"]
    write_training(database)
    assert read_names_of_sound_file(file) == ["walk"]


def test_another_file_in_its_place_is_not_mixed_with_the_log_of_the_first(database, file, tmp_path):
    backup = tmp_path / "backup.db"
    with closing(sqlite3.connect(backup)) as copy, closing(sqlite3.connect(file)) as original:
        original.backup(copy)
    with database.write() as session:
        for number in range(200):
            session.add(Training(fingerprint=str(number), checkpoint=bytes(5_000)))

    backup.replace(file)

    with database.read() as session:
        assert session.query(Training).count() == 0
    assert read_names_of_sound_file(file) == ["walk"]
    (saved,) = file.parent.glob("foretune-rescued-*.db")
    with closing(sqlite3.connect(saved)) as connection:
        assert connection.execute("SELECT count(*) FROM trainings").fetchone() == (200,)


def test_threads_that_find_a_file_back_at_once_close_the_old_log_once(
    database, file, tmp_path, monkeypatch
):
    other = Database(database.url)  # keeps the log in use
    read_dataset_names(other)
    elsewhere = tmp_path / "elsewhere.db"
    shutil.copy(file, tmp_path / "copy.db")
    shutil.move(file, elsewhere)
    with pytest.raises(DatabaseGone):
        write_training(database)
    held_log = database._database_file._log_descriptor
    assert held_log is not None
    shutil.move(tmp_path / "copy.db", file)
    both_are_here = threading.Barrier(2)
    closed = []
    real_close = os.close

    def wait_for_the_other(_old_logs):
        with suppress(threading.BrokenBarrierError):
            both_are_here.wait(0.5)

    def close_and_count(descriptor):
        closed.append(descriptor)
        real_close(descriptor)

    monkeypatch.setattr(database._database_file, "_remove_logs", wait_for_the_other)
    monkeypatch.setattr(os, "close", close_and_count)
    checks = [threading.Thread(target=database.check_file) for _ in range(2)]
    for check in checks:
        check.start()
    for check in checks:
        check.join(20)

    assert closed.count(held_log) == 1
    other.close()


def test_a_file_that_is_not_there_is_not_made_anew(settings):
    settings.data.mkdir()
    database = Database(settings.url)

    error = catch_database_error(lambda: read_dataset_names(database))

    assert "is gone" in describe_outage(error, database.file)
    assert list(settings.data.iterdir()) == []
