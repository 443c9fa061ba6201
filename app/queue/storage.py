"""What experiments keep in the database: how much it is, and which checkpoints may go.

A checkpoint is the state of a training between two epochs, about four times the size of its model. A training that
lost it begins anew when it is asked to go on, and comes to the same numbers: checkpoints only save time.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from app.db.models import Artifact, Experiment, Forecast, Training, Trial
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
from app.queue.claims import DETACHED

WAITING = (TrialState.STOPPED, TrialState.FAILED)  # a click on Resume or Retry lets them go on
MAY_GO_ON = OPEN_EXPERIMENT_STATES | {ExperimentState.STOPPED, ExperimentState.PAUSED}
SHARED = ("epochs", "patience")  # trials that differ in nothing else are read off one training


@dataclass(frozen=True)
class Stored:
    """Bytes an experiment keeps, by kind. A checkpoint shared with another experiment counts in both."""

    models: int
    bundles: int
    forecasts: int
    checkpoints: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.models + self.bundles + self.forecasts + self.checkpoints


def stored(session: Session, experiment_id: int) -> Stored:
    """What an experiment keeps now, from the sizes the database knows; no content is read."""
    mine = select(Trial.id).where(Trial.experiment_id == experiment_id)
    sizes = (
        select(Artifact.kind, func.sum(Artifact.size))
        .where(Artifact.trial_id.in_(mine))
        .group_by(Artifact.kind)
    )
    by_kind = {kind: int(size or 0) for kind, size in session.execute(sizes)}
    forecasts = select(func.sum(func.length(Forecast.predicted))).where(Forecast.trial_id.in_(mine))
    trainings = select(Trial.training_id).where(Trial.experiment_id == experiment_id)
    checkpoints = select(func.sum(func.length(Training.checkpoint))).where(
        Training.id.in_(trainings)
    )
    return Stored(
        models=by_kind.get(ArtifactKind.MODEL, 0),
        bundles=by_kind.get(ArtifactKind.BUNDLE, 0),
        forecasts=int(session.scalar(forecasts) or 0),
        checkpoints=int(session.scalar(checkpoints) or 0),
    )


def tidy(session: Session, keep: Keep, experiment_ids: Collection[int] | None = None) -> int:
    """Drop the checkpoints that are not to be kept, and note the sizes of these experiments, or of all.

    Returns how many were dropped. Safe at any moment: what is queued or running keeps its checkpoint.
    """
    if experiment_ids is None:
        experiment_ids = session.scalars(select(Experiment.id)).all()
    dropped = sum(_drop(session, keep, experiment_id) for experiment_id in experiment_ids)
    for experiment_id in experiment_ids:
        size = stored(session, experiment_id).total
        changed = Experiment.stored_bytes != size
        noting = (
            update(Experiment)
            .where(Experiment.id == experiment_id, changed)
            .values(stored_bytes=size)
        )
        session.execute(noting, execution_options=DETACHED)
    return dropped


def _drop(session: Session, keep: Keep, experiment_id: int) -> int:
    if keep == Keep.ALL:
        return 0
    mine = select(Trial.training_id).where(Trial.experiment_id == experiment_id)
    free = [
        Training.id.in_(mine),
        Training.checkpoint_epoch.is_not(None),
        ~_needed(Trial.state.in_(PENDING_TRIAL_STATES)),
    ]
    if keep == Keep.RESUMABLE:
        free.append(~_needed(_resumable(session, select(Training.id).where(*free))))
    dropping = update(Training).where(*free).values(checkpoint=None, checkpoint_epoch=None)
    return int(session.execute(dropping, execution_options=DETACHED).rowcount)  # type: ignore[attr-defined]


def _needed(why: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Trial.training_id == Training.id, why)


def _resumable(session: Session, trainings: Select[int]) -> ColumnElement[bool]:
    """Trials that may ask their training to go on: see Keep.RESUMABLE."""
    concerned = select(Trial.experiment_id).distinct().where(Trial.training_id.in_(trainings))
    experiments = session.scalars(select(Experiment).where(Experiment.id.in_(concerned))).all()
    best = [
        trial.id
        for trial in artifacts.best_trials(session, [row.id for row in experiments]).values()
    ]
    ongoing = [row for row in experiments if row.state in MAY_GO_ON]
    promoting = [row.id for row in ongoing if PRUNINGS[row.pruning].promotes]
    sharing = [row.id for row in ongoing if _shares_trainings(row)]
    return or_(
        Trial.state.in_(WAITING),
        Trial.id.in_(best),  # "Train longer" is asked of the best one
        and_(
            Trial.state == TrialState.PRUNED, Trial.experiment_id.in_(promoting)
        ),  # it may be promoted
        Trial.experiment_id.in_(sharing),
    )


def _shares_trainings(experiment: Experiment) -> bool:
    """Whether a later trial of a search may be read off the training of an earlier one."""
    if strategy_info(experiment.strategy).needs_points:
        return any(len({point.get(name) for point in experiment.points}) > 1 for name in SHARED)
    return any(dimension.name in SHARED for dimension in experiment.space.searched)
