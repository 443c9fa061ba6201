"""A database is made or upgraded, or refused with a sentence that says why."""

import sys
from multiprocessing import get_context

import pytest
from sqlalchemy import inspect, text

from app.config import Settings
from app.db.engine import Database
from app.db.models import Base
from app.db.upgrade import UpgradeError, upgrade_database


def test_an_empty_folder_gets_a_whole_database_and_says_so(settings):
    message = upgrade_database(settings)

    database = Database(settings.url)
    tables = set(inspect(database.engine).get_table_names())
    database.close()
    assert "Made a new database" in message
    assert str(settings.data) in message
    assert tables == set(Base.metadata.tables) | {"alembic_version"}


@pytest.mark.each_database
def test_a_database_that_is_up_to_date_is_left_alone_without_a_word(settings, database):
    assert upgrade_database(settings) is None


@pytest.mark.each_database
def test_a_database_of_a_newer_version_is_refused_in_words(settings, database):
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(UpgradeError, match="made by a newer Foretune"):
        upgrade_database(settings)


def test_a_data_folder_that_cannot_be_made_is_refused_in_words(tmp_path):
    (tmp_path / "data").write_text("a file where a folder should be")

    with pytest.raises(UpgradeError, match="cannot be used"):
        upgrade_database(Settings(data=tmp_path / "data"))


def test_a_file_that_is_no_database_is_refused_in_words(settings):
    settings.data.mkdir()
    (settings.data / "foretune.db").write_text("Date,Close\n2024-01-01,3\n" * 100)

    with pytest.raises(UpgradeError, match="not a database"):
        upgrade_database(settings)


@pytest.mark.parametrize("url", ["nonsense", "oracle+nothing://x/y", "mysql+pymysql://x/y"])
def test_an_address_that_is_no_database_is_refused_in_words(tmp_path, url):
    with pytest.raises(UpgradeError, match="FORETUNE_DATABASE_URL"):
        upgrade_database(Settings(data=tmp_path, database_url=url))


def test_a_driver_that_is_missing_is_named_with_the_command_that_installs_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    settings = Settings(data=tmp_path, database_url="postgresql+psycopg://someone@localhost/x")

    with pytest.raises(UpgradeError, match=r"pip install 'psycopg\[binary\]'"):
        upgrade_database(settings)


@pytest.mark.slow
def test_processes_that_start_at_once_make_one_database(tmp_path):
    assert count_processes_that_made_it(Settings(data=tmp_path / "data")) == 1


@pytest.mark.slow
def test_processes_that_start_at_once_make_one_postgresql_database(tmp_path, postgresql):
    with postgresql.fresh("template0") as url:
        settings = Settings(data=tmp_path, database_url=url)

        assert count_processes_that_made_it(settings) == 1


def count_processes_that_made_it(settings: Settings) -> int:
    with get_context("spawn").Pool(4) as pool:
        messages = pool.map(upgrade_database, [settings] * 4)
    return sum(message is not None for message in messages)
