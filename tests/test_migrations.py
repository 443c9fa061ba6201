"""The migrations make what the models say, from nothing and from every earlier version."""

import json
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, null, text, update

from app.db.models import (
    Base,
    Epoch,
    Experiment,
    LogLine,
    ReductionStepRow,
    Trial,
    Upload,
    WarmStartResult,
    Worker,
)
from app.db.upgrade import alembic_config, upgrade_database
from app.services import overviews
from tests import factories

REVISIONS = [
    step.revision for step in ScriptDirectory.from_config(alembic_config()).walk_revisions()
]
HEAD, EARLIER = REVISIONS[0], sorted(REVISIONS[1:])
CUSTOM_MODEL = Path(__file__).parent / "custom_models" / "talos_lstm.py"
RENAMED_TABLES = {"known_results": "warm_start_results", "reduction_looks": "reduction_steps"}
RENAMED_COLUMNS = {
    "datasets": {"reading": "dialect"},
    "experiments": {
        "network": "custom_model_name",
        "network_source": "custom_model_source",
        "resumed_at": "counted_until",
    },
    "trials": {"read_off_trial_id": "source_trial_id", "cause": "failure_cause"},
    "reduction_steps": {
        "ended": "n_finished",
        "looked_at": "n_considered",
        "chance": "p_value",
        "having": "n_with",
        "others": "n_without",
        "median_having": "median_with",
        "median_others": "median_without",
        "share": "fraction",
    },
}
ADDED_COLUMNS = {
    "workers": {"heartbeat_seconds": 5.0, "untrusted": None},
    "datasets": {"season_lengths": None, "known_ahead": None, "deleted_at": None},
    "experiments": {
        "season_lengths": None,
        "board_id": None,
        "deliver": "single",
        "horizon": 1,
        "objective_scale": None,
        "deleted_at": None,
        "notes": "",
        "is_starred": False,
        "archived_at": None,
    },
    "trials": {
        "objective_se": None,
        "more_scores": None,
        "step_scores": None,
        "slot": None,
        "notes": "",
        "is_starred": False,
    },
    "epochs": {"mae": None},
}
ADDED_TABLES: dict[str, list[object]] = {
    "request_keys": [],
    "boards": [],
    "baselines": [],
    "deliveries": [],
    "experiment_tags": [],
    "trial_tags": [],
    "named_views": [],
}
RENAMED_VALUES = {"own network": "custom model", "own": "custom"}


