"""A backup is the database of one moment in one checked file; restoring loses neither it nor what was there."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime

import pytest
from sqlalchemy import func, make_url, select, text

import app.backup
from app.backup import BackupError, backup, restore
from app.config import Settings
from app.db.engine import Database
from app.db.models import Artifact, Epoch, Experiment, Trial
from app.domain.terms import TrialState
from app.queue import claims, recording
from tests import factories


@pytest.fixture
def filled(database):
    with database.write() as session:
        experiment = factories.experiment(session)
        for number in (1, 2, 3):
            factories.judged(
                session, experiment, number, objective=float(number), units_1=number + 1
            )
    return database


def rows(url: str) -> dict[str, list]:
    with closing(sqlite3.connect(make_url(url).database)) as connection:
        tables = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {
            table: sorted(map(repr, connection.execute(f"SELECT * FROM {table}")))
            for table in tables
        }


def with_corrupt_header(content: bytes) -> bytes:
    return b"\xff" * 100 + content[100:]


def with_corrupt_pages(content: bytes) -> bytes:
    corrupt = bytearray(content)
    for page in range(4096 * 3, len(content) - 4096, 4096):
        corrupt[page : page + 64] = b"\xff" * 64
    return bytes(corrupt)


def with_half_the_length(content: bytes) -> bytes:
    return content[: len(content) // 2]


def test_a_backup_restored_into_an_empty_folder_is_the_same_database(settings, filled, tmp_path):
    said = backup(settings, tmp_path / "copy.db")
    other = Settings(data=tmp_path / "other")
    restore(other, tmp_path / "copy.db")
    assert "1 experiments, 3 trials" in said
    assert rows(other.url) == rows(settings.url)
    assert sum(map(len, rows(other.url).values())) > 20


def test_restoring_keeps_what_was_there(settings, filled, tmp_path):
    backup(settings, tmp_path / "copy.db")
    with filled.write() as session:
        session.execute(text("UPDATE experiments SET name = 'later'"))
    with pytest.raises(BackupError, match="--force"):
        restore(settings, tmp_path / "copy.db")
    said = " ".join(restore(settings, tmp_path / "copy.db", force=True))
    [kept] = settings.data.glob("foretune-before-*.db")
    with filled.read() as session:
        assert session.scalars(select(Experiment.name)).one() == "a search"
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT name FROM experiments").fetchone() == ("later",)
    assert str(kept) in said


def test_no_run_of_before_writes_into_what_was_restored(settings, filled, tmp_path):
    with filled.write() as session:
        trial = factories.trial(session, session.query(Experiment).one(), 4, units_1=9)
        claim = claims.claim(session, "worker")
        assert claim is not None
    backup(settings, tmp_path / "copy.db")
    restore(settings, tmp_path / "copy.db", force=True)
    with filled.read() as session:
        restored = session.get_one(Trial, trial.id)
        assert (restored.state, restored.lease_token) == (TrialState.QUEUED, None)
    with filled.write() as session:
        epoch = recording.EpochRecord(
            number=1,
            train_loss=0.5,
            val_loss=0.5,
            objective=0.5,
            seconds=0.1,
        )
        with pytest.raises(recording.LeaseLost):
            recording.record_epoch(session, claim.token, claim.training_id, epoch)


def test_a_backup_while_trials_are_written_is_one_moment(settings, filled, tmp_path):
    over = threading.Event()

    def write() -> None:
        number = 10
        while not over.is_set():
            number += 1
            with filled.write() as session:  # each with three epochs, in one transaction
                factories.judged(
                    session,
                    session.query(Experiment).one(),
                    number,
                    learning_rate=(number + 0.5) / 1e4,
                )  # that no other has

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            backup(settings, tmp_path / f"{number}.db")
    finally:
        over.set()
        writer.join()
    for number in range(5):
        copy = Database(f"sqlite:///{tmp_path / f'{number}.db'}")
        with closing(copy), copy.read() as session:
            trials, epochs = (
                session.scalar(select(func.count()).select_from(table)) for table in (Trial, Epoch)
            )
            assert session.scalar(select(func.count()).select_from(Artifact)) == trials
            assert epochs == 3 * trials > 0
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"


def test_a_file_that_exists_is_not_replaced_unless_forced(settings, filled, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(BackupError, match="exists already"):
        backup(settings, tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_text() == "mine"
    backup(settings, tmp_path / "notes.txt", force=True)
    assert (tmp_path / "notes.txt").read_bytes().startswith(b"SQLite format 3")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Date,Close\n2024-01-01,3\n" * 100, "not a database"),
        (None, "There is no file"),
        (b"", "not one of Foretune"),
    ],
)
def test_what_is_no_backup_is_refused_and_nothing_changes(
    settings, filled, tmp_path, content, words
):
    before = rows(settings.url)
    if content is not None:
        (tmp_path / "copy.db").write_bytes(content)
    with pytest.raises(BackupError, match=words):
        restore(settings, tmp_path / "copy.db", force=True)
    assert rows(settings.url) == before
    assert list(settings.data.glob("foretune-before-*")) == []


def test_a_damaged_backup_is_refused(settings, filled, tmp_path):
    backup(settings, tmp_path / "copy.db")
    (tmp_path / "copy.db").write_bytes(with_corrupt_pages((tmp_path / "copy.db").read_bytes()))
    before = rows(settings.url)
    with pytest.raises(BackupError, match=r"damaged|malformed"):
        restore(settings, tmp_path / "copy.db", force=True)
    assert rows(settings.url) == before


each_damage = pytest.mark.parametrize(
    "damage", [with_corrupt_header, with_corrupt_pages, with_half_the_length]
)


def damage_present_database(
    settings: Settings, filled: Database, damage: Callable[[bytes], bytes]
) -> bytes:
    filled.close()  # which writes the log into the file
    place = settings.data / "foretune.db"
    place.write_bytes(damage(place.read_bytes()))
    return place.read_bytes()


@each_damage
def test_a_damaged_database_is_kept_and_a_good_backup_takes_its_place(
    settings, filled, tmp_path, damage
):
    backup(settings, tmp_path / "good.db")
    before = rows(settings.url)
    damaged = damage_present_database(settings, filled, damage)

    said = restore(settings, tmp_path / "good.db", force=True)

    [kept] = settings.data.glob("foretune-before-*.db")
    assert kept.read_bytes() == damaged
    assert rows(settings.url) == before
    assert said[0].startswith(f"{settings.data / 'foretune.db'} was damaged: ")
    assert said[0].endswith(f". Kept it as {kept}.")


@each_damage
def test_a_damaged_database_is_named_and_stays_without_force(settings, filled, tmp_path, damage):
    backup(settings, tmp_path / "good.db")
    damaged = damage_present_database(settings, filled, damage)

    with pytest.raises(BackupError) as refusal:
        restore(settings, tmp_path / "good.db")

    assert str(refusal.value).startswith(f"{settings.data / 'foretune.db'} is damaged: ")
    assert "--force" in str(refusal.value)
    assert "good.db" not in str(refusal.value)
    assert (settings.data / "foretune.db").read_bytes() == damaged
    assert list(settings.data.glob("foretune-before-*")) == []


@each_damage
def test_a_backup_of_a_damaged_database_names_the_database(settings, filled, tmp_path, damage):
    damage_present_database(settings, filled, damage)

    with pytest.raises(BackupError, match=str(settings.data / "foretune.db")):
        backup(settings, tmp_path / "copy.db")

    assert not (tmp_path / "copy.db").exists()


def test_the_logs_of_a_damaged_database_do_not_reach_the_restored_one(settings, filled, tmp_path):
    backup(settings, tmp_path / "good.db")
    before = rows(settings.url)
    damage_present_database(settings, filled, with_corrupt_header)
    log = settings.data / "foretune.db-wal"
    log.write_bytes(b"old log")

    restore(settings, tmp_path / "good.db", force=True)

    [kept_log] = settings.data.glob("foretune-before-*.db-wal")
    assert kept_log.read_bytes() == b"old log"
    assert not log.exists()
    assert rows(settings.url) == before


@pytest.mark.parametrize("damaged", [(False, False), (True, False), (True, True)])
def test_two_restores_in_one_second_keep_two_copies(
    settings, filled, tmp_path, monkeypatch, damaged
):
    class StoppedClock(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2026, 1, 1)

    monkeypatch.setattr(app.backup, "datetime", StoppedClock)
    backup(settings, tmp_path / "good.db")

    for is_damaged in damaged:
        if is_damaged:
            damage_present_database(settings, filled, with_corrupt_header)
        restore(settings, tmp_path / "good.db", force=True)

    first = settings.data / "foretune-before-20260101-000000.db"
    second = settings.data / "foretune-before-20260101-000000-2.db"
    assert sorted(settings.data.glob("foretune-before-*.db")) == [second, first]
    assert (
        first.read_bytes().startswith(b"\xff"),
        second.read_bytes().startswith(b"\xff"),
    ) == damaged


@each_damage
def test_a_server_that_ran_on_a_damaged_database_goes_on_with_the_restored_one(
    settings, filled, tmp_path, damage
):
    backup(settings, tmp_path / "good.db")
    damage_present_database(settings, filled, damage)
    with pytest.raises(Exception, match=r"malformed|not a database"), filled.read() as session:
        session.scalars(select(Trial)).all()

    restore(settings, tmp_path / "good.db", force=True)

    with filled.read() as session:
        assert session.scalars(select(Experiment.name)).one() == "a search"


def test_a_backup_of_a_newer_version_is_refused(settings, filled, tmp_path):
    with filled.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    backup(settings, tmp_path / "copy.db")
    other = Settings(data=tmp_path / "other")
    with pytest.raises(BackupError, match="newer Foretune"):
        restore(other, tmp_path / "copy.db")
    assert not (tmp_path / "other" / "foretune.db").exists()


def test_the_database_is_no_backup_of_itself(settings, filled):
    with pytest.raises(BackupError, match="the database itself"):
        backup(settings, settings.data / "foretune.db", force=True)
    with pytest.raises(BackupError, match="the database itself"):
        restore(settings, settings.data / "foretune.db", force=True)


def test_a_server_database_is_left_to_its_own_tools(tmp_path):
    settings = Settings(
        data=tmp_path, database_url="postgresql+psycopg://someone@localhost/foretune"
    )
    with pytest.raises(BackupError, match="pg_dump"):
        backup(settings, tmp_path / "copy.db")
