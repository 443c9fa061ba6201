"""The migrations make what the models say, from nothing and from every earlier version."""

from multiprocessing import get_context
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from app.config import Settings
from app.database import Database
from app.models import Base
from app.upgrade import UpgradeError, alembic_config, bring_up_to_date


def test_migrations_and_models_agree(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_an_empty_folder_gets_a_whole_database_and_says_so(settings):
    said = bring_up_to_date(settings)
    database = Database(settings.url)
    tables = set(inspect(database.engine).get_table_names())
    database.close()
    assert "Made a new database" in said
    assert str(settings.data) in said
    assert tables == set(Base.metadata.tables) | {"alembic_version"}


def test_a_database_that_is_up_to_date_is_left_alone_without_a_word(settings, database):
    assert bring_up_to_date(settings) is None


def test_a_database_of_a_newer_version_is_refused_in_words(settings, database):
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UpgradeError, match="made by a newer Foretune"):
        bring_up_to_date(settings)


def test_a_data_folder_that_cannot_be_made_is_refused_in_words(tmp_path):
    (tmp_path / "data").write_text("a file where a folder should be")
    with pytest.raises(UpgradeError, match="cannot be used"):
        bring_up_to_date(Settings(data=tmp_path / "data"))


def test_a_file_that_is_no_database_is_refused_in_words(settings):
    settings.data.mkdir()
    (settings.data / "foretune.db").write_text("Date,Close\n2024-01-01,3\n" * 100)
    with pytest.raises(UpgradeError, match="not a database"):
        bring_up_to_date(settings)


@pytest.mark.parametrize("url", ["nonsense", "oracle+nothing://x/y", "mysql+pymysql://x/y"])
def test_an_address_that_is_no_database_is_refused_in_words(tmp_path, url):
    with pytest.raises(UpgradeError, match="FORETUNE_DATABASE_URL"):
        bring_up_to_date(Settings(data=tmp_path, database_url=url))


def test_every_migration_can_be_taken_back(database):
    with database.engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    assert inspect(database.engine).get_table_names() == ["alembic_version"]


@pytest.mark.slow
def test_processes_that_start_at_once_make_one_database(tmp_path):
    with get_context("spawn").Pool(4) as pool:
        said = pool.map(upgrade_in_a_process, [tmp_path / "data"] * 4)
    assert sum(words is not None for words in said) == 1


def upgrade_in_a_process(data: Path) -> str | None:
    return bring_up_to_date(Settings(data=data))
