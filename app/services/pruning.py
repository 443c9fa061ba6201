"""Pruning in the database: what a trial is compared with, and which pruned trials go on after all."""

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.domain import automatic
from app.domain.pruning import is_promoted, looks_at, reason_to_prune, rungs
from app.domain.states import PROMOTE
from app.domain.terms import Objective
from app.models import Epoch, Experiment, Trial
from app.services.networks import space_of
from app.services.queue import log


def longest(experiment: Experiment) -> int:
    """The most epochs any trial of a search trains."""
    if experiment.strategy == "manual":
        return max(int(point["epochs"]) for point in experiment.points)
    return automatic.longest(space_of(experiment))


def reason(session: Session, experiment: Experiment, training_id: int, epoch: int) -> str | None:
    """Why the trials on a training should be pruned after an epoch, in words; None when they go on."""
    if experiment.pruning == "none":  # asked after every epoch: a space is not read for nothing
        return None
    if not looks_at(experiment.pruning, epoch, longest(experiment)):
        return None
    values = values_at(session, experiment, epoch)
    mine = values.pop(training_id, None)
    return None if mine is None else reason_to_prune(experiment.pruning, epoch, mine, list(values.values()))


def values_at(session: Session, experiment: Experiment, epoch: int) -> dict[int, float]:
    """The best value up to an epoch of each training of a search that came as far."""
    value = Epoch.objective if experiment.objective == Objective.RMSE else Epoch.val_loss
    mine = select(Trial.training_id).where(Trial.experiment_id == experiment.id, Trial.epochs_trained >= epoch)
    query = (
        select(Epoch.training_id, func.min(value))
        .where(Epoch.training_id.in_(mine), Epoch.number <= epoch)
        .group_by(Epoch.training_id)
        .having(func.max(Epoch.number) == epoch)
    )
    return {training_id: best for training_id, best in session.execute(query) if best is not None}


def promote(session: Session, experiment: Experiment) -> int:
    """Queue the trials that asha pruned and that are among the best of their rung by now; how many there were."""
    if experiment.pruning != "asha":
        return 0
    promoted: list[int] = []
    for rung in rungs(longest(experiment)):
        waiting = select(Trial.id, Trial.training_id).where(
            Trial.experiment_id == experiment.id, Trial.state.in_(PROMOTE.sources), Trial.epochs_trained == rung
        )
        rows = session.execute(waiting).all()
        values = values_at(session, experiment, rung) if rows else {}
        for trial_id, training_id in rows:
            others = [value for other, value in values.items() if other != training_id]
            if training_id in values and is_promoted(values[training_id], others):
                promoted.append(trial_id)
    session.execute(
        update(Trial)
        .where(Trial.id.in_(promoted), Trial.state.in_(PROMOTE.sources))
        .values(state=PROMOTE.target, error=None, finished_at=None)
    )
    log(session, promoted, "Promoted: among the best of its rung")
    return len(promoted)
