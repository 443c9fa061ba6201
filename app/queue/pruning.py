"""Pruning in the database: what a trial is compared with, and which pruned trials go on after all."""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Epoch, Experiment, Trial
from app.domain import auto
from app.domain.pruning import (
    PRUNINGS,
    bracket_of,
    compares_at,
    is_promoted,
    reason_to_prune,
    rungs,
)
from app.domain.states import PROMOTE_TRIAL
from app.domain.strategies import strategy_info
from app.domain.terms import Objective, TrialState
from app.queue import budget
from app.queue.claims import log
from app.queue.transitions import change_trials


def longest(experiment: Experiment) -> int:
    """The most epochs any trial of a search trains."""
    if strategy_info(experiment.strategy).needs_points:
        return max(int(point["epochs"]) for point in experiment.points)
    return auto.max_epochs(experiment.space)


def reason(session: Session, experiment: Experiment, training_id: int, epoch: int) -> str | None:
    """Why the trials on a training should be pruned after an epoch, in words; None when they go on."""
    if not PRUNINGS[experiment.pruning].prunes:  # do not read the space for nothing
        return None
    epochs = longest(experiment)
    if not compares_at(experiment.pruning, epoch, epochs):  # bracket 0 has every rung
        return None
    brackets = _brackets(session, experiment, epochs)
    bracket = brackets[training_id]
    if not compares_at(experiment.pruning, epoch, epochs, bracket):
        return None
    values = {
        key: value
        for key, value in values_at(session, experiment, epoch).items()
        if brackets[key] == bracket
    }
    mine = values.pop(training_id, None)
    return (
        None
        if mine is None
        else reason_to_prune(experiment.pruning, epoch, mine, list(values.values()), bracket)
    )


def values_at(session: Session, experiment: Experiment, epoch: int) -> dict[int, float]:
    """The best value up to an epoch of each training of a search that came as far."""
    value = Epoch.objective if experiment.objective == Objective.RMSE else Epoch.val_loss
    mine = select(Trial.training_id).where(
        Trial.experiment_id == experiment.id, Trial.epochs_trained >= epoch
    )
    query = (
        select(Epoch.training_id, func.min(value))
        .where(Epoch.training_id.in_(mine), Epoch.number <= epoch)
        .group_by(Epoch.training_id)
        .having(func.max(Epoch.number) == epoch)
    )
    return {training_id: best for training_id, best in session.execute(query) if best is not None}


def promote(session: Session, experiment: Experiment) -> int:
    """Queue the trials that were pruned at a rung and are among its best by now; how many there were."""
    if not PRUNINGS[experiment.pruning].promotes or budget.is_spent(experiment):
        return 0
    promoted: list[int] = []
    epochs = longest(experiment)
    brackets = _brackets(session, experiment, epochs)
    for rung in rungs(epochs):
        waiting = select(Trial.id, Trial.training_id).where(
            Trial.experiment_id == experiment.id,
            Trial.state.in_(PROMOTE_TRIAL.sources),
            Trial.epochs_trained == rung,
        )
        rows = session.execute(waiting).all()
        values = values_at(session, experiment, rung) if rows else {}
        for trial_id, training_id in rows:
            peers = {
                other: value
                for other, value in values.items()
                if brackets[other] == brackets[training_id]
            }
            others = [value for other, value in peers.items() if other != training_id]
            if training_id in values and is_promoted(values[training_id], others):
                promoted.append(trial_id)
    _queue(session, promoted, "Promoted: among the best of its rung")
    return len(promoted)


def finish(session: Session, experiment: Experiment) -> int:
    """Queue the best of the pruned trials where nothing else is left to do; how many there were (riders count).

    So a search ends with its best trial trained in full, however few trials it has; with a time budget it goes on with
    the next best until that is used up.
    """
    if not PRUNINGS[experiment.pruning].promotes or budget.is_spent(experiment):
        return 0
    mine = select(Trial).where(Trial.experiment_id == experiment.id, Trial.objective.is_not(None))
    paused = mine.where(Trial.state.in_(PROMOTE_TRIAL.sources)).order_by(
        Trial.objective, Trial.number
    )
    best = session.scalars(paused.limit(1)).first()
    if best is None:
        return 0
    better = mine.where(Trial.state == TrialState.COMPLETED, Trial.objective <= best.objective)
    if experiment.time_budget_seconds is None and session.scalars(better.limit(1)).first():
        return 0
    riders = session.scalars(paused.where(Trial.training_id == best.training_id)).all()
    _queue(
        session,
        [trial.id for trial in riders],
        "Promoted: the best that was pruned, and nothing else is left to try",
    )
    return len(riders)


def _queue(session: Session, trial_ids: Collection[int], why: str) -> None:
    chosen = Trial.id.in_(trial_ids)
    promoted = change_trials(session, PROMOTE_TRIAL, chosen, error=None, finished_at=None)
    log(session, promoted, why)


def _brackets(session: Session, experiment: Experiment, epochs: int) -> dict[int, int]:
    """The bracket of each training of a search: that of its first trial, for trials that share one train as one."""
    query = select(Trial.training_id, func.min(Trial.number)).where(
        Trial.experiment_id == experiment.id
    )
    first = session.execute(query.group_by(Trial.training_id))
    return {
        training_id: bracket_of(experiment.pruning, number, epochs) for training_id, number in first
    }
