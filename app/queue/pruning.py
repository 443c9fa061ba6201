"""Pruning in the database: what a trial is compared with, and which pruned trials go on later."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, func, select
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
from app.domain.terms import TrialState
from app.queue import budget
from app.queue.logs import write_log
from app.queue.transitions import change_trials


def max_epochs(experiment: Experiment) -> int:
    """The most epochs that any trial of a search trains."""
    strategy = strategy_info(experiment.strategy)
    if not strategy.needs_points:
        return auto.max_epochs(experiment.space)
    epochs = []
    for point in experiment.points:
        epochs.append(int(point["epochs"]))
    return max(epochs)


def find_reason(
    session: Session, experiment: Experiment, training_id: int, epoch: int
) -> str | None:
    """Why the trials of a training should be pruned after an epoch; None where they go on."""
    pruning = experiment.pruning
    if not PRUNINGS[pruning].prunes:  # do not parse the search space for nothing
        return None
    epochs = max_epochs(experiment)
    is_rung_of_any_bracket = compares_at(pruning, epoch, epochs)  # bracket 0 has every rung
    if not is_rung_of_any_bracket:
        return None
    brackets = _brackets(session, experiment, epochs)
    bracket = brackets[training_id]
    if not compares_at(pruning, epoch, epochs, bracket):
        return None
    if _has_come_further(session, experiment, training_id, epoch):
        return None
    best_values = best_values_at(session, experiment, epoch)
    values = _values_of_bracket(best_values, brackets, bracket)
    value = values.pop(training_id, None)
    if value is None:
        return None
    return reason_to_prune(
        pruning,
        epoch,
        value,
        list(values.values()),
        bracket,
    )


def _has_come_further(
    session: Session, experiment: Experiment, training_id: int, epoch: int
) -> bool:
    """Whether a trial that starts again without its checkpoint had a better epoch after this one.

    It was promoted or is tried again for what it reached there, and so it may come there again.
    """
    query = select(Trial.id).where(
        Trial.experiment_id == experiment.id,
        Trial.training_id == training_id,
        Trial.state == TrialState.RUNNING,
        Trial.best_epoch >= epoch,
    )
    return session.scalar(query.limit(1)) is not None


def value_column(experiment: Experiment) -> ColumnElement[float | None]:
    """What is compared of each epoch, in the units of the objective."""
    yardstick = experiment.yardstick
    column: ColumnElement[float | None] = getattr(Epoch, yardstick.info.epoch_column)
    if not yardstick.info.is_relative:
        return column
    return column / yardstick.divisor


def best_values_at(session: Session, experiment: Experiment, epoch: int) -> dict[int, float]:
    """The best value up to an epoch of each training of a search that came so far."""
    value = value_column(experiment)
    training_ids = select(Trial.training_id).where(
        Trial.experiment_id == experiment.id,
        Trial.epochs_trained >= epoch,
    )
    query = (
        select(Epoch.training_id, func.min(value))
        .where(
            Epoch.training_id.in_(training_ids),
            Epoch.number <= epoch,
        )
        .group_by(Epoch.training_id)
        .having(func.max(Epoch.number) == epoch)
    )
    best_values = {}
    for training_id, best_value in session.execute(query):
        if best_value is not None:
            best_values[training_id] = best_value
    return best_values


def promote(session: Session, experiment: Experiment) -> int:
    """Queue the trials that were pruned at a rung and are among its best by now; how many."""
    if not _may_promote(experiment):
        return 0
    epochs = max_epochs(experiment)
    brackets = _brackets(session, experiment, epochs)
    promoted: list[int] = []
    for rung in rungs(epochs):
        promoted += _trials_to_promote(session, experiment, rung, brackets)
    queue_again(session, promoted, "Promoted: among the best of its rung")
    return len(promoted)


def promote_best(session: Session, experiment: Experiment) -> int:
    """Queue the best pruned trial, with those of its training, when nothing else is left to do.

    So a search ends with its best trial trained in full, however few trials it has. With a time
    budget, it goes on with the next best until the budget is used up. Returns how many trials.
    """
    if not _may_promote(experiment):
        return 0
    evaluated = select(Trial).where(
        Trial.experiment_id == experiment.id,
        Trial.objective.is_not(None),
    )
    is_pruned = Trial.state.in_(PROMOTE_TRIAL.sources)
    pruned = evaluated.where(is_pruned).order_by(Trial.objective, Trial.number)
    best = session.scalars(pruned.limit(1)).first()
    if best is None:
        return 0
    at_least_as_good = evaluated.where(
        Trial.state == TrialState.COMPLETED,
        Trial.objective <= best.objective,
    )
    has_budget = experiment.time_budget_seconds is not None
    if not has_budget and session.scalars(at_least_as_good.limit(1)).first():
        return 0
    with_best = pruned.where(Trial.training_id == best.training_id)
    trials = session.scalars(with_best).all()
    trial_ids = [trial.id for trial in trials]
    reason = "Promoted: the best that was pruned, and nothing else is left to try"
    queue_again(session, trial_ids, reason)
    return len(trials)


def _may_promote(experiment: Experiment) -> bool:
    """Whether a search lets pruned trials go on, and has time left for them."""
    pruning = PRUNINGS[experiment.pruning]
    if not pruning.promotes:
        return False
    return not budget.is_spent(experiment)


def _trials_to_promote(
    session: Session, experiment: Experiment, rung: int, brackets: Mapping[int, int]
) -> list[int]:
    """Ids of the trials that were pruned at a rung and are among the best of their bracket."""
    pruned = select(Trial.id, Trial.training_id).where(
        Trial.experiment_id == experiment.id,
        Trial.state.in_(PROMOTE_TRIAL.sources),
        Trial.epochs_trained == rung,
    )
    trials = session.execute(pruned).all()
    if not trials:
        return []
    values = best_values_at(session, experiment, rung)
    promoted = []
    for trial_id, training_id in trials:
        bracket = brackets[training_id]
        peers = _values_of_bracket(values, brackets, bracket)
        value = peers.pop(training_id, None)
        if value is None:
            continue
        peer_values = list(peers.values())
        if is_promoted(value, peer_values):
            promoted.append(trial_id)
    return promoted


def _values_of_bracket(
    values: Mapping[int, float], brackets: Mapping[int, int], bracket: int
) -> dict[int, float]:
    """The values of those trainings that are in a bracket."""
    return {
        training_id: value
        for training_id, value in values.items()
        if brackets[training_id] == bracket
    }


def queue_again(session: Session, trial_ids: Collection[int], reason: str) -> None:
    """Queue these trials if they were pruned, and write the reason into their logs."""
    promoted = change_trials(
        session,
        PROMOTE_TRIAL,
        Trial.id.in_(trial_ids),
        error=None,
        finished_at=None,
    )
    write_log(session, promoted, reason)


def _brackets(session: Session, experiment: Experiment, epochs: int) -> dict[int, int]:
    """The bracket of each training of a search: that of the first trial that shares it."""
    query = (
        select(Trial.training_id, func.min(Trial.number))
        .where(Trial.experiment_id == experiment.id)
        .group_by(Trial.training_id)
    )
    brackets = {}
    for training_id, first_number in session.execute(query):
        brackets[training_id] = bracket_of(experiment.pruning, first_number, epochs)
    return brackets