@pytest.mark.each_database
def test_migrations_and_models_agree(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.each_database
def test_every_migration_can_be_taken_back(database):
    with database.engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
    assert inspect(database.engine).get_table_names() == ["alembic_version"]


@pytest.fixture
def filled(database):
    """Rows in every table."""
    with database.write() as session:
        experiment = factories.experiment(session)
        experiment.deliver = "single"
        experiment.season_lengths = null()
        experiment.dataset.season_lengths = null()
        experiment.dataset.known_ahead = null()
        experiment.custom_model_name = "talos_lstm"
        experiment.custom_model_source = CUSTOM_MODEL.read_text()
        judged = factories.completed_trial(session, experiment)
        session.execute(update(Epoch).values(mae=None))
        judged.training.engine = "custom"
        failed = factories.trial(session, experiment, 2, units_1=4)
        failed.failure_cause = "custom model"
        failed.source_trial_id = judged.id
        session.add(step(experiment.id))
        session.add(
            WarmStartResult(
                experiment_id=experiment.id,
                number=1,
                parameters={"units_1": 2},
                objective=2.5,
                is_pasted=False,
                from_experiment_id=experiment.id,
            )
        )
        session.add(LogLine(trial_id=judged.id, message="Started"))
        session.add(Upload(id="u", filename="walk.csv", size=4, content=b"a,b\n"))
        session.add(Worker(id="w", hostname="here", pid=1, slots=2))
    return database


def stored_dialect(database):
    with database.engine.connect() as connection:
        stored = connection.execute(text("SELECT CAST(dialect AS TEXT) FROM datasets")).scalar_one()
    return json.loads(stored)


def step(experiment_id: int) -> ReductionStepRow:
    return ReductionStepRow(
        experiment_id=experiment_id,
        number=1,
        n_finished=10,
        n_considered=9,
        method="kendall",
        is_cut=True,
        parameter="units_1",
        dropped=[4],
        kept=[2, 3],
        coefficient=0.625,
        p_value=0.0125,
        n_with=4,
        n_without=5,
        median_with=2.5,
        median_without=1.25,
        size_before=str(10**40),
        size_after=str(10**39),
        fraction=0.1,
    )


@pytest.mark.each_database
@pytest.mark.parametrize("revision", EARLIER)
def test_every_earlier_version_is_brought_up_with_its_rows(settings, filled, revision):
    moved_to(filled, revision)
    before = rows(filled)
    said = upgrade_database(settings)
    after = rows(filled)
    assert f"from {revision} to {HEAD}" in said
    assert all(
        before[table]
        for table in ("datasets", "experiments", "trials", "epochs", "forecasts", "artifacts")
    )
    for table, old in in_todays_words(before).items():
        columns = sorted(set(old[0]) & set(after[table][0])) if old else []
        assert [[row[name] for name in columns] for row in after[table]] == [
            [row[name] for name in columns] for row in old
        ]
    with filled.read() as session:
        if not settings.database_url:
            assert session.scalar(text("PRAGMA foreign_key_check")) is None
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
        overview = overviews.build(session, session.query(Experiment).one())
        assert (overview.best.objective, overview.planned) == (1.0, 3)


@pytest.mark.each_database
def test_an_upgrade_says_what_each_step_changed(settings, filled):
    moved_to(filled, "0003")
    said = upgrade_database(settings)
    assert "0004: Watch leases without comparing clocks" in said
    assert "0003:" not in said


@pytest.mark.each_database
def test_a_sentence_stored_as_a_model_becomes_its_problem(settings, filled):
    sentence = b"Keras cannot save this network: it is a lambda."
    moved_to(filled, "0008")
    with filled.write_engine.begin() as connection:
        stored = {"content": sentence, "size": len(sentence)}
        connection.execute(
            text("UPDATE artifacts SET content = :content, size = :size WHERE kind = 'model'"),
            stored,
        )

    upgrade_database(settings)

    columns = text("SELECT content, size, problem FROM artifacts WHERE kind = 'model'")
    with filled.engine.connect() as connection:
        assert tuple(connection.execute(columns).one()) == (None, None, sentence.decode())


@pytest.mark.each_database
def test_the_one_date_column_of_an_earlier_version_is_one_of_several(settings, filled):
    moved_to(filled, "0012")
    before = stored_dialect(filled)

    upgrade_database(settings)

    after = stored_dialect(filled)
    assert before["date_column"] == "Date"
    assert after["date_columns"] == ["Date"]
    assert "date_column" not in after


@pytest.mark.each_database
@pytest.mark.parametrize("damaged", ["[1]", "7", "null"])
def test_a_damaged_dialect_holds_no_upgrade_up(settings, filled, damaged):
    moved_to(filled, "0012")
    with filled.write_engine.begin() as connection:
        connection.execute(text("UPDATE datasets SET dialect = :dialect"), {"dialect": damaged})

    said = upgrade_database(settings)

    assert f"from 0012 to {HEAD}" in said
    assert json.dumps(stored_dialect(filled)) == damaged


@pytest.mark.each_database
def test_a_stopped_trial_that_never_began_is_withdrawn(settings, filled):
    moved_to(filled, "0009")
    with filled.write_engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE trials SET state = 'stopped', finished_at = created_at,"
                " error = 'Stopped by you before it started.'"
            )
        )

    upgrade_database(settings)

    with filled.read() as session:
        began, never_began = session.query(Trial).order_by(Trial.number)
        assert (began.state, began.error) == ("stopped", "Stopped by you before it started.")
        assert (never_began.state, never_began.error) == (
            "withdrawn",
            "Withdrawn by you before it began.",
        )
        assert began.finished_at is not None
        assert never_began.finished_at is None


@pytest.mark.each_database
def test_what_was_left_in_the_queue_of_a_search_that_ended_leaves_it(settings, filled):
    moved_to(filled, "0009")
    with filled.write_engine.begin() as connection:
        connection.execute(text("UPDATE trials SET state = 'queued', finished_at = NULL"))
        connection.execute(text("UPDATE experiments SET state = 'completed'"))

    upgrade_database(settings)

    with filled.read() as session:
        began, never_began = session.query(Trial).order_by(Trial.number)
        assert (began.state, never_began.state) == ("stopped", "withdrawn")
        assert began.finished_at is not None
        assert never_began.finished_at is None


