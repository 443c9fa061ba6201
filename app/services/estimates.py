"""How long a search will take on this installation, and how long one that runs will take from here."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Dataset, Epoch, Experiment, Trial
from app.domain.cost_model import (
    TRIAL_SECONDS,
    CostModel,
    MeasuredTraining,
    Workload,
    fit_cost_model,
    measure_workload,
)
from app.domain.pruning import PRUNINGS, expected_epoch_fraction
from app.domain.search_space.space import SearchSpace
from app.domain.shared_trainings import group_by_training
from app.domain.strategies import strategy_info
from app.domain.terms import OPEN_EXPERIMENT_STATES, PENDING_TRIAL_STATES, TrialState
from app.queue import budget, pruning, workers

LATEST = 60  # trainings looked at
SAMPLED = 60  # configurations of a space
ENUMERATED = 3000
REMEMBERED = 256  # searches
ENOUGH = 3  # trainings of an experiment before it is judged by them alone; trials whose share of epochs counts as known
ASKED = Trial.parameters["epochs"].as_integer()


def cost_model(session: Session, experiment_id: int | None = None) -> CostModel:
    """Fitted on the latest trainings of an experiment where it has a few, else on those of this installation."""
    if experiment_id is not None:
        seen = _seen(session, experiment_id)
        if len(seen) >= ENOUGH:
            return fit_cost_model(seen)
    return fit_cost_model(_seen(session, None))


def _seen(session: Session, experiment_id: int | None) -> list[MeasuredTraining]:
    latest = (
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
        .limit(LATEST)
    )
    if experiment_id is not None:
        latest = latest.where(Trial.experiment_id == experiment_id)
    rows = {row.training_id: row for row in session.execute(latest)}
    usual = (
        select(Epoch.training_id, func.avg(Epoch.seconds))
        .where(Epoch.training_id.in_(rows), Epoch.number > 1)
        .group_by(Epoch.training_id)
    )
    return [
        MeasuredTraining(
            rows[key].parameters,
            *_size(rows[key].rows, rows[key].features, rows[key].train_fraction),
            float(seconds),
        )
        for key, seconds in session.execute(usual)
    ]


def _size(rows: int, features: Sequence[object], train_fraction: float) -> tuple[int, int]:
    """Rows of the train part and columns: what the cost model counts."""
    return int(rows * train_fraction), len(features)


def _size_of(experiment: Experiment) -> tuple[int, int]:
    return _size(experiment.dataset.rows, experiment.dataset.features, experiment.train_fraction)


def search_seconds(
    model: CostModel,
    space: SearchSpace,
    dataset: Dataset,
    train_fraction: float,
    *,
    strategy: str,
    trials: int,
    slots: int,
) -> float:
    """Seconds a search is expected to take with so many slots. A grid's trials share trainings, and that counts."""
    size_seen = _size(dataset.rows, dataset.features, train_fraction)
    if strategy_info(strategy).enumerates_space and not space.continuous:
        return model.seconds(_grid_work(space, trials, size_seen)) / max(1, slots)
    size = space.size()
    fewer = min(trials, size) if size else trials
    return model.seconds(_usual_work(space, size_seen).times(fewer)) / max(1, min(slots, trials))


@lru_cache(REMEMBERED)  # every open page asks every second, and a grid may be large
def _grid_work(space: SearchSpace, trials: int, size_seen: tuple[int, int]) -> Workload:
    """Of the trainings that a grid's trials share: of those that differ in epochs alone the longest."""
    longest = [group[0] for group in group_by_training(space, min(trials, ENUMERATED))]
    return measure_workload(longest, *size_seen).times(max(1.0, trials / ENUMERATED))


@lru_cache(REMEMBERED)
def _usual_work(space: SearchSpace, size_seen: tuple[int, int]) -> Workload:
    """Of one training, on the average over the space."""
    generator = np.random.default_rng(0)
    drawn = [space.sample(generator) for _ in range(SAMPLED)]
    return measure_workload(drawn, *size_seen).times(1 / SAMPLED)


def seconds_left(session: Session, experiment: Experiment, planned: int) -> float | None:
    """Seconds until an open search has ended, with the slots that are there; None before there is anything to go by.

    What all planned trials would train, less what has been trained, by the cost of an epoch; cut at the time budget.
    """
    slots = workers.slots_alive(session) if experiment.state in OPEN_EXPERIMENT_STATES else 0
    if slots < 1:
        return None
    model = (
        cost_model(session, experiment.id)
        if experiment.custom_model is None
        else _custom_cost_model(session, experiment)
    )
    if not model.is_fitted:
        return None
    has_points = strategy_info(experiment.strategy).needs_points
    size = None if has_points else experiment.space.size()
    left, longest = _work_left(session, experiment, model, min(planned, size) if size else planned)
    seconds = max(longest, left / slots)
    limit = experiment.time_budget_seconds
    return (
        seconds
        if limit is None
        else float(np.clip(limit - budget.seconds_used(experiment), 0.0, seconds))
    )


