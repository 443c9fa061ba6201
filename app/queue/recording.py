"""What a run writes: epochs, checkpoints, results, failures. Each write carries the lease token.

A worker that lost its lease changes nothing: its writes match no row and raise LeaseLost.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import ColumnElement, case, delete, exists, select, update
from sqlalchemy.orm import Session

from app.db.models import Artifact, Epoch, Experiment, Forecast, Training, Trial
from app.db.types import DatabaseTime
from app.domain.failure_causes import FailureCause
from app.domain.metrics import Scores
from app.domain.states import RUN_ENDINGS
from app.domain.terms import ArtifactKind, Part, TrialState
from app.queue import budget, pruning
from app.queue.claims import DETACHED, log
from app.queue.transitions import change_trials

Orders = dict[int, tuple[TrialState, str]]  # trial -> the state it should end in, and why


class LeaseLost(Exception):
    """Somebody else has this trial now."""


@dataclass(frozen=True)
class Judgement:
    """What the best epoch of a trial is worth. Forecasts: float64 arrays, one value per row of the part, CSV units.

    `model` is None where it cannot be stored; `model_problem` then says why.
    """

    objective: float
    best_epoch: int
    scores: Mapping[Part, Scores]
    forecasts: Mapping[Part, np.ndarray]
    model: bytes | None
    model_problem: str | None = None


@dataclass(frozen=True)
class Ending:
    """How a run of a trial ends."""

    state: TrialState
    epochs_trained: int = 0
    judgement: Judgement | None = None
    error: str | None = None
    failure_cause: FailureCause | None = None
    traceback: str | None = None
    log: tuple[str, ...] = field(default=())


def record_engine(session: Session, token: str, training_id: int, engine: str, reason: str) -> None:
    """Say which engine trains, and why."""
    _write_training(session, token, training_id, {"engine": engine, "engine_reason": reason})


@dataclass(frozen=True)
class EpochRecord:
    """One pass over the train part. Losses and objective are None where they are no numbers."""

    number: int
    train_loss: float | None
    val_loss: float | None
    objective: float | None  # validation RMSE in the CSV's units after this epoch
    seconds: float


def record_epoch(session: Session, token: str, training_id: int, epoch: EpochRecord) -> Orders:
    """Store an epoch as it ends. Returns the trials of this run that should end now.

    Raises LeaseLost also where the epochs before it are not there: an older database was put in the place of this one.
    """
    so_far = select(Training.epochs_trained).where(Training.id == training_id).scalar_subquery()
    values = {
        "epochs_trained": epoch.number,
        "interruptions": case((so_far < epoch.number, 0), else_=Trial.interruptions),
    }
    held = (Trial.lease_token == token, Trial.state == TrialState.RUNNING)
    session.execute(update(Trial).where(*held).values(**values), execution_options=DETACHED)
    further = case(
        (Training.epochs_trained < epoch.number, epoch.number), else_=Training.epochs_trained
    )
    come_so_far = Training.epochs_trained >= epoch.number - 1
    _write_training(session, token, training_id, {"epochs_trained": further}, come_so_far)
    session.merge(Epoch(training_id=training_id, **vars(epoch)))
    return orders(session, token, training_id, epoch.number)


def record_checkpoint(
    session: Session, token: str, training_id: int, epoch: int, checkpoint: bytes
) -> None:
    """Keep the newest checkpoint of a training, from which it can go on."""
    _write_training(
        session, token, training_id, {"checkpoint": checkpoint, "checkpoint_epoch": epoch}
    )


def orders(session: Session, token: str, training_id: int, epoch: int) -> Orders:
    """Trials of this run that a person, the time budget or the pruning rule wants ended, and why."""
    rows = session.execute(
        select(Trial.id, Trial.stop_requested_at, Experiment)
        .join(Experiment)
        .where(Trial.lease_token == token, Trial.state == TrialState.RUNNING)
    ).all()
    if not rows:
        raise LeaseLost(token)
    experiment: Experiment = rows[0][2]
    if experiment.stop_requested_at or budget.is_spent(experiment):
        why = "by you" if experiment.stop_requested_at else "because the time budget is used up"
        return {row[0]: (TrialState.STOPPED, f"Stopped {why} after epoch {epoch}.") for row in rows}
    found: Orders = {
        row[0]: (TrialState.STOPPED, f"Stopped by you after epoch {epoch}.")
        for row in rows
        if row[1]
    }
    pruned = pruning.reason(session, experiment, training_id, epoch)
    if pruned is not None:
        found = {row[0]: (TrialState.PRUNED, f"Pruned: {pruned}.") for row in rows} | found
    return found


def finish(session: Session, token: str, trial_id: int, ending: Ending) -> None:
    """End one trial of a run: one conditional update, then what it leaves behind."""
    values = _ending_values(ending)
    if ending.judgement is not None:
        values |= _judgement_values(ending.judgement)
    held = (Trial.id == trial_id, Trial.lease_token == token)
    if not change_trials(session, RUN_ENDINGS[ending.state], *held, **values):
        raise LeaseLost(token)
    if ending.judgement is not None:
        _keep(session, trial_id, ending.judgement)
    log(session, [trial_id], "; ".join([*ending.log, ending.error or f"Ended: {ending.state}"]))


def copy(session: Session, token: str, trial_id: int, donor_id: int, epochs: int) -> None:
    """Complete a trial with the result of another that ended with the same epoch of the same training."""
    donor = session.get_one(Trial, donor_id)
    forecasts = session.scalars(select(Forecast).where(Forecast.trial_id == donor_id))
    model, model_problem = session.execute(
        select(Artifact.content, Artifact.problem).where(
            Artifact.trial_id == donor_id, Artifact.kind == ArtifactKind.MODEL
        )
    ).one()
    assert donor.objective is not None
    assert donor.best_epoch is not None
    judgement = Judgement(
        objective=donor.objective,
        best_epoch=donor.best_epoch,
        scores={part: _scores(donor, part) for part in (Part.VALIDATION, Part.TEST)},
        forecasts={
            Part(forecast.part): np.frombuffer(forecast.predicted, "<f8") for forecast in forecasts
        },
        model=model,
        model_problem=model_problem,
    )
    note = f"Read off the training of trial {donor.number}: nothing was trained"
    finish(session, token, trial_id, Ending(TrialState.COMPLETED, epochs, judgement, log=(note,)))
    session.execute(update(Trial).where(Trial.id == trial_id).values(source_trial_id=donor_id))


def _scores(trial: Trial, part: Part) -> Scores:
    return Scores(
        **{name: getattr(trial, f"{part}_{name}") for name in ("rmse", "mae", "mape", "skill")}
    )


def fail(session: Session, token: str, trial_ids: Collection[int], ending: Ending) -> None:
    """End all trials of a run the same way."""
    for trial_id in trial_ids:
        finish(session, token, trial_id, ending)


def fail_all(session: Session, token: str, ending: Ending) -> None:
    """End every trial that still runs under this token."""
    held = select(Trial.id).where(Trial.lease_token == token, Trial.state == TrialState.RUNNING)
    fail(session, token, session.scalars(held).all(), ending)


def _write_training(
    session: Session,
    token: str,
    training_id: int,
    values: Mapping[str, object],
    *conditions: ColumnElement[bool],
) -> None:
    held = exists().where(
        Trial.lease_token == token,
        Trial.state == TrialState.RUNNING,
        Trial.training_id == Training.id,
    )
    changed = session.execute(
        update(Training).where(Training.id == training_id, held, *conditions).values(**values),
        execution_options=DETACHED,
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise LeaseLost(token)


def _ending_values(ending: Ending) -> dict[str, object]:
    return {
        "finished_at": DatabaseTime(),
        "lease_token": None,
        "error": ending.error,
        "failure_cause": ending.failure_cause,
        "traceback": ending.traceback,
    } | ({"epochs_trained": ending.epochs_trained} if ending.epochs_trained else {})


def _judgement_values(judgement: Judgement) -> dict[str, object]:
    values: dict[str, object] = {
        "objective": judgement.objective,
        "best_epoch": judgement.best_epoch,
    }
    for part, scores in judgement.scores.items():
        for name in ("rmse", "mae", "mape", "skill"):
            values[f"{part}_{name}"] = getattr(scores, name)
    return values


def _keep(session: Session, trial_id: int, judgement: Judgement) -> None:
    session.execute(
        delete(Forecast).where(Forecast.trial_id == trial_id), execution_options=DETACHED
    )
    session.execute(
        delete(Artifact).where(Artifact.trial_id == trial_id), execution_options=DETACHED
    )
    for part, predicted in judgement.forecasts.items():
        session.add(
            Forecast(trial_id=trial_id, part=part, predicted=predicted.astype("<f8").tobytes())
        )
    session.add(
        Artifact(
            trial_id=trial_id,
            kind=ArtifactKind.MODEL,
            content=judgement.model,
            size=None if judgement.model is None else len(judgement.model),
            problem=judgement.model_problem,
        )
    )
