"""A backup is one moment of the database in a checked file; restoring it loses nothing."""

import threading
from collections.abc import Callable
from contextlib import closing
from datetime import datetime

import pytest
from sqlalchemy import func, make_url, select, text

from app.backup import replacing
from app.backup.copying import backup
from app.backup.errors import BackupError
from app.backup.restoring import restore
from app.config import Settings
from app.db.driver import sqlite3
from app.db.engine import Database
from app.db.models import Artifact, Epoch, Experiment, Trial
from app.domain.runs import EpochRecord
from app.domain.terms import TrialState
from app.queue import claims, recording
from tests import factories


@pytest.fixture
def filled(database):
    """A database with an experiment of three completed trials."""
    with database.write() as session:
        experiment = factories.experiment(session)
        for number in (1, 2, 3):
            factories.completed_trial(
                session, experiment, number, objective=float(number), units_1=number + 1
            )
    return database


def read_all_rows(url: str) -> dict[str, list[str]]:
    """The rows of every table, as texts in a fixed order."""
    with closing(sqlite3.connect(make_url(url).database)) as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'table'"
        tables = [name for (name,) in connection.execute(query)]
        rows = {}
        for table in tables:
            rows[table] = sorted(map(repr, connection.execute(f"SELECT * FROM {table}")))
    return rows


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
    other = Settings(data=tmp_path / "other")

    message = backup(settings, tmp_path / "copy.db")
    restore(other, tmp_path / "copy.db")

    assert "1 experiments, 3 trials" in message
    assert read_all_rows(other.url) == read_all_rows(settings.url)
    assert sum(map(len, read_all_rows(other.url).values())) > 20


def test_restoring_keeps_what_was_there(settings, filled, tmp_path):
    backup(settings, tmp_path / "copy.db")
    with filled.write() as session:
        session.execute(text("UPDATE experiments SET name = 'later'"))

    with pytest.raises(BackupError, match="--force"):
        restore(settings, tmp_path / "copy.db")
    messages = restore(settings, tmp_path / "copy.db", force=True)

    [kept] = settings.data.glob("foretune-before-*.db")
    with filled.read() as session:
        assert session.scalars(select(Experiment.name)).one() == "a search"
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT name FROM experiments").fetchone() == ("later",)
    assert str(kept) in " ".join(messages)


def test_no_earlier_run_writes_into_what_was_restored(settings, filled, tmp_path):
    with filled.write() as session:
        experiment = session.query(Experiment).one()
        trial = factories.trial(session, experiment, 4, units_1=9)
        claim = claims.claim(session, "worker")
        assert claim is not None

    backup(settings, tmp_path / "copy.db")
    restore(settings, tmp_path / "copy.db", force=True)

    with filled.read() as session:
        restored = session.get_one(Trial, trial.id)
        assert (restored.state, restored.lease_token) == (TrialState.QUEUED, None)
    with filled.write() as session:
        epoch = EpochRecord(
            number=1,
            train_loss=0.5,
            val_loss=0.5,
            objective=0.5,
            seconds=0.1,
        )
        with pytest.raises(recording.LeaseLost):
            recording.record_epoch(session, claim.token, claim.training_id, epoch)


def test_a_backup_while_trials_are_written_is_one_moment(settings, filled, tmp_path):
    is_over = threading.Event()

    def keep_writing() -> None:
        number = 10
        while not is_over.is_set():
            number += 1
            learning_rate = (number + 0.5) / 1e4  # that no other trial has
            with filled.write() as session:  # a trial with three epochs in each transaction
                experiment = session.query(Experiment).one()
                factories.completed_trial(session, experiment, number, learning_rate=learning_rate)

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        for number in range(5):
            backup(settings, tmp_path / f"{number}.db")
    finally:
        is_over.set()
        writer.join()

    for number in range(5):
        copy = Database(f"sqlite:///{tmp_path / f'{number}.db'}")
        with closing(copy), copy.read() as session:
            trials = session.scalar(select(func.count()).select_from(Trial))
            epochs = session.scalar(select(func.count()).select_from(Epoch))
            artifacts = session.scalar(select(func.count()).select_from(Artifact))
            assert artifacts == trials
            assert epochs == 3 * trials > 0
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"


def test_a_file_that_exists_is_not_replaced_unless_forced(settings, filled, tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text("mine")

    with pytest.raises(BackupError, match="exists already"):
        backup(settings, file)
    assert file.read_text() == "mine"

    backup(settings, file, force=True)
    assert file.read_bytes().startswith(b"SQLite format 3")


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
    before = read_all_rows(settings.url)
    if content is not None:
        (tmp_path / "copy.db").write_bytes(content)

    with pytest.raises(BackupError, match=words):
        restore(settings, tmp_path / "copy.db", force=True)

    assert read_all_rows(settings.url) == before
    assert list(settings.data.glob("foretune-before-*")) == []


def test_a_damaged_backup_is_refused(settings, filled, tmp_path):
    copy = tmp_path / "copy.db"
    backup(settings, copy)
    copy.write_bytes(with_corrupt_pages(copy.read_bytes()))
    before = read_all_rows(settings.url)

    with pytest.raises(BackupError, match=r"damaged|malformed"):
        restore(settings, copy, force=True)

    assert read_all_rows(settings.url) == before


each_damage = pytest.mark.parametrize(
    "damage", [with_corrupt_header, with_corrupt_pages, with_half_the_length]
)


def damage_present_database(
    settings: Settings, filled: Database, damage: Callable[[bytes], bytes]
) -> bytes:
    """Damage the file of the database; returns what is in it then."""
    filled.close()  # which writes the log into the file
    file = settings.data / "foretune.db"
    file.write_bytes(damage(file.read_bytes()))
    return file.read_bytes()


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
