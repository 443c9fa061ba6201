"""What the loss curves of trials say, as tables and pages show it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cache import Cache
from app.db.models import Epoch, Trial
from app.domain.diagnosis import Diagnosis, diagnose

Losses = tuple[list[float | None], list[float | None]]  # of training and of validation, by epoch
MAX_CACHED_DIAGNOSES = 2_000  # some pages of tables
_DIAGNOSES: Cache[tuple[object, ...], Diagnosis] = Cache(MAX_CACHED_DIAGNOSES)


def diagnose_trials(session: Session, trials: Sequence[Trial]) -> dict[int, Diagnosis]:
    """What the loss curves say, by trial id, for trials with at least one epoch."""
    diagnoses_by_trial: dict[int, Diagnosis] = {}
    new_trials = []
    for trial in trials:
        diagnosis = _DIAGNOSES.find(_curve_of(trial))
        if diagnosis is not None:
            diagnoses_by_trial[trial.id] = diagnosis
        elif trial.epochs_trained:
            new_trials.append(trial)
    if not new_trials:
        return diagnoses_by_trial
    losses_by_training = _load_losses(session, {trial.training_id for trial in new_trials})
    for trial in new_trials:
        losses = losses_by_training.get(trial.training_id, ([], []))
        train_losses, val_losses = (curve[: trial.epochs_trained] for curve in losses)
        if train_losses:
            diagnosis = diagnose(train_losses, val_losses, trial.best_epoch)
            diagnoses_by_trial[trial.id] = diagnosis
            _DIAGNOSES.keep(_curve_of(trial), diagnosis)
    return diagnoses_by_trial


def _curve_of(trial: Trial) -> tuple[object, ...]:
    """What a diagnosis depends on: of one training, the first epochs stay as they are."""
    return (
        trial.id,
        trial.created_at,
        trial.attempts,
        trial.epochs_trained,
        trial.best_epoch,
    )


def _load_losses(session: Session, training_ids: set[int]) -> dict[int, Losses]:
    """Training and validation losses by training id, from the first epoch on."""
    query = (
        select(
            Epoch.training_id,
            Epoch.train_loss,
            Epoch.val_loss,
        )
        .where(Epoch.training_id.in_(training_ids))
        .order_by(Epoch.training_id, Epoch.number)
    )
    losses: dict[int, Losses] = {}
    for training_id, train_loss, val_loss in session.execute(query):
        if training_id not in losses:
            losses[training_id] = ([], [])
        train_losses, val_losses = losses[training_id]
        train_losses.append(train_loss)
        val_losses.append(val_loss)
    return losses
