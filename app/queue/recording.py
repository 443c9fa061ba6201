"""What a run writes: epochs, checkpoints and outcomes. Each write carries the token of its lease.

The writes of a worker that lost its lease match no row: they change nothing and raise LeaseLost.
"""

from collections.abc import Collection, Mapping

import numpy as np
from sqlalchemy import ColumnElement, case, delete, exists, select, update
from sqlalchemy.orm import Session

from app.db.models import Artifact, Epoch, Experiment, Forecast, Training, Trial
from app.db.types import DatabaseTime
from app.domain.metrics import Scores
from app.domain.runs import (
    EpochRecord,
    Evaluation,
    StopDecision,
    StopDecisions,
    TrialOutcome,
)
from app.domain.states import RUN_ENDINGS
from app.domain.terms import ArtifactKind, Part, TrialState
from app.queue import budget, pruning
from app.queue.logs import write_log
from app.queue.transitions import NOT_SYNCHRONIZED, change_trials

SCORE_NAMES = ("rmse", "mae", "mape", "skill")


class LeaseLost(Exception):
    """Somebody else has this trial now."""


def record_engine(session: Session, token: str, training_id: int, engine: str, reason: str) -> None:
    """Store which engine trains, and why."""
    values = {"engine": engine, "engine_reason": reason}
    _write_training(session, token, training_id, values)


def record_epoch(
    session: Session, token: str, training_id: int, epoch: EpochRecord
) -> StopDecisions:
    """Store an epoch that has just ended. Returns which trials of the run end with it.

    Raises LeaseLost also where an earlier epoch is missing: the database was replaced by an older
    one.
    """
    _count_epoch_of_trials(session, token, training_id, epoch.number)
    _count_epoch_of_training(session, token, training_id, epoch.number)
    session.merge(Epoch(training_id=training_id, **vars(epoch)))
    return stop_decisions(session, token, training_id, epoch.number)


def record_checkpoint(
    session: Session, token: str, training_id: int, epoch: int, checkpoint: bytes
) -> None:
    """Store the newest checkpoint of a training, from which it can go on."""
    values = {"checkpoint": checkpoint, "checkpoint_epoch": epoch}
    _write_training(session, token, training_id, values)


def stop_decisions(session: Session, token: str, training_id: int, epoch: int) -> StopDecisions:
    """Which trials of a run a person, the time budget or the pruning rule ends after an epoch."""
    query = select(
        Trial.id,
        Trial.stop_requested_at,
        Trial.experiment_id,
    ).where(*_is_held(token))
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
    reason_to_prune = pruning.find_reason(session, experiment, training_id, epoch)
    if reason_to_prune is not None:
        decisions |= _decide(trial_ids, TrialState.PRUNED, f"Pruned: {reason_to_prune}.")
    stopped = [trial.id for trial in running if trial.stop_requested_at]
    decisions |= _decide(stopped, TrialState.STOPPED, stopped_by_person)
    return decisions


def finish(session: Session, token: str, trial_id: int, outcome: TrialOutcome) -> None:
    """End one trial of a run: one conditional update, then what the trial leaves."""
    values = _outcome_values(outcome)
    if outcome.evaluation is not None:
        values |= _evaluation_values(outcome.evaluation)
    transition = RUN_ENDINGS[outcome.state]
    is_held = (Trial.id == trial_id, Trial.lease_token == token)
    changed = change_trials(session, transition, *is_held, **values)
    if not changed:
        raise LeaseLost(token)
    if outcome.evaluation is not None:
        _replace_results(session, trial_id, outcome.evaluation)
    ending = outcome.error or f"Ended: {outcome.state}"
    lines = [*outcome.notes, ending]
    write_log(session, [trial_id], "; ".join(lines))


def finish_trials(
    session: Session, token: str, trial_ids: Collection[int], outcome: TrialOutcome
) -> None:
    """End these trials of a run with the same outcome."""
    for trial_id in trial_ids:
        finish(session, token, trial_id, outcome)


def finish_held(session: Session, token: str, outcome: TrialOutcome) -> None:
    """End every trial that still runs under this token with the same outcome."""
    query = select(Trial.id).where(*_is_held(token))
    trial_ids = session.scalars(query).all()
    finish_trials(session, token, trial_ids, outcome)


def copy_result(
    session: Session, token: str, trial_id: int, source_trial_id: int, epochs: int
) -> None:
    """Complete a trial with the result of another trial of its training.

    The source trial has the same best epoch; the trial itself ends after `epochs`.
    """
    source = session.get_one(Trial, source_trial_id)
    note = f"Read off the training of trial {source.number}: nothing was trained"
    evaluation = _stored_evaluation(session, source)
    outcome = TrialOutcome(TrialState.COMPLETED, epochs, evaluation, notes=(note,))
    finish(session, token, trial_id, outcome)
    copy = update(Trial).where(Trial.id == trial_id)
    session.execute(copy.values(source_trial_id=source_trial_id))


def _is_held(token: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Trial.lease_token == token,
        Trial.state == TrialState.RUNNING,
    )


def _decide(trial_ids: Collection[int], state: TrialState, reason: str) -> dict[int, StopDecision]:
    return dict.fromkeys(trial_ids, StopDecision(state, reason))


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
    values = {"epochs_trained": epochs_trained}
    _write_training(session, token, training_id, values, has_earlier_epochs)


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
        update(Training).where(Training.id == training_id, is_held, *conditions).values(**values)
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


def _evaluation_values(evaluation: Evaluation) -> dict[str, object]:
    values: dict[str, object] = {
        "objective": evaluation.objective,
        "best_epoch": evaluation.best_epoch,
    }
    for part, scores in evaluation.scores.items():
        for name in SCORE_NAMES:
            values[f"{part}_{name}"] = getattr(scores, name)
    return values


def _replace_results(session: Session, trial_id: int, evaluation: Evaluation) -> None:
    """Store the forecasts and the model of a trial in place of earlier ones and their bundle."""
    for table in (Forecast, Artifact):
        earlier = delete(table).where(table.trial_id == trial_id)
        session.execute(earlier, execution_options=NOT_SYNCHRONIZED)
    for part, predicted in evaluation.forecasts.items():
        content = predicted.astype("<f8").tobytes()
        session.add(Forecast(trial_id=trial_id, part=part, predicted=content))
    model = evaluation.model
    artifact = Artifact(
        trial_id=trial_id,
        kind=ArtifactKind.MODEL,
        content=model,
        size=None if model is None else len(model),
        problem=evaluation.model_problem,
    )
    session.add(artifact)


def _stored_evaluation(session: Session, trial: Trial) -> Evaluation:
    """The evaluation of a completed trial, read back."""
    assert trial.objective is not None
    assert trial.best_epoch is not None
    is_model = (Artifact.trial_id == trial.id, Artifact.kind == ArtifactKind.MODEL)
    model = session.execute(select(Artifact.content, Artifact.problem).where(*is_model)).one()
    forecasts = session.scalars(select(Forecast).where(Forecast.trial_id == trial.id))
    return Evaluation(
        objective=trial.objective,
        best_epoch=trial.best_epoch,
        scores={part: _stored_scores(trial, part) for part in (Part.VALIDATION, Part.TEST)},
        forecasts={
            Part(forecast.part): np.frombuffer(forecast.predicted, "<f8") for forecast in forecasts
        },
        model=model.content,
        model_problem=model.problem,
    )


def _stored_scores(trial: Trial, part: Part) -> Scores:
    values = {}
    for name in SCORE_NAMES:
        values[name] = getattr(trial, f"{part}_{name}")
    return Scores(**values)
