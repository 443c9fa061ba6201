"""What is worth trying after a trial, from what is stored of it."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from app.cache import Cache
from app.db.models import Trial
from app.domain.next_steps import NextStep, StepKind, TrialEvidence, suggest_steps
from app.domain.search_space.catalogue import Catalogue
from app.domain.terms import PENDING_TRIAL_STATES, Part
from app.errors import NotFound
from app.services import trials

MAX_CACHED_STEPS = 200  # trials: a live page asks for the best one's every second
_STEPS: Cache[tuple[object, ...], tuple[NextStep, ...]] = Cache(MAX_CACHED_STEPS)


def find_steps(session: Session, trial: Trial) -> tuple[NextStep, ...]:
    """What is worth trying after a trial that has ended; none before it was evaluated."""
    if trial.state in PENDING_TRIAL_STATES or trial.validation_rmse is None:
        return ()
    key = (trial.id, trial.created_at, trial.objective, trial.epochs_trained)
    return _STEPS.get_or_make(key, lambda: _compute_steps(session, trial))


def find_step(session: Session, trial: Trial, kind: StepKind) -> NextStep | None:
    """What is suggested of this kind, if anything."""
    for step in find_steps(session, trial):
        if step.kind == kind:
            return step
    return None


def _compute_steps(session: Session, trial: Trial) -> tuple[NextStep, ...]:
    try:
        forecast = trials.forecast(session, trial, Part.VALIDATION)
    except NotFound:  # its forecast is gone
        return ()
    experiment = trial.experiment
    epochs = trials.epochs(session, trial)
    parts = experiment.split.parts(experiment.dataset.rows)
    evidence = TrialEvidence(
        parameters=trial.parameters,
        season_lengths=tuple(experiment.season_lengths or ()),
        dates=forecast.at,
        errors=forecast.actual - forecast.predicted,
        train_losses=[epoch.train_loss for epoch in epochs],
        val_losses=[epoch.val_loss for epoch in epochs],
        best_epoch=trial.best_epoch,
        train_rows=len(parts[Part.TRAIN]),
    )
    possible = []
    for step in suggest_steps(evidence):
        if _can_change(experiment.catalogue, step.changes):
            possible.append(step)
    return tuple(possible)


def _can_change(catalogue: Catalogue, names: Collection[str]) -> bool:
    """Whether the network of an experiment, which may be a custom model, can vary these."""
    return all(name in catalogue for name in names)
