"""What a run writes: epochs, checkpoints and outcomes. Each write carries the token of its lease.

The writes of a worker that lost its lease match no row: they change nothing and raise LeaseLost.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from sqlalchemy import ColumnElement, case, exists, select, true, update
from sqlalchemy.orm import Session

from app.db.models import Epoch, Experiment, Training, Trial
from app.db.types import DatabaseTime
from app.domain.runs import (
    EpochRecord,
    StopDecision,
    StopDecisions,
    TrialOutcome,
)
from app.domain.states import RUN_ENDINGS
from app.domain.terms import TrialState
from app.queue import budget, evaluations, finishing
from app.queue.logs import write_log
from app.queue.transitions import NOT_SYNCHRONIZED, change_trials


class LeaseLost(Exception):
    """Somebody else has this trial now."""


class SourceGone(Exception):
    """The trial whose result was to be copied has been deleted."""


def record_engine(session: Session, token: str, training_id: int, engine: str, reason: str) -> None:
    """Store which engine trains, and why."""
    values = {
        "engine": engine,
        "engine_reason": reason,
    }
    _write_training(session, token, training_id, values)


def record_epoch(
    session: Session, token: str, training_id: int, epoch: EpochRecord
) -> StopDecisions:
    """Store an epoch that has just ended. Returns which trials of the run end with it.

    Raises LeaseLost also where an earlier epoch is missing: the database was replaced by an older
    one.
    """
    number = epoch.number
    _count_epoch_of_trials(session, token, training_id, number)
    _count_epoch_of_training(session, token, training_id, number)
    row = Epoch(training_id=training_id, **vars(epoch))
    session.merge(row)
    budget.count_time_of_runs(session, [token])
    return stop_decisions(session, token, training_id, number)


def record_checkpoint(
    session: Session, token: str, training_id: int, epoch: int, checkpoint: bytes
) -> None:
    """Store the newest checkpoint of a training, from which it can go on.

    Raises LeaseLost also where one of its epochs is missing, as `record_epoch` does.
    """
    values = {
        "checkpoint": checkpoint,
        "checkpoint_epoch": epoch,
    }
    has_its_epochs = Training.epochs_trained >= epoch
    _write_training(session, token, training_id, values, has_its_epochs)


def stop_decisions(session: Session, token: str, training_id: int, epoch: int) -> StopDecisions:
    """Which trials of a run a person, the time budget or the pruning rule ends after an epoch."""
    columns = (
        Trial.id,
        Trial.stop_requested_at,
        Trial.experiment_id,
    )
    query = select(*columns).where(*_is_held(token))
    running = session.execute(query).all()
    if not running:
        raise LeaseLost(token)
    trial_ids = [trial.id for trial in running]
    experiment = session.get_one(Experiment, running[0].experiment_id)
    stopped_by_person = f"Stopped by you after epoch {epoch}."
    if experiment.stop_requested_at:
        return _decide(trial_ids, TrialState.STOPPED, stopped_by_person)
    if budget.is_spent(experiment):
        reason = f"Stopped because the time budget is used up after epoch {epoch}."
        return _decide(trial_ids, TrialState.STOPPED, reason)
    decisions: dict[int, StopDecision] = {}
    reason_to_prune = finishing.find_reason_to_prune(session, experiment, training_id, epoch)
    if reason_to_prune is not None:
        decisions |= _decide(trial_ids, TrialState.PRUNED, f"Pruned: {reason_to_prune}.")
    stopped = [trial.id for trial in running if trial.stop_requested_at]
    decisions |= _decide(stopped, TrialState.STOPPED, stopped_by_person)
    return decisions


def finish(session: Session, token: str, trial_id: int, outcome: TrialOutcome) -> None:
    """End one trial of a run: one conditional update, then what the trial leaves.

    Raises LeaseLost also where one of its epochs is missing, as `record_epoch` does.
    """
    values = _outcome_values(outcome)
    evaluation = outcome.evaluation
    notes = list(outcome.notes)
    if evaluation is not None and evaluations.is_worse(session, trial_id, evaluation):
        values["epochs_trained"] = evaluations.epochs_with_best(outcome.epochs_trained)
        evaluation = None
        notes.append("Its result from before stays, which is better")
    if evaluation is not None:
        values |= evaluations.column_values(evaluation)
    transition = RUN_ENDINGS[outcome.state]
    changed = change_trials(
        session,
        transition,
        Trial.id == trial_id,
        Trial.lease_token == token,
        _has_epochs(outcome.epochs_trained),
        **values,
    )
    if not changed:
        raise LeaseLost(token)
    if evaluation is not None:
        evaluations.replace(session, trial_id, evaluation)
    ending = outcome.error or f"Finished: {outcome.state}"
    lines = [*notes, ending]
    write_log(session, [trial_id], "; ".join(lines))


def finish_trials(
    session: Session, token: str, trial_ids: Collection[int], outcome: TrialOutcome
) -> None:
    """End these trials of a run with the same outcome."""
    for trial_id in trial_ids:
        finish(session, token, trial_id, outcome)


def finish_held(session: Session, token: str, outcome: TrialOutcome) -> None:
    """End every trial that still runs under this token with the same outcome."""
    is_held = _is_held(token)
    query = select(Trial.id).where(*is_held)
    trial_ids = session.scalars(query).all()
    finish_trials(
        session,
        token,
        trial_ids,
        outcome,
    )


def copy_result(
    session: Session, token: str, trial_id: int, source_trial_id: int, epochs: int
) -> None:
    """Complete a trial with the result of another trial of its training.

    The source trial has the same best epoch; the trial itself ends after `epochs`. Raises
    SourceGone.
    """
    source = session.get(Trial, source_trial_id)
    if source is None:
        raise SourceGone(source_trial_id)
    note = f"Read off the training of trial {source.number}: nothing was trained"
    evaluation = evaluations.load(session, source)
    if source.experiment.seasons != session.get_one(Trial, trial_id).experiment.seasons:
        evaluation = replace(evaluation, more_scores=None)  # they were relative to other seasons
    outcome = TrialOutcome(
        TrialState.COMPLETED,
        epochs,
        evaluation,
        notes=(note,),
    )
    finish(session, token, trial_id, outcome)
    copied = update(Trial).where(Trial.id == trial_id)
    copied = copied.values(source_trial_id=source_trial_id)
    session.execute(copied)


def _is_held(token: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Trial.lease_token == token,
        Trial.state == TrialState.RUNNING,
    )


def _has_epochs(number: int) -> ColumnElement[bool]:
    """Whether so many epochs of a trial's training are stored."""
    if not number:
        return true()
    return exists().where(Training.id == Trial.training_id, Training.epochs_trained >= number)


