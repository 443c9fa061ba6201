"""When an experiment is over or pauses, and why."""

from typing import NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.db.models import Experiment
from app.domain.failure_causes import FailureCause, advice
from app.domain.states import (
    COMPLETE_EXPERIMENT,
    FAIL_EXPERIMENT,
    PAUSE_EXPERIMENT,
    STOP_EXPERIMENT,
    ExperimentTransition,
)
from app.domain.strategies import strategy_info
from app.domain.terms import (
    OPEN_EXPERIMENT_STATES,
    ExperimentState,
    TrialState,
)
from app.queue import artifacts, budget, deliveries, pruning
from app.queue.clock import clock
from app.queue.transitions import change_experiment
from app.queue.trial_counts import (
    FailureCount,
    StateCounts,
    count_failures,
    count_finished,
    count_states,
    planned_trials,
)
from app.queue.unreadable import blame
from app.queue.withdrawals import count_waiting_to_go_on, withdraw_queued

FAILURES_TO_PAUSE = 3


class ExperimentOutcome(NamedTuple):
    """How an experiment ends, and why."""

    transition: ExperimentTransition
    reason: str


def is_due(session: Session) -> bool:
    """Whether `close_finished` would do anything now; asking does not keep others from writing."""
    for experiment in _open_or_stopping(session):
        with blame(experiment.id):
            counts = count_states(session, experiment.id)
            if _cause_to_pause(session, experiment, counts) is not None:
                return True
            if _find_ending(session, experiment, counts) is not None:
                return True
    return False


def close_finished(session: Session) -> list[int]:
    """End or pause every open experiment that is due; the ids of those that ended."""
    closed = []
    for experiment in _open_or_stopping(session):
        with blame(experiment.id):
            counts = count_states(session, experiment.id)
            if _pause_if_failing(session, experiment, counts):
                continue
            ending = _find_ending(session, experiment, counts)
            if ending is None:
                continue
            if ending.transition == COMPLETE_EXPERIMENT and _promote_trials(session, experiment):
                continue
            close(session, experiment, *ending)
            closed.append(experiment.id)
    return closed


def close_failed(session: Session, experiment_id: int, reason: str) -> None:
    """End an experiment as failed, unless it has ended or been deleted."""
    experiment = session.get(Experiment, experiment_id)
    if experiment is not None:
        close(session, experiment, FAIL_EXPERIMENT, reason)


def close(
    session: Session, experiment: Experiment, transition: ExperimentTransition, reason: str
) -> None:
    """End an experiment and request what it hands over."""
    has_ended = change_experiment(
        session,
        transition,
        experiment.id,
        reason=reason,
        finished_at=clock(session),
    )
    if not has_ended:
        return
    if transition != STOP_EXPERIMENT:  # whose queue waits for a resume
        withdraw_queued(session, experiment, _cause_to_withdraw(experiment))
    deliveries.request(session, experiment)


def is_stopping(experiment: Experiment) -> bool:
    """Whether a person asked for the end of an experiment, and a running trial still delays it."""
    if experiment.stop_requested_at is None:
        return False
    return experiment.finished_at is None


def _open_or_stopping(session: Session) -> list[Experiment]:
    """The experiments that may end now; a paused one ends only if a person stops it."""
    is_open = Experiment.state.in_(OPEN_EXPERIMENT_STATES)
    is_stopped = and_(
        Experiment.state == ExperimentState.PAUSED,
        Experiment.stop_requested_at.is_not(None),
    )
    is_kept = Experiment.deleted_at.is_(None)  # what was deleted may be undone and go on
    query = select(Experiment).where(or_(is_open, is_stopped), is_kept)
    return list(session.scalars(query))


