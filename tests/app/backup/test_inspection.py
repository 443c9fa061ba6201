"""What a database file holds, and whether it is damaged."""

from contextlib import closing

import pytest

from app.backup.inspection import Contents, count_rows, describe_database, find_damage
from app.db.driver import sqlite3
from app.db.upgrade import upgrade_database
from tests.app.backup.files import as_one_byte, damage_present_database, each_damage


def test_a_sound_database_is_counted(settings, filled):
    file = settings.data / "foretune.db"

    assert find_damage(file) == ""
    assert count_rows(file) == Contents(experiments=1, trials=3, datasets=1)
    assert describe_database(file).startswith("1 experiments, 3 trials, ")


@each_damage
def test_every_kind_of_damage_is_described(settings, filled, damage):
    damage_present_database(settings, filled, damage)

    assert find_damage(settings.data / "foretune.db") != ""


def test_a_file_that_is_too_short_to_be_a_database_is_damaged(settings, filled):
    damage_present_database(settings, filled, as_one_byte)

    assert find_damage(settings.data / "foretune.db") == "it is too short"


def test_an_empty_file_is_damaged_where_its_log_is_left(tmp_path):
    file = tmp_path / "foretune.db"
    file.write_bytes(b"")

    alone = find_damage(file)
    (tmp_path / "foretune.db-shm").write_bytes(b"")

    assert alone == ""
    assert find_damage(file) == "it is empty, but its log is there"


def test_a_database_that_is_locked_is_not_damaged(settings, filled, monkeypatch):
    monkeypatch.setattr("app.backup.inspection.BUSY_SECONDS", 0.0)
    file = settings.data / "foretune.db"
    filled.close()

    with closing(sqlite3.connect(file, isolation_level=None)) as holder:
        holder.execute("PRAGMA journal_mode=DELETE")
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            find_damage(file)


def test_only_a_database_with_something_in_it_is_worth_keeping(settings, tmp_path):
    upgrade_database(settings)
    with closing(sqlite3.connect(tmp_path / "notes.db")) as notes:
        notes.execute("CREATE TABLE notes (text)")

    new = count_rows(settings.data / "foretune.db")
    of_others = count_rows(tmp_path / "notes.db")

    assert not new.is_worth_keeping
    assert Contents(uploads=1).is_worth_keeping
    assert of_others.is_worth_keeping
    assert describe_database(tmp_path / "notes.db").startswith("the tables of another program")
