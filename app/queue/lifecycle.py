"""When an experiment is over, and why."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Experiment, Trial
from app.domain.failure_causes import FailureCause, advice
from app.domain.states import (
    COMPLETE_EXPERIMENT,
    FAIL_EXPERIMENT,
    PAUSE_EXPERIMENT,
    STOP_EXPERIMENT,
    WITHDRAW_TRIAL,
    ExperimentTransition,
)
from app.domain.strategies import strategy_info
from app.domain.terms import (
    FINISHED_TRIAL_STATES,
    OPEN_EXPERIMENT_STATES,
    ExperimentState,
    TrialState,
)
from app.queue import artifacts, budget, pruning
from app.queue.clock import clock
from app.queue.transitions import change_experiment, change_trials

FAILURES_TO_PAUSE = 3


def is_due(session: Session) -> bool:
    """Whether `settle` would do anything now: to look is cheap, to write keeps others from writing."""
    for experiment in _open_or_stopping(session):
        counts = count_states(session, experiment.id)
        is_over = (
            not counts.get(TrialState.RUNNING, 0)
            and _ending(session, experiment, counts) is not None
        )
        if is_over or _cause_to_pause(session, experiment, counts) is not None:
            return True
    return False


def settle(session: Session) -> list[int]:
    """End every open experiment that has nothing left to do; which ones."""
    closed = []
    for experiment in _open_or_stopping(session):
        counts = count_states(session, experiment.id)
        if _pause(session, experiment, counts) or counts.get(TrialState.RUNNING, 0):
            continue
        ended = _ending(session, experiment, counts)
        if ended is not None and ended[0] == COMPLETE_EXPERIMENT and _goes_on(session, experiment):
            continue
        if ended is not None:
            close(session, experiment, *ended)
            closed.append(experiment.id)
    return closed


def is_stopping(experiment: Experiment) -> bool:
    """Whether a person asked for the experiment's end and a running trial still keeps it from ending."""
    return experiment.stop_requested_at is not None and experiment.finished_at is None


def _open_or_stopping(session: Session) -> list[Experiment]:
    """The experiments that may end now; a paused one ends only if a person stops it."""
    is_open = Experiment.state.in_(OPEN_EXPERIMENT_STATES)
    is_paused = Experiment.state == ExperimentState.PAUSED
    is_stopped = is_paused & Experiment.stop_requested_at.is_not(None)
    return list(session.scalars(select(Experiment).where(is_open | is_stopped)))


def _goes_on(session: Session, experiment: Experiment) -> bool:
    """Whether there were pruned trials to be trained on first."""
    return bool(pruning.promote(session, experiment) or pruning.finish(session, experiment))


def count_states(session: Session, experiment_id: int) -> dict[TrialState, int]:
    """How many trials of an experiment are in each state."""
    return counts_by_experiment(session, [experiment_id])[experiment_id]


def counts_by_experiment(
    session: Session, experiment_ids: Collection[int]
) -> dict[int, dict[TrialState, int]]:
    """For each of these experiments, how many of its trials are in each state."""
    query = select(Trial.experiment_id, Trial.state, func.count()).where(
        Trial.experiment_id.in_(experiment_ids)
    )
    found: dict[int, dict[TrialState, int]] = {
        experiment_id: {} for experiment_id in experiment_ids
    }
    for experiment_id, state, count in session.execute(
        query.group_by(Trial.experiment_id, Trial.state)
    ):
        found[experiment_id][TrialState(state)] = count
    return found


def count_finished(counts: dict[TrialState, int]) -> int:
    """How many of the trials have ended."""
    return sum(count for state, count in counts.items() if state in FINISHED_TRIAL_STATES)


def planned_trials(experiment: Experiment, counts: dict[TrialState, int]) -> int:
    """How many trials there will be, as far as known."""
    return sum(counts.values()) if experiment.exhausted else experiment.max_trials


def close_failed(session: Session, experiment_id: int, reason: str) -> None:
    """End an experiment as failed."""
    close(session, session.get_one(Experiment, experiment_id), FAIL_EXPERIMENT, reason)


