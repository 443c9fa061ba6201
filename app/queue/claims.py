"""The trials table as a queue: claim, renew, release, expire.

A claim takes every queued trial of one experiment that can be read off one training, under one lease token.
Every later write of that run carries the token: see app.queue.recording. A lease is a counter that its holder
raises; who sees it unchanged for the length of a lease, by a clock of its own, expires it. No two clocks are compared.
"""

from collections.abc import Collection
from dataclasses import dataclass
from secrets import token_hex

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from app.db.models import Artifact, Experiment, LogLine, Training, Trial
from app.db.types import DatabaseTime
from app.domain.failure_causes import FailureCause
from app.domain.states import (
    CLAIM_TRIAL,
    EXPIRE_TRIAL,
    FAIL_TRIAL,
    RELEASE_TRIAL,
    START_EXPERIMENT,
    TrialTransition,
)
from app.domain.terms import OPEN_EXPERIMENT_STATES, TrialState
from app.queue import budget
from app.queue.clock import clock
from app.queue.transitions import change_experiment, change_trials

MOST_INTERRUPTIONS = (
    5  # in a row without a new epoch: what kills its processes is most likely the trial itself
)
DETACHED = {"synchronize_session": False}


@dataclass(frozen=True)
class Lease:
    """Who holds something, and how often that was renewed."""

    token: str
    beats: int


@dataclass(frozen=True)
class Claim:
    """One training to run, the trials that ride on it, and the token that proves the lease."""

    token: str
    experiment_id: int
    training_id: int
    trial_ids: tuple[int, ...]


def claim(session: Session, worker_id: str) -> Claim | None:
    """Take the next training nobody works on, or None. Experiments with the fewest running trials come first."""
    found = session.execute(_next_training(_out_of_time(session))).first()
    if found is None:
        return None
    experiment_id, training_id = found
    token = token_hex(16)
    claimed = change_trials(
        session,
        CLAIM_TRIAL,
        Trial.experiment_id == experiment_id,
        Trial.training_id == training_id,
        ~_is_trained(training_id),
        worker_id=worker_id,
        lease_token=token,
        lease_beats=0,
        attempts=Trial.attempts + 1,
        started_at=DatabaseTime(),
        finished_at=None,
        error=None,
        failure_cause=None,
        traceback=None,
    )
    if not claimed:
        return None
    trial_ids = tuple(sorted(claimed))
    _start(session, experiment_id)
    log(session, trial_ids, f"Taken by worker {worker_id}")
    return Claim(token, experiment_id, training_id, trial_ids)


def begin(session: Session, token: str) -> None:
    """Count a run that a slot begins; a new epoch clears the count, so it grows only where none ever ends."""
    held = update(Trial).where(Trial.lease_token == token, Trial.state == TrialState.RUNNING)
    session.execute(held.values(interruptions=Trial.interruptions + 1), execution_options=DETACHED)


def renew(session: Session, tokens: Collection[str]) -> None:
    """Show that whoever holds these leases is still there."""
    trials = update(Trial).where(Trial.lease_token.in_(tokens), Trial.state == TrialState.RUNNING)
    session.execute(trials.values(lease_beats=Trial.lease_beats + 1), execution_options=DETACHED)
    wishes = update(Artifact).where(Artifact.lease_token.in_(tokens))
    session.execute(wishes.values(lease_beats=Artifact.lease_beats + 1), execution_options=DETACHED)


def leases(session: Session) -> set[Lease]:
    """Every lease somebody holds: of running trials and of bundles in the making."""
    running = (
        select(Trial.lease_token, Trial.lease_beats)
        .where(Trial.state == TrialState.RUNNING)
        .distinct()
    )
    making = select(Artifact.lease_token, Artifact.lease_beats).where(
        Artifact.lease_token.is_not(None)
    )
    rows = [*session.execute(running), *session.execute(making)]
    return {Lease(token, beats) for token, beats in rows if token is not None}