@pytest.mark.each_database
@pytest.mark.parametrize("state", ["running", "queued"])
def test_the_time_used_is_counted_up_to_the_last_thing_that_is_known(settings, filled, state):
    moved_to(filled, "0009")
    with filled.write_engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE experiments SET seconds_used = 7, resumed_at = '2026-01-01 12:00:00.000000'"
            )
        )
        connection.execute(
            text(
                "UPDATE trials SET started_at = '2026-01-01 12:00:20.000000',"
                " finished_at = '2026-01-01 12:00:30.000000'"
            )
        )
        connection.execute(text("UPDATE epochs SET recorded_at = '2026-01-01 12:00:35.000000'"))
        connection.execute(
            text("UPDATE trials SET state = :state WHERE number = 2"), {"state": state}
        )

    upgrade_database(settings)

    with filled.read() as session:
        experiment = session.query(Experiment).one()
        until = experiment.counted_until
        assert experiment.seconds_used == 42
        if state == "running":
            assert until.isoformat() == "2026-01-01T12:00:35+00:00"
        else:
            assert until is None


@pytest.mark.each_database
def test_version_0007_comes_through_with_every_row_under_todays_names(settings, filled):
    todays = rows(filled)
    moved_to(filled, "0007")
    old = rows(filled)

    upgrade_database(settings)

    assert in_todays_words(old) | ADDED_TABLES == todays == rows(filled)
    (failed,) = [row for row in old["trials"] if row["number"] == 2]
    assert (failed["cause"], failed["read_off_trial_id"]) == ("own network", 1)
    assert old["experiments"][0]["network"] == "talos_lstm"
    (ended,) = [row for row in old["trainings"] if row["id"] == 1]
    assert ended["engine"] == "own"
    (looked,) = old["reduction_looks"]
    assert (looked["looked_at"], looked["chance"], looked["share"]) == (9, 0.0125, 0.1)
    assert (looked["having"], looked["median_others"]) == (4, 1.25)
    assert old["known_results"][0]["objective"] == 2.5
    with filled.read() as session:
        assert session.get_one(Trial, 1).experiment.custom_model.name == "talos_lstm"


@pytest.mark.each_database
def test_version_0007_comes_through_with_its_keys_and_indexes(settings, database):
    todays = keys_and_indexes(database)
    moved_to(database, "base")
    with database.engine.begin() as connection:
        command.upgrade(alembic_config(connection), "0007")

    upgrade_database(settings)

    assert keys_and_indexes(database) == todays
    reflected = inspect(database.engine)
    for table in Base.metadata.sorted_tables:
        assert reflected.get_pk_constraint(table.name)["name"] == f"pk_{table.name}"
        names = {key["name"] for key in reflected.get_foreign_keys(table.name)}
        assert names == {
            f"fk_{table.name}_{column.name}" for column in table.columns if column.foreign_keys
        }


def in_todays_words(tables):
    """The rows of an earlier version under the names of today, in a fixed order."""
    renamed = {}
    for old_table, old_rows in tables.items():
        table = RENAMED_TABLES.get(old_table, old_table)
        columns = RENAMED_COLUMNS.get(table, {})
        renamed[table] = sorted(
            (
                ADDED_COLUMNS.get(table, {})
                | {columns.get(name, name): todays_value(value) for name, value in row.items()}
                for row in old_rows
            ),
            key=in_order,
        )
    return renamed


def todays_value(value):
    return RENAMED_VALUES.get(value, value) if isinstance(value, str) else value


def todays_dialect(stored):
    """A dialect as today's version stores it, as text, whatever the order of its fields was."""
    dialect = json.loads(stored) if isinstance(stored, str) else dict(stored)
    if "date_column" in dialect:
        column = dialect.pop("date_column")
        dialect["date_columns"] = [column] if column else []
    return json.dumps(dialect, sort_keys=True)


def in_order(row):
    """A key to sort rows by that does not depend on the order of columns."""
    return repr(sorted(row.items()))


def describe_index(index):
    options = {name: str(option) for name, option in index["dialect_options"].items()}
    return repr(index | {"dialect_options": options})


def keys_and_indexes(database):
    reflected = inspect(database.engine)
    return {
        table: (
            sorted(repr(key) for key in reflected.get_foreign_keys(table)),
            sorted(describe_index(index) for index in reflected.get_indexes(table)),
        )
        for table in reflected.get_table_names()
    }


def moved_to(database, revision):
    """The database as that version left it, as far as its rows still hold it."""
    with database.write_engine.connect() as connection:
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
    for row in found["datasets"]:
        name = "dialect" if "dialect" in row else "reading"
        row[name] = todays_dialect(row[name])
    return {name: sorted(these, key=in_order) for name, these in found.items()}
