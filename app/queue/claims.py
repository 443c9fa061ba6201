"""The trials table as a queue: claim, renew, release, expire.

A claim takes every queued trial of one experiment that shares one training, under one lease
token. Every later write of the run carries that token: see app.queue.recording.

A lease is a counter that its holder raises. Whoever sees it unchanged for the length of a lease,
by a clock of its own, expires it. No two clocks are compared.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from app.db.models import Experiment, Training, Trial
from app.db.types import DatabaseTime
from app.domain.failure_causes import FailureCause
from app.domain.runs import Claim
from app.domain.states import (
    CLAIM_TRIAL,
    EXPIRE_TRIAL,
    FAIL_TRIAL,
    RELEASE_TRIAL,
    START_EXPERIMENT,
    TrialTransition,
)
from app.domain.terms import OPEN_EXPERIMENT_STATES, TrialState
from app.queue import budget, finishing
from app.queue.clock import clock
from app.queue.errands import ERRAND_TABLES
from app.queue.logs import write_log
from app.queue.transitions import NOT_SYNCHRONIZED, change_experiment, change_trials
from app.queue.unreadable import blame

# In a row without a new epoch. What kills its process so often is most likely the trial itself.
MAX_INTERRUPTIONS = 5


@dataclass(frozen=True)
class ObservedLease:
    """A lease as it was seen: its token, and how often it had been renewed."""

    token: str
    beats: int


@dataclass(frozen=True)
class TimeLimits:
    """What time budgets keep from being started.

    `out_of_time`: experiments of which no trial is started; `to_finish`: the one training that is
    started next, by experiment.
    """

    out_of_time: Sequence[int]
    to_finish: Mapping[int, int]


def claim(session: Session, worker_id: str, skipped: Collection[int] = ()) -> Claim | None:
    """Take the next training that nobody runs; None when there is none.

    Experiments with the fewest running trials come first; those with the ids `skipped` never.
    """
    limits = _time_limits(session)
    query = _next_training([*limits.out_of_time, *skipped], limits.to_finish)
    next_training = session.execute(query).first()
    if next_training is None:
        return None
    experiment_id, training_id = next_training
    token = token_hex(16)
    claimed = change_trials(
        session,
        CLAIM_TRIAL,
        Trial.experiment_id == experiment_id,
        Trial.training_id == training_id,
        ~_is_training_running(training_id),
        worker_id=worker_id,
        slot=None,
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
    _start_experiment(session, experiment_id)
    write_log(session, trial_ids, f"Taken by worker {worker_id}")
    return Claim(token, experiment_id, training_id, trial_ids)


def begin_run(session: Session, token: str, slot: int | None = None) -> None:
    """Count an interruption in advance, as a slot begins a run; a new epoch clears the count.

    From now on the experiment uses its time. `slot`: its number in its worker.
    """
    count = (
        update(Trial)
        .where(
            Trial.lease_token == token,
            Trial.state == TrialState.RUNNING,
        )
        .values(interruptions=Trial.interruptions + 1, slot=slot)
    )
    session.execute(count, execution_options=NOT_SYNCHRONIZED)
    budget.begin(session, token)


def renew(session: Session, tokens: Collection[str]) -> None:
    """Show that the holder of these leases is still there."""
    trials = (
        update(Trial)
        .where(
            Trial.lease_token.in_(tokens),
            Trial.state == TrialState.RUNNING,
        )
        .values(lease_beats=Trial.lease_beats + 1)
    )
    session.execute(trials, execution_options=NOT_SYNCHRONIZED)
    for table in ERRAND_TABLES:
        errands = (
            update(table)
            .where(table.lease_token.in_(tokens))
            .values(lease_beats=table.lease_beats + 1)
        )
        session.execute(errands, execution_options=NOT_SYNCHRONIZED)
    budget.count_time_of_runs(session, tokens)


def observe_leases(session: Session) -> set[ObservedLease]:
    """Every lease that somebody holds: of running trials, and of errands."""
    of_trials = (
        select(Trial.lease_token, Trial.lease_beats)
        .where(Trial.state == TrialState.RUNNING)
        .distinct()
    )
    queries = [of_trials]
    for table in ERRAND_TABLES:
        is_held = table.lease_token.is_not(None)
        queries.append(select(table.lease_token, table.lease_beats).where(is_held))
    leases = set()
    for query in queries:
        for token, beats in session.execute(query):
            if token is not None:
                leases.add(ObservedLease(token, beats))
    return leases


def release(session: Session, tokens: Collection[str], reason: str) -> tuple[int, ...]:
    """Queue running trials again, with their parameters; they go on from their checkpoint."""
    is_held = Trial.lease_token.in_(tokens)
    return _requeue(
        session,
        RELEASE_TRIAL,
        is_held,
        reason,
        interruptions=0,
    )


def release_errands(session: Session, tokens: Collection[str]) -> None:
    """Leave what is done under these leases beside trials to another worker."""
    for table in ERRAND_TABLES:
        held = update(table).where(table.lease_token.in_(tokens))
        session.execute(held.values(lease_token=None), execution_options=NOT_SYNCHRONIZED)


def expire(session: Session, lease: ObservedLease) -> tuple[int, ...]:
    """Take back a lease that its holder has not renewed since it was observed."""
    for table in ERRAND_TABLES:
        silent = update(table).where(
            table.lease_token == lease.token,
            table.lease_beats == lease.beats,
        )
        session.execute(silent.values(lease_token=None), execution_options=NOT_SYNCHRONIZED)
    is_silent_trial = and_(
        Trial.lease_token == lease.token,
        Trial.lease_beats == lease.beats,
    )
    return _interrupt(session, EXPIRE_TRIAL, is_silent_trial, "The worker fell silent")


def interrupt(session: Session, token: str, reason: str) -> tuple[int, ...]:
    """Queue the trials of a run again whose slot was killed; too often in a row, and they fail."""
    is_held = Trial.lease_token == token
    return _interrupt(
        session,
        RELEASE_TRIAL,
        is_held,
        reason,
    )


def _time_limits(session: Session) -> TimeLimits:
    limited = select(Experiment).where(
        Experiment.state.in_(OPEN_EXPERIMENT_STATES),
        Experiment.time_budget_seconds.is_not(None),
    )
    out_of_time = []
    to_finish = {}
    for experiment in session.scalars(limited):
        with blame(experiment.id):
            if budget.is_spent(experiment):
                out_of_time.append(experiment.id)
                continue
            training_id = finishing.next_training(session, experiment)
            if training_id is not None:
                to_finish[experiment.id] = training_id
    return TimeLimits(out_of_time, to_finish)


def _next_training(skipped: Collection[int], to_finish: Mapping[int, int]) -> Select[int, int]:
    running = aliased(Trial)
    running_trials = (
        select(func.count())
        .select_from(running)
        .where(
            running.experiment_id == Experiment.id,
            running.state == TrialState.RUNNING,
        )
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
            Experiment.id.not_in(skipped),
            ~_is_training_running(Trial.training_id),
            Experiment.id.not_in(to_finish) | Trial.training_id.in_(to_finish.values()),
        )
        .order_by(running_trials, Experiment.id, Trial.number)
        .limit(1)
    )


def _is_training_running(training_id: object) -> ColumnElement[bool]:
    """Whether a training runs now, for this or another experiment."""
    running = aliased(Trial)
    return exists().where(
        running.training_id == training_id,
        running.state == TrialState.RUNNING,
    )


def _start_experiment(session: Session, experiment_id: int) -> None:
    change_experiment(
        session,
        START_EXPERIMENT,
        experiment_id,
        started_at=func.coalesce(Experiment.started_at, clock(session)),
    )


def _interrupt(
    session: Session, transition: TrialTransition, condition: ColumnElement[bool], reason: str
) -> tuple[int, ...]:
    error = (
        f"{reason}. That was the {MAX_INTERRUPTIONS}th time in a row without a new epoch,"
        " so it is not tried again."
    )
    failed = change_trials(
        session,
        FAIL_TRIAL,
        condition,
        Trial.interruptions >= MAX_INTERRUPTIONS,
        lease_token=None,
        finished_at=DatabaseTime(),
        error=error,
        failure_cause=FailureCause.KILLED,
    )
    write_log(session, failed, error)
    return _requeue(session, transition, condition, f"{reason}: back in the queue") + failed


def _requeue(
    session: Session,
    transition: TrialTransition,
    condition: ColumnElement[bool],
    reason: str,
    **values: object,
) -> tuple[int, ...]:
    requeued = change_trials(
        session, transition, condition, lease_token=None, worker_id=None, **values
    )
    write_log(session, requeued, reason)
    return requeued
