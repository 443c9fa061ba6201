"""What experiments keep in the database: how much it is, and which checkpoints can be dropped.

A checkpoint is the state of a training between two epochs, about four times the size of its
model. Checkpoints only save time: without one, a training that goes on starts again from its
first epoch and comes to the same numbers.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from app.db.models import Artifact, Delivery, Experiment, Forecast, Training, Trial
from app.domain.pruning import PRUNINGS
from app.domain.strategies import strategy_info
from app.domain.terms import (
    OPEN_EXPERIMENT_STATES,
    PENDING_TRIAL_STATES,
    ArtifactKind,
    ExperimentState,
    Keep,
    TrialState,
)
from app.queue import artifacts
from app.queue.transitions import NOT_SYNCHRONIZED
from app.queue.unreadable import ExperimentFault, blame

RETRIABLE_TRIAL_STATES = (TrialState.STOPPED, TrialState.FAILED)  # by Resume or Retry
RESUMABLE_EXPERIMENT_STATES = OPEN_EXPERIMENT_STATES | {
    ExperimentState.STOPPED,
    ExperimentState.PAUSED,
}
SHARED_PARAMETERS = ("epochs", "patience")  # trials that differ in these alone share a training


@dataclass(frozen=True)
class StoredBytes:
    """What an experiment keeps, by kind. A checkpoint that experiments share counts in each."""

    models: int
    bundles: int
    forecasts: int
    checkpoints: int

    @property
    def total(self) -> int:
        sizes = (
            self.models,
            self.bundles,
            self.forecasts,
            self.checkpoints,
        )
        return sum(sizes)


def measure(session: Session, experiment_id: int) -> StoredBytes:
    """What an experiment keeps now, from the sizes that the database knows; no content is read."""
    trial_ids = select(Trial.id).where(Trial.experiment_id == experiment_id)
    training_ids = select(Trial.training_id).where(Trial.experiment_id == experiment_id)
    artifact_sizes = (
        select(Artifact.kind, func.sum(Artifact.size))
        .where(Artifact.trial_id.in_(trial_ids))
        .group_by(Artifact.kind)
    )
    by_kind = {}
    for kind, size in session.execute(artifact_sizes):
        by_kind[kind] = int(size or 0)
    checkpoint_bytes = func.length(Training.checkpoint)
    checkpoints = select(func.sum(checkpoint_bytes)).where(Training.id.in_(training_ids))
    delivery = _measure_delivery(session, experiment_id)
    return StoredBytes(
        models=by_kind.get(ArtifactKind.MODEL, 0),
        bundles=by_kind.get(ArtifactKind.BUNDLE, 0) + delivery.bundle,
        forecasts=_measure_forecasts(session, experiment_id) + delivery.forecasts,
        checkpoints=int(session.scalar(checkpoints) or 0),
    )


def _measure_forecasts(session: Session, experiment_id: int) -> int:
    """Bytes of all forecasts: those of a part are equally long, so one of each is looked at."""
    is_of_experiment = Trial.experiment_id == experiment_id
    counts = (
        select(Forecast.part, func.count(), func.max(Forecast.trial_id))
        .join(Trial, Trial.id == Forecast.trial_id)
        .where(is_of_experiment)
        .group_by(Forecast.part)
    )
    total = 0
    for part, n_forecasts, trial_id in session.execute(counts).all():
        length = select(func.length(Forecast.predicted)).where(
            Forecast.trial_id == trial_id, Forecast.part == part
        )
        total += n_forecasts * session.scalars(length).one()
    return total


class _DeliveryBytes(NamedTuple):
    bundle: int
    forecasts: int


def _measure_delivery(session: Session, experiment_id: int) -> _DeliveryBytes:
    """What an experiment keeps of what it hands over."""
    query = select(
        Delivery.size,
        func.length(Delivery.validation_forecast),
        func.length(Delivery.test_forecast),
    ).where(Delivery.experiment_id == experiment_id)
    row = session.execute(query).first()
    if row is None:
        return _DeliveryBytes(0, 0)
    bundle, validation, test = row
    return _DeliveryBytes(bundle or 0, (validation or 0) + (test or 0))


def tidy(session: Session, keep: Keep, experiment_ids: Collection[int] | None = None) -> int:
    """Drop unneeded checkpoints and store the sizes of these experiments, or of all.

    Returns how many were dropped. What is queued or running always keeps its checkpoint.
    """
    if experiment_ids is None:
        experiment_ids = session.scalars(select(Experiment.id)).all()
    dropped = 0
    for experiment_id in experiment_ids:
        dropped += _drop_checkpoints(session, keep, experiment_id)
    for experiment_id in experiment_ids:
        _store_size(session, experiment_id)
    return dropped


def _store_size(session: Session, experiment_id: int) -> None:
    size = measure(session, experiment_id).total
    change = (
        update(Experiment)
        .where(
            Experiment.id == experiment_id,
            Experiment.stored_bytes != size,
        )
        .values(stored_bytes=size)
    )
    session.execute(change, execution_options=NOT_SYNCHRONIZED)


def _drop_checkpoints(session: Session, keep: Keep, experiment_id: int) -> int:
    if keep == Keep.ALL:
        return 0
    training_ids = select(Trial.training_id).where(Trial.experiment_id == experiment_id)
    is_pending = Trial.state.in_(PENDING_TRIAL_STATES)
    is_unneeded = [
        Training.id.in_(training_ids),
        Training.checkpoint_epoch.is_not(None),
        ~_has_trial(is_pending),
    ]
    if keep == Keep.RESUMABLE:
        candidates = select(Training.id).where(*is_unneeded)
        is_resumable = _is_resumable(session, candidates)
        is_unneeded.append(~_has_trial(is_resumable))
    drop = (
        update(Training)
        .where(*is_unneeded)
        .values(
            checkpoint=None,
            checkpoint_epoch=None,
        )
    )
    dropped = session.execute(drop, execution_options=NOT_SYNCHRONIZED)
    return int(dropped.rowcount)  # type: ignore[attr-defined]


def _has_trial(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a trial of the training meets a condition."""
    return exists().where(
        Trial.training_id == Training.id,
        condition,
    )


