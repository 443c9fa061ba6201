"""The trials table as a queue: claim, renew, release, expire.

A claim takes every queued trial of one experiment that can be read off one training, under one lease token.
Every later write of that run carries the token: see app.services.recording.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex

from sqlalchemy import ColumnElement, Select, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from app.domain.terms import State
from app.models import Experiment, LogLine, Training, Trial, now

OPEN = (State.QUEUED, State.RUNNING)


@dataclass(frozen=True)
class Claim:
    """One training to run, the trials that ride on it, and the token that proves the lease."""

    token: str
    experiment_id: int
    training_id: int
    trial_ids: tuple[int, ...]


def claim(session: Session, worker_id: str, lease_seconds: float) -> Claim | None:
    """Take the next training nobody works on, or None. Experiments with the fewest running trials come first."""
    found = session.execute(_next_training()).first()
    if found is None:
        return None
    experiment_id, training_id = found
    token = token_hex(16)
    rows = session.execute(
        update(Trial)
        .where(Trial.experiment_id == experiment_id, Trial.training_id == training_id)
        .where(Trial.state == State.QUEUED, ~_is_trained(training_id))
        .values(
            state=State.RUNNING,
            worker_id=worker_id,
            lease_token=token,
            lease_expires_at=now() + timedelta(seconds=lease_seconds),
            attempts=Trial.attempts + 1,
            started_at=now(),
            finished_at=None,
            error=None,
            cause=None,
            traceback=None,
        )
        .returning(Trial.id),
        execution_options={"synchronize_session": False},
    ).scalars()
    trial_ids = tuple(sorted(rows))
    if not trial_ids:
        return None
    _start(session, experiment_id)
    log(session, trial_ids, f"Taken by worker {worker_id}")
    return Claim(token, experiment_id, training_id, trial_ids)


def renew(session: Session, tokens: Collection[str], lease_seconds: float) -> None:
    """Keep the leases of runs that are still going on."""
    expiry = now() + timedelta(seconds=lease_seconds)
    held = update(Trial).where(Trial.lease_token.in_(tokens), Trial.state == State.RUNNING)
    session.execute(held.values(lease_expires_at=expiry), execution_options={"synchronize_session": False})


def release(session: Session, tokens: Collection[str], why: str) -> tuple[int, ...]:
    """Put running trials back to queued, parameters kept; they go on from their checkpoint."""
    return _requeue(session, Trial.lease_token.in_(tokens), why)


def expire(session: Session) -> tuple[int, ...]:
    """Put trials whose worker has fallen silent back to queued."""
    return _requeue(session, Trial.lease_expires_at < now(), "The worker fell silent: back in the queue")


def log(session: Session, trial_ids: Collection[int], message: str) -> None:
    """Write one line into the log of each trial."""
    session.add_all(LogLine(trial_id=trial_id, message=message) for trial_id in trial_ids)


def _next_training() -> Select[int, int]:
    busy = aliased(Trial)
    running_trials = (
        select(func.count())
        .select_from(busy)
        .where(busy.experiment_id == Experiment.id, busy.state == State.RUNNING)
        .scalar_subquery()
    )
    return (
        select(Trial.experiment_id, Trial.training_id)
        .join(Experiment, Experiment.id == Trial.experiment_id)
        .join(Training, Training.id == Trial.training_id)
        .where(Trial.state == State.QUEUED, Experiment.state.in_(OPEN), Experiment.stop_requested_at.is_(None))
        .where(~_is_trained(Trial.training_id))
        .order_by(running_trials, Experiment.id, Trial.number)
        .limit(1)
        .with_for_update(of=Training, skip_locked=True)
    )


def _is_trained(training_id: object) -> ColumnElement[bool]:
    """Somebody is at this training right now, for this or another experiment."""
    busy = aliased(Trial)
    return exists().where(busy.training_id == training_id, busy.state == State.RUNNING)


def _start(session: Session, experiment_id: int) -> None:
    moment = now()
    session.execute(
        update(Experiment)
        .where(Experiment.id == experiment_id, Experiment.state == State.QUEUED)
        .values(
            state=State.RUNNING,
            started_at=func.coalesce(Experiment.started_at, moment),
            resumed_at=moment,
        ),
        execution_options={"synchronize_session": False},
    )


def _requeue(session: Session, which: ColumnElement[bool], why: str) -> tuple[int, ...]:
    rows = session.execute(
        update(Trial)
        .where(which, Trial.state == State.RUNNING)
        .values(state=State.QUEUED, worker_id=None, lease_token=None, lease_expires_at=None)
        .returning(Trial.id),
        execution_options={"synchronize_session": False},
    ).scalars()
    trial_ids = tuple(rows)
    log(session, trial_ids, why)
    return trial_ids
