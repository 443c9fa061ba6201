"""How many trials of an experiment are in each state, and why some of them failed."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.db.models import Experiment, Trial
from app.domain.failure_causes import FailureCause
from app.domain.terms import FINISHED_TRIAL_STATES, TrialState

HAS_BEGUN = Trial.started_at.is_not(None)  # whether a worker has ever taken a trial
HAS_TRAINED = and_(HAS_BEGUN, Trial.state.in_(FINISHED_TRIAL_STATES))

StateCounts = dict[TrialState, int]  # how many trials are in each state


class FailureCount(NamedTuple):
    """How many trials of an experiment failed of one cause, and the error of one of them."""

    cause: str
    n_trials: int
    example: str


def count_states(session: Session, experiment_id: int) -> StateCounts:
    """How many trials of an experiment are in each state."""
    counts = counts_by_experiment(session, [experiment_id])
    return counts[experiment_id]


def counts_by_experiment(
    session: Session, experiment_ids: Collection[int]
) -> dict[int, StateCounts]:
    """For each of these experiments, how many of its trials are in each state."""
    counts: dict[int, StateCounts] = {}
    for experiment_id in experiment_ids:
        counts[experiment_id] = {}
    query = (
        select(Trial.experiment_id, Trial.state, func.count())
        .where(Trial.experiment_id.in_(experiment_ids))
        .group_by(Trial.experiment_id, Trial.state)
    )
    for experiment_id, state, count in session.execute(query):
        counts[experiment_id][TrialState(state)] = count
    return counts


def count_trained(session: Session, experiment_ids: Collection[int]) -> dict[int, int]:
    """For each of these experiments with any, how many of its trials have begun and ended.

    One whose parameters do not fit the data has ended, but never began.
    """
    query = (
        select(Trial.experiment_id, func.count())
        .where(Trial.experiment_id.in_(experiment_ids), HAS_TRAINED)
        .group_by(Trial.experiment_id)
    )
    trained = {}
    for experiment_id, count in session.execute(query):
        trained[experiment_id] = count
    return trained


def count_finished(counts: StateCounts) -> int:
    """How many of the trials have ended."""
    finished = 0
    for state, count in counts.items():
        if state in FINISHED_TRIAL_STATES:
            finished += count
    return finished


def planned_trials(experiment: Experiment, counts: StateCounts) -> int:
    """How many trials there will be in the end, as far as is known now."""
    if experiment.exhausted:
        return sum(counts.values())
    return experiment.max_trials


def count_failures(session: Session, experiment_id: int) -> list[FailureCount]:
    """How many trials of an experiment failed of each cause, the most frequent cause first."""
    count = func.count()
    first_error = func.min(Trial.error)
    query = (
        select(Trial.failure_cause, count, first_error)
        .where(
            Trial.experiment_id == experiment_id,
            Trial.state == TrialState.FAILED,
        )
        .group_by(Trial.failure_cause)
        .order_by(count.desc(), Trial.failure_cause)
    )
    counts = []
    for cause, n_trials, error in session.execute(query):
        failure = FailureCount(
            cause or FailureCause.ERROR,
            n_trials,
            error or "",
        )
        counts.append(failure)
    return counts
