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
    trials_by_id = {trial.id: trial for trial in trials if trial.epochs_trained}
    keys = {trial.id: _curve_of(trial) for trial in trials_by_id.values()}

    def make(trial_ids: list[int]) -> dict[int, Diagnosis]:
        return _diagnose_new(session, [trials_by_id[trial_id] for trial_id in trial_ids])

    return _DIAGNOSES.find_or_make_many(keys, make)


def _diagnose_new(session: Session, trials: Sequence[Trial]) -> dict[int, Diagnosis]:
    losses_by_training = _load_losses(session, {trial.training_id for trial in trials})
    diagnoses = {}
    for trial in trials:
        losses = losses_by_training.get(trial.training_id, ([], []))
        train_losses, val_losses = (curve[: trial.epochs_trained] for curve in losses)
        if train_losses:
            diagnoses[trial.id] = diagnose(train_losses, val_losses, trial.best_epoch)
    return diagnoses


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
