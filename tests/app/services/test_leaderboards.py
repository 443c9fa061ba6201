"""The leaderboard of a dataset: what it ranks together, and how it reads 10,000 trials."""

from sqlalchemy import event, text

from app.db.models import Trial
from app.services import leaderboards
from tests import factories


def test_trials_of_several_experiments_are_ranked_and_others_are_named(database):
    with database.write() as session:
        other_split = {"train": 0.7, "validation": 0.2, "test": 0.1}
        apart = factories.experiment(session, name="apart", split=other_split)
        first = factories.experiment(session, name="first")
        second = factories.experiment(session, name="second", objective="val_loss")
        factories.completed_trial(session, apart, 1, 0.5, units_1=3)
        factories.completed_trial(session, first, 1, 3.0, units_1=3)
        factories.completed_trial(session, first, 2, 1.0, units_1=4)
        factories.trial(session, first, 3, units_1=2)
        factories.completed_trial(session, second, 1, 2.0, units_1=2)

        board = leaderboards.load(session, first.dataset)
        later = leaderboards.load(session, first.dataset, page=2, size=2)
        others = leaderboards.load(session, first.dataset, key="1-0.7-0.2-0.1")

        assert [(row.rank, row.trial.validation_rmse) for row in board.rows.items] == [
            (1, 1.0),
            (2, 2.0),
            (3, 3.0),
        ]
        assert board.rows.items[0].differences == {"units_1": 4}
        assert [row.other_objective for row in board.rows.items] == ["", "val_loss", ""]
        assert [row.rank for row in later.rows.items] == [3]
        assert [group.title for group in board.groups] == [
            "1 row ahead, split 80/10/10",
            "1 row ahead, split 70/20/10",
        ]
        assert [row.trial.experiment.name for row in others.rows.items] == ["apart"]


def test_without_an_evaluated_trial_there_is_no_leaderboard(database):
    with database.write() as session:
        made = factories.experiment(session)
        factories.trial(session, made)

        assert leaderboards.load(session, made.dataset) is None


def test_a_trial_that_cannot_be_read_is_left_out_and_counted(database):
    with database.write() as session:
        made = factories.experiment(session)
        for number in (1, 2, 3):
            factories.completed_trial(session, made, number, float(number), units_1=number)
        session.flush()
        session.execute(text("UPDATE trials SET parameters = '[1]' WHERE number = 2"))
        session.expire_all()

        board = leaderboards.load(session, made.dataset)

        assert [(row.rank, row.trial.number) for row in board.rows.items] == [(1, 1), (3, 3)]
        assert board.n_unreadable == 1


def test_ten_thousand_trials_are_ranked_by_an_index_alone(database):
    with database.write() as session:
        made = factories.experiment(session)
        completed = factories.completed_trial(session, made)
        rows = [
            {
                "experiment_id": made.id,
                "training_id": completed.training_id,
                "number": number,
                "state": "completed",
                "parameters": completed.parameters,
                "validation_rmse": 2.0 + number * 7919 % 10_007,
            }
            for number in range(2, 10_001)
        ]
        session.bulk_insert_mappings(Trial, rows)
        dataset = made.dataset
        session.flush()
        statements = []
        connection = session.connection()

        @event.listens_for(connection, "before_cursor_execute")
        def record(_connection, _cursor, statement, parameters, *_rest):
            statements.append((statement, parameters))

        board = leaderboards.load(session, dataset)

        event.remove(connection, "before_cursor_execute", record)
        assert board.rows.total == 10_000
        assert board.rows.items[0].trial.number == 1
        assert len(statements) < 12
        if connection.dialect.name == "sqlite":
            ranking = [
                asked for asked in statements if "ORDER BY trials.validation_rmse" in asked[0]
            ]
            ((statement, parameters),) = ranking
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            details = " ".join(str(row[-1]) for row in plan)
            assert "USING COVERING INDEX ix_trials_experiment_id_validation_rmse" in details
