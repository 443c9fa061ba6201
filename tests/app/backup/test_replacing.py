"""The present database is kept, whatever its state, and nothing acknowledged is lost."""

import os
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.backup import replacing
from app.backup.copying import backup, copy_database
from app.backup.errors import BackupError
from app.backup.restoring import restore
from app.config import Settings
from app.db import file_identity
from app.db.driver import sqlite3
from app.db.engine import Database
from app.db.models import Dataset, Experiment, Trial
from app.db.outages import RestoreRunning
from app.db.restore_lock import RestoreLock
from app.db.upgrade import upgrade_database
from tests import factories
from tests.app.backup.files import (
    as_one_byte,
    damage_present_database,
    each_damage,
    read_all_rows,
    with_a_header_that_says_read_only,
    with_corrupt_header,
)


@each_damage
def test_a_damaged_database_is_kept_and_a_good_backup_takes_its_place(
    settings, filled, tmp_path, damage
):
    backup(settings, tmp_path / "good.db")
    before = read_all_rows(settings.url)
    damaged = damage_present_database(settings, filled, damage)

    messages = restore(settings, tmp_path / "good.db", force=True)

    [kept] = settings.data.glob("foretune-before-*.db")
    assert kept.read_bytes() == damaged
    assert read_all_rows(settings.url) == before
    assert messages[0].startswith(f"{settings.data / 'foretune.db'} was damaged: ")
    assert messages[0].endswith(f". Kept it as {kept}.")


def test_the_logs_of_a_damaged_database_do_not_reach_the_restored_one(settings, filled, tmp_path):
    backup(settings, tmp_path / "good.db")
    before = read_all_rows(settings.url)
    damage_present_database(settings, filled, with_corrupt_header)
    log = settings.data / "foretune.db-wal"
    log.write_bytes(b"old log")

    restore(settings, tmp_path / "good.db", force=True)

    [kept_log] = settings.data.glob("foretune-before-*.db-wal")
    assert kept_log.read_bytes() == b"old log"
    assert not log.exists()
    assert read_all_rows(settings.url) == before


@pytest.mark.parametrize("damaged", [(False, False), (True, False), (True, True)])
def test_two_restores_in_one_second_keep_two_copies(
    settings, filled, tmp_path, monkeypatch, damaged
):
    class StoppedClock(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2026, 1, 1)

    monkeypatch.setattr(replacing, "datetime", StoppedClock)
    backup(settings, tmp_path / "good.db")

    for damage_first in damaged:
        if damage_first:
            damage_present_database(settings, filled, with_corrupt_header)
        restore(settings, tmp_path / "good.db", force=True)

    first = settings.data / "foretune-before-20260101-000000.db"
    second = settings.data / "foretune-before-20260101-000000-2.db"
    assert sorted(settings.data.glob("foretune-before-*.db")) == [second, first]
    is_damaged = tuple(file.read_bytes().startswith(b"\xff") for file in (first, second))
    assert is_damaged == damaged


@each_damage
def test_a_server_that_ran_on_a_damaged_database_goes_on_with_the_restored_one(
    settings, filled, tmp_path, damage
):
    backup(settings, tmp_path / "good.db")
    damage_present_database(settings, filled, damage)
    with (
        pytest.raises(Exception, match=r"malformed|not a database|file format"),
        filled.read() as session,
    ):
        session.scalars(select(Trial)).all()

    restore(settings, tmp_path / "good.db", force=True)

    with filled.read() as session:
        assert session.scalars(select(Experiment.name)).one() == "a search"


@pytest.mark.parametrize("damage", [with_a_header_that_says_read_only, as_one_byte])
def test_damage_that_only_a_write_or_the_length_shows_is_kept_as_well(
    settings, filled, tmp_path, damage
):
    backup(settings, tmp_path / "good.db")
    before = read_all_rows(settings.url)
    damaged = damage_present_database(settings, filled, damage)

    restore(settings, tmp_path / "good.db", force=True)

    [kept] = settings.data.glob("foretune-before-*.db")
    assert kept.read_bytes() == damaged
    assert read_all_rows(settings.url) == before


def test_an_emptied_file_is_kept_with_the_log_that_is_left_of_it(settings, filled, tmp_path):
    backup(settings, tmp_path / "good.db")
    before = read_all_rows(settings.url)
    with filled.write() as session:
        session.execute(text("UPDATE experiments SET name = 'only in the log'"))
    log = (settings.data / "foretune.db-wal").read_bytes()
    os.truncate(settings.data / "foretune.db", 0)

    messages = restore(settings, tmp_path / "good.db", force=True)

    [kept_log] = settings.data.glob("foretune-before-*.db-wal")
    assert kept_log.read_bytes() == log
    assert "is empty, but its log is there" in messages[0]
    assert read_all_rows(settings.url) == before


