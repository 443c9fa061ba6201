"""Which hyperparameters an experiment's objective depends on: the trials that tell, and what they tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
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

TOLD = (
    TrialState.COMPLETED,
    TrialState.STOPPED,
    TrialState.PRUNED,
)  # with an objective; a pruned one with what it had reached
OFTEN = 10  # while a search goes on, what it tells is worked out anew whenever a tenth more trials have ended

_Key = tuple[tuple[tuple[tuple[str, Value], ...], float | None], ...]


@dataclass(frozen=True)
class TrialPoint:
    """One ended trial; objective is None where it diverged."""

    trial_id: int
    number: int
    state: TrialState
    parameters: Parameters
    objective: float | None


@dataclass(frozen=True)
class Telling:
    """What a search's trials tell by now. `known`: results it started from, which count as well."""

    space: SearchSpace
    points: tuple[TrialPoint, ...]
    known: int
    found: Importance | None


def telling(session: Session, experiment: Experiment) -> Telling:
    """Of a search that goes on, as of its last tenth of trials."""
    points = _points(session, experiment)
    if experiment.finished_at is None:
        points = points[: steady(len(points))]
    known = [
        EvaluatedTrial(row.parameters, row.objective)
        for row in warm_start.load_results(session, experiment.id)
    ]
    judged = [*known, *(EvaluatedTrial(point.parameters, point.objective) for point in points)]
    space = tried_space(experiment)
    return Telling(
        space, tuple(points), len(known), _found(space, _key(domain.thin_trials(judged)))
    )


def wider_space(telling: Telling) -> dict[str, object] | None:
    """The JSON of the space that goes on where it ended too early; None where it did not, as far as can be told."""
    wider = widen_space(telling.space, telling.found) if telling.found else None
    if telling.found is None or wider is None:
        return None
    others = {
        name: value
        for name, value in telling.found.best_parameters.items()
        if name not in telling.space.dimensions
    }
    return {**others, **wider.document()}


def steady(count: int) -> int:
    """The number of trials to look at among so many: it grows by a tenth at a time."""
    return count - count % max(1, count // OFTEN)


def tried_space(experiment: Experiment) -> SearchSpace:
    """The search space, or with listed points the values in them."""
    if not strategy_info(experiment.strategy).needs_points:
        return experiment.space
    catalogue = experiment.catalogue
    values = {name: list(dict.fromkeys(point[name] for point in experiment.points if name in point))
              for name in catalogue}  # fmt: skip
    return SearchSpace.parse(
        {name: {"choice": found} for name, found in values.items() if len(found) > 1}, catalogue
    )


def _points(session: Session, experiment: Experiment) -> list[TrialPoint]:
    """Trials that have an objective or have diverged, in the order in which they ended."""
    columns = (Trial.id, Trial.number, Trial.state, Trial.parameters, Trial.objective)
    is_judged = Trial.objective.is_not(None) & Trial.state.in_(TOLD)
    has_diverged = (Trial.state == TrialState.FAILED) & (
        Trial.failure_cause == FailureCause.DIVERGED
    )
    query = select(*columns).where(Trial.experiment_id == experiment.id, is_judged | has_diverged)
    rows = session.execute(query.order_by(Trial.finished_at, Trial.number))
    return [
        TrialPoint(
            trial_id,
            number,
            TrialState(state),
            parameters,
            None if state == TrialState.FAILED else objective,
        )
        for trial_id, number, state, parameters, objective in rows
    ]


def _key(judged: Sequence[EvaluatedTrial]) -> _Key:
    return tuple((tuple(parameters.items()), objective) for parameters, objective in judged)


@lru_cache(maxsize=32)
def _found(space: SearchSpace, judged: _Key) -> Importance | None:
    """Worked out once for all who look: it is a function of its arguments."""
    return domain.estimate_importance(
        space, [EvaluatedTrial(dict(parameters), objective) for parameters, objective in judged]
    )
