"""Which hyperparameters an experiment's objective depends on, estimated from its trials."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import inf

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Experiment, Trial
from app.domain.failure_causes import FailureCause
from app.domain.importance.importance import Importance, measure_importance
from app.domain.importance.objective_model import (
    MAX_MODELLED_TRIALS,
    EvaluatedTrial,
    ObjectiveModel,
    fit_objective,
    thin_evenly,
)
from app.domain.importance.widening import widen_space
from app.domain.search_space.parameters import Parameters, Value
from app.domain.search_space.space import SearchSpace
from app.domain.strategies import strategy_info
from app.domain.terms import TrialState
from app.queue import warm_start
from app.queue.artifacts import IS_EVALUATED

MAX_MARKS = 500  # trials in one chart; more would hide each other
ESTIMATES_PER_SEARCH = 10  # while a search runs, a tenth more trials are awaited between estimates

_TrialKey = tuple[tuple[tuple[str, Value], ...], float | None]


@dataclass(frozen=True)
class TrialPoint:
    """One ended trial; objective is None where it diverged.

    parameters: empty where it is one of so many that it is neither modelled nor drawn.
    """

    trial_id: int
    number: int
    state: TrialState
    parameters: Parameters
    objective: float | None


@dataclass(frozen=True)
class ImportanceReport:
    """What the trials of a search say by now about its hyperparameters.

    `n_earlier_results`: results the search started from, which count as trials.
    `importance` and the model it is measured by: None where there are too few trials.
    """

    space: SearchSpace
    points: tuple[TrialPoint, ...]
    n_earlier_results: int
    importance: Importance | None
    model: ObjectiveModel | None


def analyse(session: Session, experiment: Experiment) -> ImportanceReport:
    """What the trials of a search say; while it runs, as of its last tenth of trials."""
    points = _load_points(session, experiment)
    if experiment.finished_at is None:
        n_points = round_down(len(points))
        points = points[:n_points]
    earlier = warm_start.load_results(session, experiment.id)
    objectives = [result.objective for result in earlier] + [point.objective for point in points]
    modelled = thin_evenly(objectives, MAX_MODELLED_TRIALS)
    points = _load_parameters(session, points, [index - len(earlier) for index in modelled])
    evaluated = []
    for index in modelled:
        result = earlier[index] if index < len(earlier) else points[index - len(earlier)]
        evaluated.append(EvaluatedTrial(result.parameters, result.objective))
    space = tried_space(experiment)
    key = _to_key(evaluated)
    return ImportanceReport(
        space=space,
        points=tuple(points),
        n_earlier_results=len(earlier),
        importance=_measure(space, key),
        model=_fit(space, key),
    )


def names_by_importance(report: ImportanceReport) -> tuple[str, ...]:
    """The searched hyperparameters, the most important first as soon as that is known."""
    if report.importance is None:
        return tuple(dimension.name for dimension in report.space.searched)
    return tuple(effect.name for effect in report.importance.effects)


def find_best_point(report: ImportanceReport) -> TrialPoint | None:
    """The best of the modelled trials; None where an earlier result is better."""
    if report.model is None:
        return None
    best: TrialPoint | None = None
    best_objective = inf
    for point in report.points:
        if point.objective is None or point.parameters != report.model.best_parameters:
            continue
        if point.objective < best_objective:
            best = point
            best_objective = point.objective
    return best


def wider_space(report: ImportanceReport) -> dict[str, object] | None:
    """The JSON of a space that extends ranges in which the best value is at an end.

    None where there is no such range, as far as can be told.
    """
    if report.importance is None:
        return None
    wider = widen_space(report.space, report.importance)
    if wider is None:
        return None
    fixed = {
        name: value
        for name, value in report.importance.best_parameters.items()
        if name not in report.space.dimensions
    }
    return {**fixed, **wider.document()}


def round_down(count: int) -> int:
    """How many of so many trials to use: a number that grows by a tenth at a time."""
    step = max(1, count // ESTIMATES_PER_SEARCH)
    remainder = count % step
    return count - remainder


def tried_space(experiment: Experiment) -> SearchSpace:
    """The search space; for a strategy with listed points, the values in them."""
    if not strategy_info(experiment.strategy).needs_points:
        return experiment.space
    document = {}
    for name in experiment.catalogue:
        values = []
        for point in experiment.points:
            if name in point:
                values.append(point[name])
        unique_values = list(dict.fromkeys(values))
        if len(unique_values) > 1:
            document[name] = {"choice": unique_values}
    return SearchSpace.parse(document, experiment.catalogue)


def _load_points(session: Session, experiment: Experiment) -> list[TrialPoint]:
    """Trials that are evaluated, in any state, or have diverged, in the order in which they ended.

    The objective of one that does not go on, or not yet, is what it had reached.
    """
    is_failed = Trial.state == TrialState.FAILED
    has_diverged = is_failed & (Trial.failure_cause == FailureCause.DIVERGED)
    query = (
        select(
            Trial.id,
            Trial.number,
            Trial.state,
            Trial.objective,
        )
        .where(Trial.experiment_id == experiment.id, IS_EVALUATED | has_diverged)
        .order_by(func.coalesce(Trial.finished_at, Trial.started_at), Trial.number)
    )
    points = []
    for trial_id, number, state, objective in session.execute(query):
        point = TrialPoint(
            trial_id,
            number,
            TrialState(state),
            parameters={},
            objective=objective,
        )
        points.append(point)
    return points


def _load_parameters(
    session: Session, points: list[TrialPoint], modelled: Sequence[int]
) -> list[TrialPoint]:
    """The points, with the parameters of those that are modelled or drawn.

    modelled: indices; negative ones are of earlier results.
    """
    drawn = thin_evenly([point.objective for point in points], MAX_MARKS)
    needed = sorted({*drawn, *(index for index in modelled if index >= 0)})
    trial_ids = [points[index].trial_id for index in needed]
    query = select(Trial.id, Trial.parameters).where(Trial.id.in_(trial_ids))
    parameters_by_id = {}
    for trial_id, parameters in session.execute(query):
        parameters_by_id[trial_id] = parameters
    completed = list(points)
    for index in needed:
        point = points[index]
        completed[index] = replace(point, parameters=parameters_by_id[point.trial_id])
    return completed


def _to_key(evaluated: Sequence[EvaluatedTrial]) -> tuple[_TrialKey, ...]:
    keys = []
    for parameters, objective in evaluated:
        items = tuple(parameters.items())
        keys.append((items, objective))
    return tuple(keys)


@lru_cache(maxsize=32)
def _measure(space: SearchSpace, key: tuple[_TrialKey, ...]) -> Importance | None:
    """The importance, computed once for everybody who looks at a page."""
    model = _fit(space, key)
    if model is None:
        return None
    return measure_importance(model)


@lru_cache(maxsize=8)  # of a megabyte each
def _fit(space: SearchSpace, key: tuple[_TrialKey, ...]) -> ObjectiveModel | None:
    evaluated = []
    for parameters, objective in key:
        trial = EvaluatedTrial(dict(parameters), objective)
        evaluated.append(trial)
    return fit_objective(space, evaluated)