def close(
    session: Session, experiment: Experiment, transition: ExperimentTransition, reason: str
) -> None:
    """End an experiment and wish for the bundle of its best model."""
    moment = clock(session)
    has_ended = change_experiment(
        session,
        transition,
        experiment.id,
        reason=reason,
        finished_at=moment,
        seconds_used=budget.seconds_used(experiment, moment),
        resumed_at=None,
    )
    if not has_ended:
        return
    if transition == COMPLETE_EXPERIMENT:
        _withdraw(session, experiment, moment)
    best = artifacts.best_trial(session, experiment.id)
    if best is not None:
        artifacts.wish(session, best)


def _withdraw(session: Session, experiment: Experiment, moment: datetime) -> None:
    """End the trials that still wait, as some may where the time budget is spent."""
    change_trials(
        session,
        WITHDRAW_TRIAL,
        Trial.experiment_id == experiment.id,
        finished_at=moment,
        error="Stopped because the time budget is used up.",
    )


def _cause_to_pause(
    session: Session, experiment: Experiment, counts: dict[TrialState, int]
) -> tuple[str, int] | None:
    """The one cause of which all trials so far have failed, and how many, where that is a reason to pause."""
    ended = count_finished(counts)
    rest = planned_trials(experiment, counts) - ended
    if (
        experiment.pauses
        or experiment.stop_requested_at
        or rest <= 0
        or ended != counts.get(TrialState.FAILED, 0)
    ):
        return None
    causes = [
        (cause, count)
        for cause, count, _ in failures(session, experiment.id)
        if cause != FailureCause.DOES_NOT_FIT
    ]
    return causes[0] if len(causes) == 1 and causes[0][1] >= FAILURES_TO_PAUSE else None


def _pause(session: Session, experiment: Experiment, counts: dict[TrialState, int]) -> bool:
    """Pause a search, once, whose first trials have all failed of one cause; its running trials go on to their end."""
    found = _cause_to_pause(session, experiment, counts)
    if found is None:
        return False
    cause, count = found
    why = f"Paused: the first {count} trials failed, all of one cause: {cause}. {advice(cause)}"
    used = budget.seconds_used(experiment, clock(session))
    return change_experiment(
        session,
        PAUSE_EXPERIMENT,
        experiment.id,
        reason=why,
        pauses=1,
        seconds_used=used,
        resumed_at=None,
    )


def failures(session: Session, experiment_id: int) -> list[tuple[str, int, str]]:
    """Why trials failed, how many of each cause, and the words of one of them; the commonest first."""
    query = (
        select(Trial.failure_cause, func.count(), func.min(Trial.error))
        .where(Trial.experiment_id == experiment_id, Trial.state == TrialState.FAILED)
        .group_by(Trial.failure_cause)
        .order_by(func.count().desc(), Trial.failure_cause)
    )
    return [
        (cause or FailureCause.ERROR, count, words or "")
        for cause, count, words in session.execute(query)
    ]


def _all_failed(session: Session, experiment: Experiment, finished: int) -> str:
    causes = ", ".join(f"{count} × {cause}" for cause, count, _ in failures(session, experiment.id))
    best = artifacts.best_trial(session, experiment.id)
    if best is not None:
        return f"Every trial failed ({finished}: {causes}). The model of trial {best.number} is from before it failed."
    return f"Every trial failed ({finished}: {causes}), so there is no model."


def _ending(
    session: Session, experiment: Experiment, counts: dict[TrialState, int]
) -> tuple[ExperimentTransition, str] | None:
    finished = count_finished(counts)
    planned = planned_trials(experiment, counts)
    if experiment.stop_requested_at is not None:
        return STOP_EXPERIMENT, f"Stopped by you after {finished} of {planned} trials."
    is_over = finished >= planned or budget.is_spent(experiment)
    if is_over and 0 < finished == counts.get(TrialState.FAILED, 0):
        return FAIL_EXPERIMENT, _all_failed(session, experiment, finished)
    if finished >= planned:
        why = f" {_left(experiment)} has no other combination." if experiment.exhausted else ""
        return COMPLETE_EXPERIMENT, f"All {finished} trials have ended.{why}"
    if budget.is_spent(experiment):
        return (
            COMPLETE_EXPERIMENT,
            f"The time budget is used up: {finished} of {planned} trials have ended.",
        )
    return None


def _left(experiment: Experiment) -> str:
    return (
        "What reduction left of the search space"
        if strategy_info(experiment.strategy).shrinks_space
        else "The search space"
    )
