"""Which hyperparameters an experiment's objective depends on, estimated from its trials."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Experiment, Trial
from app.domain.failure_causes import FailureCause
from app.domain.importance import importance as domain
from app.domain.importance.importance import EvaluatedTrial, Importance
from app.domain.importance.widening import widen_space
from app.domain.search_space.parameters import Parameters, Value
from app.domain.search_space.space import SearchSpace
from app.domain.strategies import strategy_info
from app.domain.terms import TrialState
from app.queue import warm_start
from app.queue.artifacts import IS_EVALUATED

ESTIMATES_PER_SEARCH = 10  # while a search runs, a tenth more trials are awaited between estimates

_TrialKey = tuple[tuple[tuple[str, Value], ...], float | None]


@dataclass(frozen=True)
class TrialPoint:
    """One ended trial; objective is None where it diverged."""

    trial_id: int
    number: int
    state: TrialState
    parameters: Parameters
    objective: float | None


@dataclass(frozen=True)
class ImportanceReport:
    """What the trials of a search say by now about its hyperparameters.

    `n_earlier_results`: results the search started from, which count as trials.
    `importance`: None where there are too few trials.
    """

    space: SearchSpace
    points: tuple[TrialPoint, ...]
    n_earlier_results: int
    importance: Importance | None


def analyse(session: Session, experiment: Experiment) -> ImportanceReport:
    """What the trials of a search say; while it runs, as of its last tenth of trials."""
    points = _load_points(session, experiment)
    if experiment.finished_at is None:
        n_points = round_down(len(points))
        points = points[:n_points]
    earlier = warm_start.load_results(session, experiment.id)
    evaluated = []
    for result in earlier:
        evaluated.append(EvaluatedTrial(result.parameters, result.objective))
    for point in points:
        evaluated.append(EvaluatedTrial(point.parameters, point.objective))
    space = tried_space(experiment)
    thinned = domain.thin_trials(evaluated)
    importance = _estimate(space, _to_key(thinned))
    return ImportanceReport(
        space=space,
        points=tuple(points),
        n_earlier_results=len(earlier),
        importance=importance,
    )


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
            Trial.parameters,
            Trial.objective,
        )
        .where(Trial.experiment_id == experiment.id, IS_EVALUATED | has_diverged)
        .order_by(func.coalesce(Trial.finished_at, Trial.started_at), Trial.number)
    )
    points = []
    for trial_id, number, state, parameters, objective in session.execute(query):
        point = TrialPoint(
            trial_id,
            number,
            TrialState(state),
            parameters,
            objective,
        )
        points.append(point)
    return points


def _to_key(evaluated: Sequence[EvaluatedTrial]) -> tuple[_TrialKey, ...]:
    keys = []
    for parameters, objective in evaluated:
        items = tuple(parameters.items())
        keys.append((items, objective))
    return tuple(keys)


@lru_cache(maxsize=32)
def _estimate(space: SearchSpace, key: tuple[_TrialKey, ...]) -> Importance | None:
    """The importance, computed once for everybody who looks at a page."""
    evaluated = []
    for parameters, objective in key:
        trial = EvaluatedTrial(dict(parameters), objective)
        evaluated.append(trial)
    return domain.estimate_importance(space, evaluated)
