"""The list of experiments: each with its own facts, and no more queries for many than for a few."""

from contextlib import contextmanager

from sqlalchemy import event

from app.db.models import Experiment, WarmStartResult
from app.domain.terms import ExperimentState, TrialState
from app.services import overviews
from tests import factories


@contextmanager
def recorded_statements(database):
    """The statements that the database runs in this block."""
    statements: list[str] = []

    def record(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", record)
    try:
        yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", record)


def closed_experiment(session, *objectives, **changes) -> Experiment:
    """A completed experiment with evaluated trials; only for open ones time left is estimated."""
    experiment = factories.experiment(session, **changes)
    for number, objective in enumerate(objectives, start=1):
        factories.completed_trial(
            session,
            experiment,
            number,
            objective=objective,
            units_1=2 + number % 3,
            epochs=1 + number,
        )
    experiment.state = ExperimentState.COMPLETED
    return experiment


def add_result(session, experiment, number, earlier=None):
    """A result that an experiment started from: pasted, or of an earlier experiment."""
    row = WarmStartResult(
        experiment_id=experiment.id,
        number=number,
        parameters={},
        objective=1.0,
        is_pasted=earlier is None,
        from_experiment_id=earlier and earlier.id,
    )
    session.add(row)


def test_each_experiment_of_a_list_shows_what_it_shows_alone(database):
    with database.write() as session:
        first = closed_experiment(session, 3.0, 1.0, 1.0)
        second = closed_experiment(session, name="another")
        third = closed_experiment(session, 2.0)
        running = factories.trial(session, third, 9, units_1=4)
        running.state = TrialState.RUNNING
        add_result(session, third, 1)
        add_result(session, third, 2, earlier=first)
        add_result(session, third, 3, earlier=first)

    with database.read() as session:
        listed = overviews.listing(session).items

        assert [row.experiment.id for row in listed] == [third.id, second.id, first.id]
        best_numbers = [row.best and (row.best.experiment_id, row.best.number) for row in listed]
        assert best_numbers == [(third.id, 1), None, (first.id, 2)]
        assert [row.finished for row in listed] == [1, 0, 3]
        assert [[trial.number for trial in row.running] for row in listed] == [[9], [], []]
        assert listed[0].counts == {TrialState.COMPLETED: 1, TrialState.RUNNING: 1}
        assert (listed[0].start.trials, listed[0].start.pasted) == ({first.id: 2}, 1)
        for row in listed:
            alone = overviews.build(session, row.experiment)
            assert alone.counts == row.counts
            assert alone.best == row.best
            assert alone.start == row.start


def test_a_longer_list_takes_no_more_queries(database):
    def count_queries(size: int) -> int:
        with database.read() as session, recorded_statements(database) as statements:
            assert len(overviews.listing(session, size=size).items) == size
        return len(statements)

    with database.write() as session:
        for _ in range(8):
            closed_experiment(session, 2.0, 1.0)
    count_queries(1)  # reads the series, which stays in memory

    assert count_queries(8) == count_queries(2)
