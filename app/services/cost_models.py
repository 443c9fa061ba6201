"""What a training costs on this installation: cost models fitted to the trainings it has run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.db.models import Dataset, Epoch, Experiment, Trial
from app.domain.cost_model import (
    CostModel,
    MeasuredTraining,
    fit_cost_model,
    unscaled_epoch_seconds,
)

MAX_MEASURED_TRAININGS = 60
MIN_TRAININGS_OF_EXPERIMENT = 3  # before they alone decide


@dataclass(frozen=True)
class TrainingSize:
    """The size of the data that a training reads, as the cost model counts it."""

    train_rows: int
    columns: int


def size_of_training(rows: int, features: Sequence[object], train_fraction: float) -> TrainingSize:
    """The size for a dataset of so many rows, of which a fraction is the train part."""
    train_rows = int(rows * train_fraction)
    return TrainingSize(train_rows, columns=len(features))


def size_of_experiment(experiment: Experiment) -> TrainingSize:
    """The size for the trainings of an experiment."""
    dataset = experiment.dataset
    return size_of_training(
        rows=dataset.rows,
        features=dataset.features,
        train_fraction=experiment.train_fraction,
    )


def fit_to_installation(session: Session) -> CostModel:
    """A cost model of the built-in network, from the latest trainings of all experiments."""
    trainings = _measure_trainings(session, None)
    return fit_cost_model(trainings)


def fit_to_experiment(session: Session, experiment: Experiment) -> CostModel:
    """A cost model from the latest trainings of an experiment, once it has a few.

    Before that it comes from all experiments; for a custom model it is not fitted.
    """
    if experiment.custom_model is not None:
        return _fit_to_custom_model(session, experiment)
    trainings = _measure_trainings(session, experiment.id)
    if len(trainings) >= MIN_TRAININGS_OF_EXPERIMENT:
        return fit_cost_model(trainings)
    return fit_to_installation(session)


def _measure_trainings(session: Session, experiment_id: int | None) -> list[MeasuredTraining]:
    """The latest trainings of the built-in network, of one experiment or of all.

    The first epoch is left out, which takes longer than the others.
    """
    query = (
        select(
            Trial.training_id,
            Trial.parameters,
            Experiment.train_fraction,
            Dataset.rows,
            Dataset.features,
        )
        .join(Experiment, Experiment.id == Trial.experiment_id)
        .join(Dataset, Dataset.id == Experiment.dataset_id)
        .where(Trial.epochs_trained > 1, Experiment.custom_model_name.is_(None))
        .order_by(Trial.id.desc())
        .limit(MAX_MEASURED_TRAININGS)
    )
    if experiment_id is not None:
        query = query.where(Trial.experiment_id == experiment_id)
    rows = {row.training_id: row for row in session.execute(query)}
    trainings = []
    for training_id, seconds in _mean_epoch_seconds(session, list(rows)):
        training = _measure_training(rows[training_id], seconds)
        if training is not None:
            trainings.append(training)
    return trainings


def _measure_training(row: Row[Any], seconds: float) -> MeasuredTraining | None:
    """A training as the cost model counts it; None where what is stored of it cannot be read."""
    try:
        size = size_of_training(row.rows, row.features, row.train_fraction)
        unscaled_epoch_seconds(row.parameters, size.train_rows, size.columns)
        return MeasuredTraining(row.parameters, size.train_rows, size.columns, float(seconds))
    except Exception:  # what is stored may be anything, and other searches must not suffer
        return None


def _mean_epoch_seconds(session: Session, training_ids: Sequence[int]) -> list[tuple[int, float]]:
    query = (
        select(Epoch.training_id, func.avg(Epoch.seconds))
        .where(Epoch.training_id.in_(training_ids), Epoch.number > 1)
        .group_by(Epoch.training_id)
    )
    return [(training_id, seconds) for training_id, seconds in session.execute(query)]


def _fit_to_custom_model(session: Session, experiment: Experiment) -> CostModel:
    """The mean epoch of an experiment with a custom model, once it has trained a few."""
    training_ids = select(Trial.training_id).where(
        Trial.experiment_id == experiment.id,
        Trial.epochs_trained > 0,
    )
    query = select(
        func.avg(Epoch.seconds),
        func.count(Epoch.training_id.distinct()),
    ).where(Epoch.training_id.in_(training_ids))
    seconds, trainings = session.execute(query).one()
    if trainings < MIN_TRAININGS_OF_EXPERIMENT:
        return CostModel()
    return CostModel(usual=float(seconds))
