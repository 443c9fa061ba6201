"""How fast trials of the built-in network go here, from the latest that have ended."""

from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.db.models import Epoch, Experiment, Trial
from app.domain.pace import EndedTrial, Pace, measure_pace
from app.domain.terms import TrialState

MAX_MEASURED_TRIALS = 60
HAS_TRAINED = (
    Trial.state.in_((TrialState.COMPLETED, TrialState.PRUNED)),
    Trial.epochs_trained > 0,
    Trial.started_at.is_not(None),
    Trial.finished_at.is_not(None),
)


def measure_installation(session: Session) -> Pace:
    """The pace of the latest trials of all experiments; custom models do not count."""
    training_seconds = (
        select(func.sum(Epoch.seconds))
        .where(Epoch.training_id == Trial.training_id)
        .correlate(Trial)
        .scalar_subquery()
    )
    query = (
        select(
            Trial.experiment_id,
            Trial.state,
            Trial.started_at,
            Trial.finished_at,
            Trial.epochs_trained,
            Trial.parameters,
            func.coalesce(training_seconds, 0.0).label("training_seconds"),
        )
        .join(Experiment, Experiment.id == Trial.experiment_id)
        .where(*HAS_TRAINED, Experiment.custom_model_name.is_(None))
        .order_by(Trial.id.desc())
        .limit(MAX_MEASURED_TRIALS)
    )
    trials = [_read_trial(row) for row in session.execute(query)]
    return measure_pace([trial for trial in trials if trial is not None])


def _read_trial(row: Row[Any]) -> EndedTrial | None:
    """A trial as the pace counts it; None where what is stored of it cannot be read."""
    try:
        fraction = None
        if row.state == TrialState.COMPLETED and row.parameters["patience"]:
            fraction = min(1.0, row.epochs_trained / row.parameters["epochs"])
        return EndedTrial(
            experiment_id=row.experiment_id,
            started=row.started_at.timestamp(),
            ended=row.finished_at.timestamp(),
            training_seconds=float(row.training_seconds),
            epoch_fraction=fraction,
        )
    except Exception:  # what is stored may be anything, and other searches must not suffer
        return None