def _decide(trial_ids: Collection[int], state: TrialState, reason: str) -> dict[int, StopDecision]:
    decision = StopDecision(state, reason)
    return dict.fromkeys(trial_ids, decision)


def _count_epoch_of_trials(session: Session, token: str, training_id: int, number: int) -> None:
    """A new epoch resets the count of interruptions. A repeated epoch does not."""
    epochs_before = (
        select(Training.epochs_trained).where(Training.id == training_id).scalar_subquery()
    )
    interruptions = case((epochs_before < number, 0), else_=Trial.interruptions)
    counted = (
        update(Trial)
        .where(*_is_held(token))
        .values(epochs_trained=number, interruptions=interruptions)
    )
    session.execute(counted, execution_options=NOT_SYNCHRONIZED)


def _count_epoch_of_training(session: Session, token: str, training_id: int, number: int) -> None:
    """Repeated epochs do not lower the count."""
    is_new = Training.epochs_trained < number
    epochs_trained = case(
        (is_new, number),
        else_=Training.epochs_trained,
    )
    has_earlier_epochs = Training.epochs_trained >= number - 1
    _write_training(
        session,
        token,
        training_id,
        {"epochs_trained": epochs_trained},
        has_earlier_epochs,
    )


def _write_training(
    session: Session,
    token: str,
    training_id: int,
    values: Mapping[str, object],
    *conditions: ColumnElement[bool],
) -> None:
    """Change a training while a trial of it runs under this token. Raises LeaseLost otherwise."""
    is_held = exists().where(*_is_held(token), Trial.training_id == Training.id)
    change = (
        update(Training)
        .where(
            Training.id == training_id,
            is_held,
            *conditions,
        )
        .values(**values)
    )
    changed = session.execute(change, execution_options=NOT_SYNCHRONIZED)
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise LeaseLost(token)


def _outcome_values(outcome: TrialOutcome) -> dict[str, object]:
    values: dict[str, object] = {
        "finished_at": DatabaseTime(),
        "lease_token": None,
        "error": outcome.error,
        "failure_cause": outcome.failure_cause,
        "traceback": outcome.traceback,
    }
    if outcome.epochs_trained:
        values["epochs_trained"] = outcome.epochs_trained
    return values
