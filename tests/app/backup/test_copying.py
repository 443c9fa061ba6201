"""A backup is one moment of the database in a checked file."""

import threading
from contextlib import closing

import pytest
from sqlalchemy import func, select, text

from app.backup.copying import backup
from app.backup.errors import BackupError
from app.backup.restoring import restore
from app.config import Settings
from app.db.engine import Database
from app.db.models import Artifact, Epoch, Experiment, Trial
from tests import factories
from tests.app.backup.files import damage_present_database, each_damage, read_all_rows


def test_a_backup_restored_into_an_empty_folder_is_the_same_database(settings, filled, tmp_path):
    other = Settings(data=tmp_path / "other")

    message = backup(settings, tmp_path / "copy.db")
    restore(other, tmp_path / "copy.db")

    assert "1 experiments, 3 trials" in message
    assert read_all_rows(other.url) == read_all_rows(settings.url)
    assert sum(map(len, read_all_rows(other.url).values())) > 20


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


@each_damage
def test_a_backup_of_a_damaged_database_names_the_database(settings, filled, tmp_path, damage):
    damage_present_database(settings, filled, damage)

    with pytest.raises(BackupError, match=str(settings.data / "foretune.db")):
        backup(settings, tmp_path / "copy.db")

    assert not (tmp_path / "copy.db").exists()


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
