"""All times that are compared or subtracted are the database's, whatever a process's clock says."""

import ast
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.db.models import Epoch, Experiment, Trial
from app.db.types import DatabaseTime
from app.domain.runs import EpochRecord, TrialOutcome
from app.domain.terms import ExperimentState, TrialState
from app.queue import budget, claims, lifecycle, recording
from app.queue.clock import clock
from app.services import trials
from tests import factories
from tests.clock import now, set_clock_off

ROOT = Path(__file__).parents[3]
HOUR = 3600.0
SOON = 60.0  # seconds: far longer than a test takes, far shorter than the clocks are off
LOCAL_CLOCKS = {"now", "utcnow", "today", "time"}
MAY_READ_THE_LOCAL_CLOCK = {
    "app/backup.py",  # the name of a file
    "app/db/file_identity.py",  # compared with the time of a file on the same machine
}
SOURCES = sorted(
    path
    for room in ("app", "worker")
    for path in (ROOT / room).rglob("*.py")
    if str(path.relative_to(ROOT)) not in MAY_READ_THE_LOCAL_CLOCK
)


def local_times(path: Path) -> list[int]:
    """The lines of a module that read the local clock as a time; monotonic clocks are none."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr in LOCAL_CLOCKS
        and getattr(node.value, "id", "") in ("datetime", "date", "time")
    ]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_reads_the_local_clock(path):
    assert local_times(path) == []


@pytest.mark.parametrize("statement", ["datetime.now(UTC)", "time.time()", "f(default=time.time)"])
def test_a_local_clock_is_noticed(tmp_path, statement):
    path = tmp_path / "module.py"
    path.write_text(statement)

    assert local_times(path) == [1]


def test_the_time_by_the_database_is_in_utc_and_goes_on(database):
    with database.read() as session:
        first = clock(session)
        second = clock(session)

    assert first.utcoffset() == timedelta(0)
    assert first <= second
    assert abs((now() - first).total_seconds()) < SOON


def test_a_stored_time_compares_with_the_clock(database):
    with database.write() as session:
        made = factories.experiment(session)
        before = clock(session)
        session.execute(update(Experiment).values(started_at=DatabaseTime()))
        after = clock(session)

        started_at = session.scalars(select(Experiment.started_at)).one()
        is_between = Experiment.started_at.between(before, after)
        assert before <= started_at <= after
        assert session.scalars(select(Experiment.id).where(is_between)).all() == [made.id]


@pytest.fixture(params=[-HOUR, HOUR], ids=["slow", "fast"])
def wrong_clock(request):
    """A context in which all code of ours sees a clock that is an hour off."""

    @contextmanager
    def context():
        with pytest.MonkeyPatch.context() as patch:
            set_clock_off(request.param, patch.setattr)
            yield

    return context


def test_a_worker_with_a_wrong_clock_leaves_right_durations(database, wrong_clock, client):
    with database.write() as session:
        experiment = factories.experiment(session, max_trials=1, time_budget_seconds=HOUR / 2)
        factories.trial(session, experiment)

    with wrong_clock(), database.write() as session:
        claim = claims.claim(session, "worker")

    with database.read() as session:
        trial = session.query(Trial).one()
        assert 0 <= trials.duration(trial, clock(session)) < SOON
        assert 0 <= budget.seconds_used(session.query(Experiment).one()) < SOON
    assert client.get(f"/trials/{trial.id}").status_code == 200

    with wrong_clock(), database.write() as session:
        epoch = EpochRecord(number=1, train_loss=1, val_loss=1, objective=1, seconds=1)
        decisions = recording.record_epoch(session, claim.token, claim.training_id, epoch)
        recording.finish(session, claim.token, trial.id, TrialOutcome(TrialState.STOPPED))
        lifecycle.close_finished(session)

    with database.read() as session:
        ended = session.query(Trial).one()
        closed = session.query(Experiment).one()
        recorded_at = session.scalars(select(Epoch.recorded_at)).one()
    assert decisions == {}, "the time budget is not used up"
    assert closed.state == ExperimentState.COMPLETED
    times = [ended.created_at, ended.started_at, recorded_at, ended.finished_at, closed.finished_at]
    assert times == sorted(times)
    assert times[-1] - times[0] < timedelta(seconds=SOON)
    assert abs((datetime.now(times[0].tzinfo) - times[0]).total_seconds()) < SOON
