"""The migrations make what the models say, from nothing and from every earlier version."""

import sys
from multiprocessing import get_context

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from app.config import Settings
from app.db.engine import Database
from app.db.models import Base, Experiment, LogLine, Upload, Worker
from app.db.upgrade import UpgradeError, alembic_config, bring_up_to_date
from app.services import experiments
from tests import factories

REVISIONS = [
    step.revision for step in ScriptDirectory.from_config(alembic_config()).walk_revisions()
]
HEAD, EARLIER = REVISIONS[0], sorted(REVISIONS[1:])


@pytest.mark.each_database
def test_migrations_and_models_agree(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_an_empty_folder_gets_a_whole_database_and_says_so(settings):
    said = bring_up_to_date(settings)
    database = Database(settings.url)
    tables = set(inspect(database.engine).get_table_names())
    database.close()
    assert "Made a new database" in said
    assert str(settings.data) in said
    assert tables == set(Base.metadata.tables) | {"alembic_version"}


@pytest.mark.each_database
def test_a_database_that_is_up_to_date_is_left_alone_without_a_word(settings, database):
    assert bring_up_to_date(settings) is None


@pytest.mark.each_database
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


def test_a_driver_that_is_missing_is_said_with_what_brings_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UpgradeError, match=r"pip install 'psycopg\[binary\]'"):
        bring_up_to_date(
            Settings(data=tmp_path, database_url="postgresql+psycopg://someone@localhost/x")
        )


@pytest.mark.each_database
def test_every_migration_can_be_taken_back(database):
    with database.engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    assert inspect(database.engine).get_table_names() == ["alembic_version"]


@pytest.mark.slow
def test_processes_that_start_at_once_make_one_database(tmp_path):
    assert how_many_made_it(Settings(data=tmp_path / "data")) == 1


@pytest.mark.slow
def test_processes_that_start_at_once_make_one_postgresql_database(tmp_path, postgresql):
    with postgresql.fresh("template0") as url:
        assert how_many_made_it(Settings(data=tmp_path, database_url=url)) == 1


def how_many_made_it(settings: Settings) -> int:
    with get_context("spawn").Pool(4) as pool:
        return sum(words is not None for words in pool.map(bring_up_to_date, [settings] * 4))


@pytest.fixture
def filled(database):
    """Rows in every table that has been there from the start."""
    with database.write() as session:
        experiment = factories.experiment(session)
        judged = factories.judged(session, experiment)
        factories.trial(session, experiment, 2, units_1=4)
        session.add(LogLine(trial_id=judged.id, message="Started"))
        session.add(Upload(id="u", filename="walk.csv", size=4, content=b"a,b\n"))
        session.add(Worker(id="w", hostname="here", pid=1, slots=2))
    return database


@pytest.mark.each_database
@pytest.mark.parametrize("revision", EARLIER)
def test_every_earlier_version_is_brought_up_with_its_rows(settings, filled, revision):
    moved_to(filled, revision)
    before = rows(filled)
    said = bring_up_to_date(settings)
    after = rows(filled)
    assert f"from {revision} to {HEAD}" in said
    assert all(
        before[table]
        for table in ("datasets", "experiments", "trials", "epochs", "forecasts", "artifacts")
    )
    for table, old in before.items():
        columns = sorted(set(old[0]) & set(after[table][0])) if old else []
        assert [[row[name] for name in columns] for row in after[table]] == [
            [row[name] for name in columns] for row in old
        ]
    with filled.read() as session:
        if not settings.database_url:
            assert session.scalar(text("PRAGMA foreign_key_check")) is None
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
        overview = experiments.overview(session, session.query(Experiment).one())
        assert (overview.best.objective, overview.planned) == (1.0, 3)


@pytest.mark.each_database
def test_an_upgrade_says_what_each_step_changed(settings, filled):
    moved_to(filled, "0003")
    said = bring_up_to_date(settings)
    assert "0004: Watch leases without comparing clocks" in said
    assert "0003:" not in said


def moved_to(database, revision):
    """The database as that version left it, as far as its rows still hold it."""
    with database.writing.connect() as connection:
        if database.engine.dialect.name == "sqlite":
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            command.downgrade(alembic_config(connection), revision)


def rows(database):
    """Every row of every table of ours as dictionaries, in a fixed order."""
    with database.read() as session:
        names = [
            name
            for name in inspect(session.connection()).get_table_names()
            if name != "alembic_version"
        ]
        found = {
            name: [dict(row) for row in session.execute(text(f"SELECT * FROM {name}")).mappings()]
            for name in names
        }
    return {name: sorted(these, key=repr) for name, these in found.items()}