def _custom_cost_model(session: Session, experiment: Experiment) -> CostModel:
    """The mean epoch of an experiment with a custom model, once it has trained a few."""
    mine = select(Trial.training_id).where(
        Trial.experiment_id == experiment.id, Trial.epochs_trained > 0
    )
    query = select(func.avg(Epoch.seconds), func.count(Epoch.training_id.distinct()))
    seconds, trainings = session.execute(query.where(Epoch.training_id.in_(mine))).one()
    return CostModel(usual=float(seconds)) if trainings >= ENOUGH else CostModel()


def _work_left(
    session: Session, experiment: Experiment, model: CostModel, planned: int
) -> tuple[float, float]:
    """Seconds of one slot that are left, and those of the longest training that waits or runs."""
    waiting = _waiting(session, experiment, model)
    share = _share(session, experiment, planned)
    begun = sum(max(0.0, full * share - done) for full, done in waiting)
    known = session.scalar(select(func.count()).where(Trial.experiment_id == experiment.id)) or 0
    if not PRUNINGS[experiment.pruning].promotes:
        fresh = max(0, planned - known) / max(1, planned)
        left = begun + (fresh and fresh * share * _all_seconds(experiment, model, planned))
        return left, max((full * share - done for full, done in waiting), default=0.0)
    whole = share * _all_seconds(
        experiment, model, planned
    )  # trials that were pruned may yet go on
    return max(whole - _spent(session, experiment), begun), 0.0


def _waiting(
    session: Session, experiment: Experiment, model: CostModel
) -> list[tuple[float, float]]:
    """For each training that waits or runs: seconds of all epochs asked of it, and of those behind it."""
    seen = _size_of(experiment)
    behind = (
        select(func.max(Epoch.number))
        .where(Epoch.training_id == Trial.training_id)
        .correlate(Trial)
        .scalar_subquery()
    )
    query = select(Trial.training_id, Trial.parameters, func.coalesce(behind, 0)).where(
        Trial.experiment_id == experiment.id, Trial.state.in_(PENDING_TRIAL_STATES)
    )
    found: dict[int, tuple[float, float]] = {}
    for training_id, parameters, epochs in session.execute(query):
        epoch = model.epoch_seconds(parameters, *seen)
        full = TRIAL_SECONDS + epoch * int(parameters["epochs"])
        if full > found.get(training_id, (0.0, 0.0))[0]:
            found[training_id] = (full, epoch * epochs)
    return list(found.values())


def _share(session: Session, experiment: Experiment, planned: int) -> float:
    """The part of the epochs asked for that trials train: what the rule lets expect, then what they did."""
    promotes = PRUNINGS[experiment.pruning].promotes
    if promotes and experiment.time_budget_seconds is not None:
        return 1.0  # pruned trials go on until the time is used up
    expected = expected_epoch_fraction(experiment.pruning, pruning.longest(experiment), planned)
    if promotes:
        return expected
    ended = select(func.count(), func.sum(Trial.epochs_trained), func.sum(ASKED)).where(
        Trial.experiment_id == experiment.id,
        Trial.state.in_((TrialState.COMPLETED, TrialState.PRUNED)),
    )
    count, trained, asked = session.execute(ended).one()
    if not asked:
        return expected
    return float((ENOUGH * expected + count * trained / asked) / (ENOUGH + count))


def _all_seconds(experiment: Experiment, model: CostModel, planned: int) -> float:
    """Seconds of one slot for all planned trials, each trained in full."""
    if strategy_info(experiment.strategy).needs_points:
        seen = _size_of(experiment)
        return sum(model.training_seconds(point, *seen) for point in experiment.points)
    return search_seconds(
        model, experiment.space, experiment.dataset, experiment.train_fraction,
        strategy=experiment.strategy, trials=planned, slots=1,
    )  # fmt: skip


def _spent(session: Session, experiment: Experiment) -> float:
    mine = select(Trial.training_id).where(Trial.experiment_id == experiment.id)
    return float(
        session.scalar(select(func.sum(Epoch.seconds)).where(Epoch.training_id.in_(mine))) or 0.0
    )
