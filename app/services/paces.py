"""How fast trials of the built-in network go here, from the latest that have ended."""

from collections.abc import Collection
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
    query = (
        select(
            Trial.experiment_id,
            Trial.training_id,
            Trial.state,
            Trial.started_at,
            Trial.finished_at,
            Trial.epochs_trained,
            Trial.parameters,
        )
        .join(Experiment, Experiment.id == Trial.experiment_id)
        .where(*HAS_TRAINED, Experiment.custom_model_name.is_(None))
        .order_by(Trial.id.desc())
        .limit(MAX_MEASURED_TRIALS)
    )
    rows = session.execute(query).all()
    seconds_by_training = _sum_epochs(session, {row.training_id for row in rows})
    trials = [_read_trial(row, seconds_by_training.get(row.training_id, 0.0)) for row in rows]
    return measure_pace([trial for trial in trials if trial is not None])


def _sum_epochs(session: Session, training_ids: Collection[int | None]) -> dict[int, float]:
    """The seconds of all epochs, by training id."""
    query = (
        select(Epoch.training_id, func.sum(Epoch.seconds).label("seconds"))
        .where(Epoch.training_id.in_(training_ids))
        .group_by(Epoch.training_id)
    )
    return {row.training_id: row.seconds for row in session.execute(query)}


def _read_trial(row: Row[Any], training_seconds: float) -> EndedTrial | None:
    """A trial as the pace counts it; None where what is stored of it cannot be read."""
    try:
        fraction = None
        if row.state == TrialState.COMPLETED and row.parameters["patience"]:
            fraction = min(1.0, row.epochs_trained / row.parameters["epochs"])
        return EndedTrial(
            experiment_id=row.experiment_id,
            started=row.started_at.timestamp(),
            ended=row.finished_at.timestamp(),
            training_seconds=float(training_seconds),
            epoch_fraction=fraction,
        )
    except Exception:  # what is stored may be anything, and other searches must not suffer
        return None
