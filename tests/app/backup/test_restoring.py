"""Restoring a backup loses nothing, and what is no backup changes nothing."""

import shutil
from contextlib import closing

import pytest
from sqlalchemy import select, text

from app.backup.copying import backup
from app.backup.errors import BackupError
from app.backup.restoring import restore
from app.config import Settings
from app.db.driver import sqlite3
from app.db.models import Experiment, Trial
from app.domain.runs import EpochRecord
from app.domain.terms import TrialState
from app.queue import claims, recording
from tests import factories
from tests.app.backup.files import (
    damage_present_database,
    each_damage,
    read_all_rows,
    with_corrupt_pages,
)


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


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"Date,Close\n2024-01-01,3\n" * 100, "not a database"),
        (None, "not found"),
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


def test_a_backup_of_a_newer_version_is_refused(settings, filled, tmp_path):
    with filled.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    backup(settings, tmp_path / "copy.db")
    other = Settings(data=tmp_path / "other")

    with pytest.raises(BackupError, match="newer Foretune"):
        restore(other, tmp_path / "copy.db")

    assert not (tmp_path / "other" / "foretune.db").exists()


def test_a_backup_that_cannot_be_upgraded_is_named_as_the_user_named_it(
    settings, filled, tmp_path, monkeypatch
):
    backup(settings, tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        copy.execute("UPDATE alembic_version SET version_num = '0001'")
        copy.commit()

    with pytest.raises(BackupError) as refusal:
        restore(settings, tmp_path / "copy.db", force=True)

    message = str(refusal.value)
    assert message.startswith(f"The database {tmp_path / 'copy.db'} cannot be used: ")
    assert "restoring" not in message
    assert [path.name for path in settings.data.glob("*restor*")] == []


def test_what_a_killed_restore_has_left_does_not_reach_the_next_one(settings, filled, tmp_path):
    backup(settings, tmp_path / "copy.db")
    before = read_all_rows(settings.url)
    with filled.write() as session:
        session.execute(text("UPDATE experiments SET name = 'from the log that was left'"))
    left = settings.data / "foretune.db.restoring"
    shutil.copy(settings.data / "foretune.db", left)
    shutil.copy(settings.data / "foretune.db-wal", f"{left}-wal")
    (settings.data / "foretune.db.writers.lock").touch()
    (settings.data / "foretune.db.restore.lock").touch()

    restore(settings, tmp_path / "copy.db", force=True)

    assert read_all_rows(settings.url) == before
    assert list(settings.data.glob("foretune.db.*")) == []
