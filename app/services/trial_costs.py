"""What each trial of an experiment cost, beside its objective."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import isfinite
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from app.cache import Cache
from app.db.models import Epoch, Experiment, Trial
from app.domain.network_size import count_weights
from app.domain.pareto import find_front, find_simplest_good, good_margin
from app.domain.search_space.space import SearchSpace
from app.domain.strategies import strategy_info
from app.queue.artifacts import IS_EVALUATED
from app.services.network_sizes import measure_data
from app.services.trial_columns import parameter_column

MAX_CACHED_EXPERIMENTS = 16
MAX_NAMED_IN_QUERY = 500  # trials; the seconds of more are asked for at once
PARAMETERS_OF_SIZE = (
    "cell",
    "recurrent_layers",
    "units_1",
    "units_2",
    "units_3",
    "dense_layers",
    "dense_units_1",
    "dense_units_2",
    "time_steps",
    "calendar",
    "season_lags",
)

# By trial: how many epochs were counted, and their seconds.
SecondsByTrial = dict[int, tuple[int, float]]
_SECONDS: Cache[tuple[int, datetime], SecondsByTrial] = Cache(MAX_CACHED_EXPERIMENTS)


class CostMeasure(StrEnum):
    """What a trial costs."""

    SECONDS = "seconds"  # all its epochs
    PARAMETERS = "parameters"  # the weights of its network


@dataclass(frozen=True)
class CostedTrial:
    """An evaluated trial."""

    trial_id: int
    number: int
    objective: float
    cost: float


@dataclass(frozen=True)
class CostReport:
    """The evaluated trials of an experiment by what they cost.

    front: those that no other beats in both, the cheapest first. simplest: the cheapest whose
    objective is at most `margin` above that of the best; has_standard_error: where that comes from.
    """

    measure: CostMeasure
    trials: tuple[CostedTrial, ...]
    front: tuple[CostedTrial, ...]
    best: CostedTrial | None
    simplest: CostedTrial | None
    margin: float
    has_standard_error: bool


def report_costs(session: Session, experiment: Experiment, measure: CostMeasure) -> CostReport:
    """The costs of all evaluated trials; of none where the measure is not known.

    The weights of a custom model are not.
    """
    trials = _load_trials(session, experiment, measure)
    costs = [trial.cost for trial in trials]
    objectives = [trial.objective for trial in trials]
    best = min(trials, key=lambda trial: (trial.objective, trial.number), default=None)
    standard_error = None
    if best is not None:
        standard_error = session.get_one(Trial, best.trial_id).objective_se
    margin = good_margin(best.objective, standard_error) if best is not None else 0.0
    simplest = find_simplest_good(costs, objectives, margin)
    return CostReport(
        measure=measure,
        trials=tuple(trials),
        front=tuple(trials[index] for index in find_front(costs, objectives)),
        best=best,
        simplest=None if simplest is None else trials[simplest],
        margin=margin,
        has_standard_error=bool(standard_error),
    )


def _load_trials(
    session: Session, experiment: Experiment, measure: CostMeasure
) -> list[CostedTrial]:
    if measure == CostMeasure.SECONDS:
        costs = _load_seconds(session, experiment)
    elif experiment.custom_model is not None:
        return []
    else:
        costs = _count_weights(session, experiment)
    query = (
        select(Trial.id, Trial.number, Trial.objective)
        .where(Trial.experiment_id == experiment.id, IS_EVALUATED)
        .order_by(Trial.number)
    )
    trials = []
    for trial_id, number, objective in session.execute(query):
        if objective is not None and isfinite(objective) and trial_id in costs:
            trials.append(CostedTrial(trial_id, number, objective, costs[trial_id]))
    return trials


def _load_seconds(session: Session, experiment: Experiment) -> dict[int, float]:
    """The seconds of training by trial id. What was added up once is kept."""
    key = (experiment.id, experiment.created_at)
    counted = _SECONDS.get_or_make(key, dict)
    query = select(Trial.id, Trial.epochs_trained).where(
        Trial.experiment_id == experiment.id, Trial.objective.is_not(None)
    )
    epochs_by_trial = {row.id: row.epochs_trained for row in session.execute(query)}
    changed = []
    for trial_id, epochs in epochs_by_trial.items():
        if trial_id not in counted or counted[trial_id][0] != epochs:
            changed.append(trial_id)
    if changed:
        for row in _add_up_seconds(session, experiment, changed):
            counted[row.id] = (row.epochs_trained, row.seconds or 0.0)
    return {trial_id: counted[trial_id][1] for trial_id in epochs_by_trial if trial_id in counted}


def _add_up_seconds(
    session: Session, experiment: Experiment, trial_ids: list[int]
) -> list[Row[Any]]:
    seconds = (
        select(func.sum(Epoch.seconds))
        .where(Epoch.training_id == Trial.training_id, Epoch.number <= Trial.epochs_trained)
        .scalar_subquery()
        .label("seconds")
    )
    query = select(Trial.id, Trial.epochs_trained, seconds).where(
        Trial.experiment_id == experiment.id, Trial.objective.is_not(None)
    )
    if len(trial_ids) <= MAX_NAMED_IN_QUERY:
        query = query.where(Trial.id.in_(trial_ids))
    return list(session.execute(query))


def _count_weights(session: Session, experiment: Experiment) -> dict[int, float]:
    """The weights of the built-in network by trial id."""
    shape = measure_data(session, experiment)
    fixed = _fixed_parameters(experiment)
    varied = [name for name in PARAMETERS_OF_SIZE if name not in fixed]
    columns = [parameter_column(experiment.catalogue[name]) for name in varied]
    query = select(Trial.id, *columns).where(
        Trial.experiment_id == experiment.id, Trial.objective.is_not(None)
    )
    weights_of: dict[tuple[Any, ...], float] = {}
    weights = {}
    for trial_id, *values in session.execute(query):
        key = tuple(values)
        if key not in weights_of:
            parameters = {**fixed, **dict(zip(varied, values, strict=True))}
            weights_of[key] = float(count_weights(parameters, shape))
        weights[trial_id] = weights_of[key]
    return weights


def _fixed_parameters(experiment: Experiment) -> Mapping[str, Any]:
    """Those of the size that are the same in all trials; none where the trials were listed."""
    if strategy_info(experiment.strategy).needs_points:
        return {}
    space: SearchSpace = experiment.space
    fixed = {}
    for name in PARAMETERS_OF_SIZE:
        dimension = space.dimensions.get(name)
        if dimension is None:
            fixed[name] = space.catalogue[name].default
        elif not dimension.is_searched and not dimension.when:
            fixed[name] = dimension.first
    return fixed
