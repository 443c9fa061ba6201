"""What a person does with a search that exists: stop it, resume it, add trials or time."""

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.db.models import Experiment, Trial
from app.domain.states import (
    REOPEN_EXPERIMENT,
    RESUME_EXPERIMENT,
    RETRY_TRIAL,
    STOP_EXPERIMENT,
    ExperimentTransition,
)
from app.domain.strategies import strategy_info
from app.domain.terms import ExperimentState, TrialState
from app.errors import Conflict
from app.queue import budget, lifecycle
from app.queue.clock import clock
from app.queue.transitions import change_experiment, change_trials
from app.schemas import MAX_BUDGET_SECONDS, MAX_TRIALS


def stop(session: Session, experiment: Experiment) -> None:
    """Request an end: running trials stop after their epoch, queued ones wait for a resume."""
    if experiment.state not in STOP_EXPERIMENT.sources:
        raise Conflict(f"This experiment is {experiment.state}: there is nothing to stop.")
    if experiment.stop_requested_at is None:
        experiment.stop_requested_at = clock(session)
    session.flush()
    lifecycle.close_finished(session)


def resume(session: Session, experiment: Experiment) -> None:
    """Continue a stopped or paused experiment, its interrupted trials from checkpoints."""
    is_resumable = experiment.state in RESUME_EXPERIMENT.sources
    if not is_resumable and not lifecycle.is_stopping(experiment):
        raise Conflict(
            f"This experiment is {experiment.state}: only a stopped or paused one can be resumed."
        )
    refuse_if_out_of_time(experiment)
    if is_resumable:
        _reopen(session, experiment, RESUME_EXPERIMENT)
    experiment.stop_requested_at = None
    _requeue_interrupted(session, experiment)


def add_trials(session: Session, experiment: Experiment, count: int) -> None:
    """Let a search continue for `count` more trials."""
    if strategy_info(experiment.strategy).needs_points:
        raise Conflict(
            "This experiment tries a list of points: clone it, or one of its trials, to try others."
        )
    if experiment.exhausted:
        raise Conflict(
            "Every combination of this search space has been tried: "
            "there are no more trials to add."
        )
    if experiment.max_trials + count > MAX_TRIALS:
        raise Conflict(f"An experiment has at most {MAX_TRIALS:,} trials.")
    refuse_if_out_of_time(experiment)
    experiment.max_trials += count
    reopen_if_closed(session, experiment)


def add_time(session: Session, experiment: Experiment, seconds: float) -> None:
    """Raise a time budget, and continue what it had ended from the checkpoints.

    What a person stopped waits for a resume.
    """
    time_budget = experiment.time_budget_seconds
    if time_budget is None:
        raise Conflict("This experiment has no time budget: it needs no more time.")
    seconds_used = budget.seconds_used(experiment)
    least_budget = max(time_budget, seconds_used)
    new_budget = least_budget + seconds
    if new_budget > MAX_BUDGET_SECONDS:
        raise Conflict(f"A time budget is at most {MAX_BUDGET_SECONDS:,} seconds.")
    experiment.time_budget_seconds = new_budget
    if experiment.state == ExperimentState.COMPLETED:
        _reopen(session, experiment, REOPEN_EXPERIMENT)
        _requeue_interrupted(session, experiment)


def refuse_if_out_of_time(experiment: Experiment) -> None:
    """Raises Conflict where any trial that starts would be ended at once."""
    if budget.is_spent(experiment):
        raise Conflict("The time budget of this experiment is used up: give it more time first.")


def requeue(session: Session, *conditions: ColumnElement[bool]) -> tuple[int, ...]:
    """Put trials back into the queue. Returns their ids.

    What they were evaluated to stays until something better comes: see app.queue.evaluations.
    """
    return change_trials(
        session,
        RETRY_TRIAL,
        *conditions,
        interruptions=0,
        error=None,
        failure_cause=None,
        traceback=None,
        finished_at=None,
        stop_requested_at=None,
    )


def reopen_if_closed(session: Session, experiment: Experiment) -> None:
    """Reopen an experiment that has something to do again, unless it is being stopped."""
    if not lifecycle.is_stopping(experiment):
        _reopen(session, experiment, REOPEN_EXPERIMENT)


def _requeue_interrupted(session: Session, experiment: Experiment) -> None:
    """Requeue the trials that were stopped with the experiment."""
    _requeue_unless_asked(session, experiment, TrialState.STOPPED)


def _requeue_unless_asked(session: Session, experiment: Experiment, state: TrialState) -> None:
    """Requeue the trials in a state, but none that a person stopped by itself."""
    requeue(
        session,
        Trial.experiment_id == experiment.id,
        Trial.state == state,
        Trial.stop_requested_at.is_(None),
    )


def _reopen(session: Session, experiment: Experiment, transition: ExperimentTransition) -> None:
    """Open an experiment, and queue what was withdrawn when it ended."""
    has_reopened = change_experiment(
        session,
        transition,
        experiment.id,
        reason=None,
        finished_at=None,
        stop_requested_at=None,
    )
    if has_reopened:
        _requeue_unless_asked(session, experiment, TrialState.WITHDRAWN)