def release(session: Session, tokens: Collection[str], why: str) -> tuple[int, ...]:
    """Put running trials back to queued, parameters kept; they go on from their checkpoint."""
    return _requeue(session, RELEASE_TRIAL, Trial.lease_token.in_(tokens), why, interruptions=0)


def expire(session: Session, lease: Lease) -> tuple[int, ...]:
    """Take a lease that was not renewed since it was seen from its silent holder."""
    held = update(Artifact).where(
        Artifact.lease_token == lease.token, Artifact.lease_beats == lease.beats
    )
    session.execute(held.values(lease_token=None), execution_options=DETACHED)
    silent = and_(Trial.lease_token == lease.token, Trial.lease_beats == lease.beats)
    return _interrupt(session, EXPIRE_TRIAL, silent, "The worker fell silent")


def interrupt(session: Session, token: str, why: str) -> tuple[int, ...]:
    """Put the trials of a run whose slot was killed from outside back to queued; too often in a row: fail them."""
    return _interrupt(session, RELEASE_TRIAL, Trial.lease_token == token, why)


def log(session: Session, trial_ids: Collection[int], message: str) -> None:
    """Write one line into the log of each trial."""
    session.add_all(LogLine(trial_id=trial_id, message=message) for trial_id in trial_ids)


def _out_of_time(session: Session) -> list[int]:
    """Open experiments whose time budget is spent: nothing more is begun for them."""
    limited = select(Experiment).where(
        Experiment.state.in_(OPEN_EXPERIMENT_STATES), Experiment.time_budget_seconds.is_not(None)
    )
    return [experiment.id for experiment in session.scalars(limited) if budget.is_spent(experiment)]


def _next_training(out_of_time: Collection[int]) -> Select[int, int]:
    busy = aliased(Trial)
    running_trials = (
        select(func.count())
        .select_from(busy)
        .where(busy.experiment_id == Experiment.id, busy.state == TrialState.RUNNING)
        .scalar_subquery()
    )
    return (
        select(Trial.experiment_id, Trial.training_id)
        .join(Experiment, Experiment.id == Trial.experiment_id)
        .join(Training, Training.id == Trial.training_id)
        .where(
            Trial.state.in_(CLAIM_TRIAL.sources),
            Experiment.state.in_(OPEN_EXPERIMENT_STATES),
            Experiment.stop_requested_at.is_(None),
        )
        .where(~_is_trained(Trial.training_id), Experiment.id.not_in(out_of_time))
        .order_by(running_trials, Experiment.id, Trial.number)
        .limit(1)
    )


def _is_trained(training_id: object) -> ColumnElement[bool]:
    """Somebody is at this training right now, for this or another experiment."""
    busy = aliased(Trial)
    return exists().where(busy.training_id == training_id, busy.state == TrialState.RUNNING)


def _start(session: Session, experiment_id: int) -> None:
    moment = clock(session)
    change_experiment(
        session,
        START_EXPERIMENT,
        experiment_id,
        started_at=func.coalesce(Experiment.started_at, moment),
        resumed_at=moment,
    )


def _interrupt(
    session: Session, transition: TrialTransition, condition: ColumnElement[bool], why: str
) -> tuple[int, ...]:
    error = f"{why}. That was the {MOST_INTERRUPTIONS}th time in a row without a new epoch, so it is not tried again."
    failed = change_trials(
        session,
        FAIL_TRIAL,
        condition,
        Trial.interruptions >= MOST_INTERRUPTIONS,
        lease_token=None,
        finished_at=DatabaseTime(),
        error=error,
        failure_cause=FailureCause.KILLED,
    )
    log(session, failed, error)
    return _requeue(session, transition, condition, f"{why}: back in the queue") + failed


def _requeue(
    session: Session,
    transition: TrialTransition,
    condition: ColumnElement[bool],
    why: str,
    **values: object,
) -> tuple[int, ...]:
    requeued = change_trials(
        session, transition, condition, lease_token=None, worker_id=None, **values
    )
    log(session, requeued, why)
    return requeued
