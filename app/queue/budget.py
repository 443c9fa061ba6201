"""How much time an experiment has used: that in which at least one of its trials was running.

It begins when a slot begins a run, and is counted as it passes, by the database's clock: at each
heartbeat and epoch, and whenever a trial begins or ends to run. Between two such moments no more
than two heartbeats count. So hardly any time is lost to a worker that was killed, a machine that
was suspended, or a backup that is restored.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, object_session
from sqlalchemy.orm.exc import DetachedInstanceError

from app.db.models import Experiment, Trial, Worker
from app.domain.terms import TrialState
from app.queue.clock import clock

HEARTBEATS_PER_STEP = 2  # a heartbeat that is a little late still counts in full
DEFAULT_HEARTBEAT_SECONDS = 5.0  # where no worker is registered


def seconds_used(experiment: Experiment) -> float:
    """Seconds in which at least one trial of an experiment was running, up to now."""
    counted_until = experiment.counted_until
    if counted_until is None:
        return experiment.seconds_used
    session = object_session(experiment)
    if session is None:
        raise DetachedInstanceError("The time an experiment has used is asked of its session.")
    return experiment.seconds_used + _step_seconds(session, counted_until, clock(session))


def is_spent(experiment: Experiment) -> bool:
    """Whether there is a time budget and it is used up."""
    budget = experiment.time_budget_seconds
    if budget is None:
        return False
    return seconds_used(experiment) >= budget


def begin(session: Session, token: str) -> None:
    """Count the time of an experiment from now on, as a slot begins a run of it."""
    for experiment_id in _experiments_of_runs(session, [token]):
        change = update(Experiment).where(
            Experiment.id == experiment_id,
            Experiment.counted_until.is_(None),
        )
        session.execute(change.values(counted_until=clock(session)))


def count_time(session: Session, experiment_ids: Collection[int]) -> None:
    """Add the time since the last count. Call it after a trial has begun or ended to run."""
    now = clock(session)
    for experiment_id in experiment_ids:
        _count_time_of(session, experiment_id, now)


def count_time_of_runs(session: Session, tokens: Collection[str]) -> None:
    """Add the time since the last count to the experiments of these runs, which go on."""
    count_time(session, _experiments_of_runs(session, tokens))


def _experiments_of_runs(session: Session, tokens: Collection[str]) -> Sequence[int]:
    running = (
        select(Trial.experiment_id)
        .where(
            Trial.lease_token.in_(tokens),
            Trial.state == TrialState.RUNNING,
        )
        .distinct()
    )
    return session.scalars(running).all()


def _count_time_of(session: Session, experiment_id: int, now: datetime) -> None:
    columns = (Experiment.seconds_used, Experiment.counted_until)
    query = select(*columns).where(Experiment.id == experiment_id)
    used, counted_until = session.execute(query).one()
    if counted_until is None:
        return
    used += _step_seconds(session, counted_until, now)
    until = None
    if _is_any_running(session, experiment_id):
        until = now
    change = update(Experiment).where(Experiment.id == experiment_id)
    change = change.values(seconds_used=used, counted_until=until)
    session.execute(change)


def _step_seconds(session: Session, counted_until: datetime, now: datetime) -> float:
    """The seconds that count of those since the last count."""
    since_count = now - counted_until
    passed = max(0.0, since_count.total_seconds())
    heartbeat = func.max(Worker.heartbeat_seconds)
    query = select(heartbeat).where(Worker.stopped_at.is_(None))
    heartbeat_seconds = session.scalar(query) or DEFAULT_HEARTBEAT_SECONDS
    return min(passed, HEARTBEATS_PER_STEP * heartbeat_seconds)


def _is_any_running(session: Session, experiment_id: int) -> bool:
    query = select(Trial.id).where(
        Trial.experiment_id == experiment_id,
        Trial.state == TrialState.RUNNING,
    )
    running_id = session.scalar(query.limit(1))
    return running_id is not None