def _is_resumable(session: Session, training_ids: Select[int]) -> ColumnElement[bool]:
    """Whether the training of a trial may be asked to go on: see Keep.RESUMABLE."""
    experiment_ids = select(Trial.experiment_id).where(Trial.training_id.in_(training_ids))
    query = select(Experiment).where(Experiment.id.in_(experiment_ids.distinct()))
    experiments = session.scalars(query).all()
    best_trials = artifacts.best_trials(
        session,
        [experiment.id for experiment in experiments],
    )
    best_ids = [trial.id for trial in best_trials.values()]
    promoting = []
    sharing = []
    for experiment in experiments:
        if experiment.state not in RESUMABLE_EXPERIMENT_STATES:
            continue
        pruning = PRUNINGS.get(experiment.pruning)
        if pruning is None or pruning.promotes or _may_finish_pruned(experiment):
            promoting.append(experiment.id)
        if _may_share_trainings(experiment):
            sharing.append(experiment.id)
    may_be_promoted = and_(
        Trial.state == TrialState.PRUNED,
        Trial.experiment_id.in_(promoting),
    )
    may_train_longer = Trial.id.in_(best_ids)  # at a click on "Train longer"
    return or_(
        Trial.state.in_(RETRIABLE_TRIAL_STATES),
        may_train_longer,
        may_be_promoted,
        Trial.experiment_id.in_(sharing),
    )


def _may_finish_pruned(experiment: Experiment) -> bool:
    """Whether the end of a time budget may finish pruned trials: see app.queue.finishing."""
    return experiment.time_budget_seconds is not None


def _may_share_trainings(experiment: Experiment) -> bool:
    """Whether a later trial may share the training of an earlier one; yes where that is unknown."""
    try:
        with blame(experiment.id):
            return _shares_trainings(experiment)
    except ExperimentFault:
        return True


def _shares_trainings(experiment: Experiment) -> bool:
    strategy = strategy_info(experiment.strategy)
    if strategy.needs_points:
        points = experiment.points
        return any(_varies(points, name) for name in SHARED_PARAMETERS)
    searched_names = set()
    for dimension in experiment.space.searched:
        searched_names.add(dimension.name)
    return not searched_names.isdisjoint(SHARED_PARAMETERS)


def _varies(points: Collection[dict[str, object]], name: str) -> bool:
    values = set()
    for point in points:
        values.add(point.get(name))
    return len(values) > 1