def _find_ending(
    session: Session, experiment: Experiment, counts: StateCounts
) -> ExperimentOutcome | None:
    """How an experiment ends now; None where it goes on or a trial still runs."""
    if counts.get(TrialState.RUNNING, 0):
        return None
    finished = count_finished(counts)
    planned = planned_trials(experiment, counts)
    if experiment.stop_requested_at is not None:
        reason = f"Stopped by you after {finished} of {planned} trials."
        return ExperimentOutcome(STOP_EXPERIMENT, reason)
    withdrawn = counts.get(TrialState.WITHDRAWN, 0)
    has_all_trials = finished + withdrawn >= planned
    if not has_all_trials and not budget.is_spent(experiment):
        return None
    have_all_failed = 0 < finished == counts.get(TrialState.FAILED, 0)
    if have_all_failed:
        reason = _describe_failure(session, experiment, finished)
        return ExperimentOutcome(FAIL_EXPERIMENT, reason)
    if has_all_trials:
        reason = _describe_completion(experiment, finished, withdrawn)
        return ExperimentOutcome(COMPLETE_EXPERIMENT, reason)
    ended = finished + count_waiting_to_go_on(session, experiment)
    reason = f"The time budget is used up: {ended} of {planned} trials have ended."
    return ExperimentOutcome(COMPLETE_EXPERIMENT, reason)


def _describe_failure(session: Session, experiment: Experiment, finished: int) -> str:
    counts = []
    for failure in count_failures(session, experiment.id):
        counts.append(f"{failure.n_trials} × {failure.cause}")
    causes = ", ".join(counts)
    all_failed = f"Every trial failed ({finished}: {causes})"
    best = artifacts.best_trial(session, experiment.id)
    if best is None:
        return f"{all_failed}, so there is no model."
    model = f"The model of trial {best.number} is from before it failed."
    return f"{all_failed}. {model}"


def _describe_completion(experiment: Experiment, finished: int, withdrawn: int) -> str:
    exhaustion = _describe_exhaustion(experiment)
    if not withdrawn:
        return f"All {finished} trials have ended.{exhaustion}"
    total = finished + withdrawn
    return f"{finished} of {total} trials have ended, and you withdrew {withdrawn}.{exhaustion}"


def _describe_exhaustion(experiment: Experiment) -> str:
    """A sentence, with a space before it, on a strategy that has nothing left to propose."""
    if not experiment.exhausted:
        return ""
    if strategy_info(experiment.strategy).shrinks_space:
        return " What reduction left of the search space has no other combination."
    return " The search space has no other combination."


def _promote_trials(session: Session, experiment: Experiment) -> bool:
    """Queue pruned trials that are to be trained in full first; whether there were any."""
    promoted = pruning.promote(session, experiment)
    if not promoted:
        promoted = pruning.promote_best(session, experiment)
    return promoted > 0


def _cause_to_withdraw(experiment: Experiment) -> str:
    if budget.is_spent(experiment):
        return "the time budget is used up"
    return "the experiment is over"


def _cause_to_pause(
    session: Session, experiment: Experiment, counts: StateCounts
) -> FailureCount | None:
    """The one cause of which all trials so far have failed, where that is a reason to pause."""
    if experiment.pauses or experiment.stop_requested_at:
        return None
    finished = count_finished(counts)
    failed = counts.get(TrialState.FAILED, 0)
    if finished != failed:
        return None
    if finished >= planned_trials(experiment, counts):
        return None
    causes = []
    for failure in count_failures(session, experiment.id):
        if failure.cause != FailureCause.DOES_NOT_FIT:
            causes.append(failure)
    if len(causes) != 1:
        return None
    cause = causes[0]
    if cause.n_trials < FAILURES_TO_PAUSE:
        return None
    return cause


def _pause_if_failing(session: Session, experiment: Experiment, counts: StateCounts) -> bool:
    """Pause a search, once, whose first trials have all failed of one cause.

    Its running trials go on to their end.
    """
    failure = _cause_to_pause(session, experiment, counts)
    if failure is None:
        return False
    cause = failure.cause
    reason = f"Paused: the first {failure.n_trials} trials failed, all of one cause: {cause}."
    return change_experiment(
        session,
        PAUSE_EXPERIMENT,
        experiment.id,
        reason=f"{reason} {advice(cause)}",
        pauses=1,
    )
