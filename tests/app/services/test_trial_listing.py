"""The list of experiments: each with its own facts, and no more queries for many than for a few."""

from contextlib import contextmanager

from sqlalchemy import event

from app.db.models import Experiment, WarmStartResult
from app.domain.terms import ExperimentState, TrialState
from app.services import experiments
from tests import factories


@contextmanager
def counted(database):
    """How many statements the database runs in this block."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def closed(session, *objectives, **changes) -> Experiment:
    """An experiment with judged trials that has ended; only an open one is asked how long it will take."""
    made = factories.experiment(session, **changes)
    for number, objective in enumerate(objectives, start=1):
        factories.completed_trial(
            session, made, number, objective=objective, units_1=2 + number % 3, epochs=1 + number
        )
    made.state = ExperimentState.COMPLETED
    return made


def test_each_experiment_of_a_list_shows_what_it_shows_alone(database):
    with database.write() as session:
        first = closed(session, 3.0, 1.0, 1.0)
        second = closed(session, name="another")
        third = closed(session, 2.0)
        running = factories.trial(session, third, 9, units_1=4)
        running.state = TrialState.RUNNING
        for number, (is_pasted, earlier) in enumerate(
            [(True, None), (False, first.id), (False, first.id)], start=1
        ):
            row = {"number": number, "parameters": {}, "objective": 1.0, "is_pasted": is_pasted}
            session.add(WarmStartResult(experiment_id=third.id, from_experiment_id=earlier, **row))
    with database.read() as session:
        listed = experiments.listing(session).items
        assert [row.experiment.id for row in listed] == [third.id, second.id, first.id]
        assert [row.best and (row.best.experiment_id, row.best.number) for row in listed] == [
            (third.id, 1), None, (first.id, 2),
        ]  # fmt: skip
        assert [row.finished for row in listed] == [1, 0, 3]
        assert [[trial.number for trial in row.running] for row in listed] == [[9], [], []]
        assert listed[0].counts == {TrialState.COMPLETED: 1, TrialState.RUNNING: 1}
        assert (listed[0].start.trials, listed[0].start.pasted) == ({first.id: 2}, 1)
        for row in listed:
            alone = experiments.overview(session, row.experiment)
            assert (alone.counts, alone.best, alone.start) == (row.counts, row.best, row.start)


def test_a_longer_list_takes_no_more_queries(database):
    def queries(size: int) -> int:
        with database.read() as session, counted(database) as seen:
            assert len(experiments.listing(session, size=size).items) == size
        return len(seen)

    with database.write() as session:
        for _ in range(8):
            closed(session, 2.0, 1.0)
    queries(1)  # reads the series, which is kept
    assert queries(8) == queries(2)