def test_a_log_that_is_damaged_is_no_reason_to_refuse_the_backup(settings, filled, tmp_path):
    backup(settings, tmp_path / "good.db")
    before = read_all_rows(settings.url)
    filled.close()
    (settings.data / "foretune.db-wal").write_bytes(b"\xff" * 50_000)

    restore(settings, tmp_path / "good.db", force=True)

    [_kept] = settings.data.glob("foretune-before-*.db")
    assert read_all_rows(settings.url) == before


def test_a_server_goes_on_though_it_cannot_save_the_damaged_file_it_has_open(
    settings, filled, tmp_path, monkeypatch
):
    backup(settings, tmp_path / "good.db")
    with filled.engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    file = settings.data / "foretune.db"
    with file.open("r+b") as opened:  # the same file: its connections stay open
        opened.write(b"\xff" * 100)

    def cannot_save(*_arguments: object) -> None:
        error = sqlite3.DatabaseError("database disk image is malformed")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error

    monkeypatch.setattr(file_identity, "save_copy", cannot_save)
    restore(settings, tmp_path / "good.db", force=True)

    with filled.read() as session:
        assert session.scalars(select(Experiment.name)).one() == "a search"


def test_nobody_can_write_between_the_keeping_and_the_replacing(
    settings, filled, tmp_path, monkeypatch
):
    backup(settings, tmp_path / "good.db")
    attempts = []

    def keep_and_try_to_write(source: Path, target: Path) -> None:
        copy_database(source, target)
        with pytest.raises(RestoreRunning), filled.write() as session:
            session.execute(text("UPDATE experiments SET name = 'too late'"))
        program = sqlite3.connect(source, timeout=0, isolation_level=None)
        with closing(program), pytest.raises(sqlite3.OperationalError, match="locked"):
            program.execute("BEGIN IMMEDIATE")
        with filled.read() as session:  # pages are shown all the time
            attempts.append(session.scalars(select(Experiment.name)).one())

    monkeypatch.setattr(replacing, "copy_database", keep_and_try_to_write)
    restore(settings, tmp_path / "good.db", force=True)

    assert attempts == ["a search"]
    with filled.write() as session:
        session.execute(text("UPDATE experiments SET name = 'written afterwards'"))


def test_what_is_written_while_a_backup_is_prepared_is_in_the_kept_copy(
    settings, filled, tmp_path, monkeypatch
):
    backup(settings, tmp_path / "good.db")
    real_hold = RestoreLock.hold

    def write_and_hold(lock: RestoreLock, max_seconds: float):
        with filled.write() as session:
            session.execute(text("UPDATE experiments SET name = 'at the last moment'"))
        return real_hold(lock, max_seconds)

    monkeypatch.setattr(RestoreLock, "hold", write_and_hold)
    restore(settings, tmp_path / "good.db", force=True)

    [kept] = settings.data.glob("foretune-before-*.db")
    assert "at the last moment" in str(read_all_rows(f"sqlite:///{kept}"))


def test_what_was_written_into_an_empty_database_meanwhile_is_not_lost_without_force(
    settings, filled, tmp_path, monkeypatch
):
    backup(settings, tmp_path / "good.db")
    other = Settings(data=tmp_path / "other")
    upgrade_database(other)
    real_hold = RestoreLock.hold

    def write_and_hold(lock: RestoreLock, max_seconds: float):
        with closing(Database(other.url)) as database, database.write() as session:
            factories.dataset(session)
        return real_hold(lock, max_seconds)

    monkeypatch.setattr(RestoreLock, "hold", write_and_hold)
    with pytest.raises(BackupError, match="Something was written into"):
        restore(other, tmp_path / "good.db")

    with closing(Database(other.url)) as database, database.read() as session:
        assert session.query(Dataset).count() == 1


def test_the_database_of_another_program_is_kept(settings, filled, tmp_path):
    backup(settings, tmp_path / "good.db")
    other = Settings(database_url=f"sqlite:///{tmp_path / 'notes.db'}")
    with closing(sqlite3.connect(tmp_path / "notes.db")) as notes:
        notes.execute("CREATE TABLE notes (text)")

    with pytest.raises(BackupError, match="another program"):
        restore(other, tmp_path / "good.db")
    restore(other, tmp_path / "good.db", force=True)

    [kept] = tmp_path.glob("notes-before-*.db")
    assert read_all_rows(f"sqlite:///{kept}") == {"notes": []}
