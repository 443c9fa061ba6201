"""New trials: what a strategy is told, and how its answer becomes a row in the queue."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db.models import Experiment, Training, Trial
from app.domain.custom.catalogue import data_parameters
from app.domain.failure_causes import FailureCause
from app.domain.fingerprint import training_fingerprint
from app.domain.pruning import PROMOTING_PRUNINGS
from app.domain.search_space.parameters import fit_problems
from app.domain.search_space.space import SearchSpace
from app.domain.states import PROPOSE_TRIAL, REFUSE_TRIAL
from app.domain.terms import OPEN_EXPERIMENT_STATES, Part, TrialState
from app.queue import budget, lifecycle, pruning
from app.queue.clock import clock


@dataclass(frozen=True)
class Told:
    """One trial of an experiment as its strategy is told of it."""

    number: int
    parameters: dict[str, Any]
    objective: float | None
    state: TrialState


@dataclass(frozen=True)
class OpenSearch:
    """What a strategy is built from to propose the trials of an experiment."""

    experiment_id: int
    strategy: str
    space: SearchSpace
    seed: int
    points: list[Any]
    max_trials: int


def wanting(session: Session) -> list[int]:
    """Ids of open experiments that may get another trial, those with the fewest running trials first."""
    trials = select(func.count()).where(Trial.experiment_id == Experiment.id).scalar_subquery()
    running = (
        select(func.count())
        .where(Trial.experiment_id == Experiment.id, Trial.state == TrialState.RUNNING)
        .scalar_subquery()
    )
    query = (
        select(Experiment)
        .where(Experiment.state.in_(OPEN_EXPERIMENT_STATES), Experiment.stop_requested_at.is_(None))
        .where(~Experiment.exhausted, trials < Experiment.max_trials)
        .order_by(running, Experiment.id)
    )
    return [
        experiment.id for experiment in session.scalars(query) if not budget.is_spent(experiment)
    ]


def open_search(session: Session, experiment_id: int) -> OpenSearch:
    """An experiment as its strategy needs to know it."""
    experiment = session.get_one(Experiment, experiment_id)
    return OpenSearch(
        experiment_id=experiment.id,
        strategy=experiment.strategy,
        space=experiment.space,
        seed=experiment.seed,
        points=experiment.points,
        max_trials=experiment.max_trials,
    )


def history(session: Session, experiment_id: int) -> list[Told]:
    """Every trial of an experiment in order of number."""
    columns = (Trial.number, Trial.parameters, Trial.objective, Trial.state)
    rows = session.execute(
        select(*columns).where(Trial.experiment_id == experiment_id).order_by(Trial.number)
    )
    return [Told(*row) for row in rows]


def propose(
    session: Session, experiment: Experiment, number: int, parameters: Mapping[str, Any]
) -> Trial | None:
    """Queue a trial; None when that number is taken (another worker asked at the same time)."""
    training = _training(session, experiment, parameters)
    problems = _misfits(experiment, parameters)
    transition = REFUSE_TRIAL if problems else PROPOSE_TRIAL
    trial = Trial(
        experiment_id=experiment.id,
        training_id=training.id,
        number=number,
        parameters=dict(parameters),
        state=transition.target,
    )
    if problems:
        trial.finished_at = clock(session)
        trial.failure_cause = FailureCause.DOES_NOT_FIT
        trial.error = " ".join(problems)
    try:
        with session.begin_nested():
            session.add(trial)
    except IntegrityError:
        return None
    return trial


def propose_for(
    session: Session, experiment_id: int, number: int, parameters: Mapping[str, Any]
) -> bool:
    """Queue a trial of an experiment; False when that number is taken."""
    experiment = session.get_one(Experiment, experiment_id)
    return propose(session, experiment, number, parameters) is not None


def promote(session: Session) -> None:
    """Let pruned trials that have proved to be among the best go on, in every open search."""
    promoting = select(Experiment).where(
        Experiment.state.in_(OPEN_EXPERIMENT_STATES),
        Experiment.pruning.in_(PROMOTING_PRUNINGS),
        Experiment.stop_requested_at.is_(None),
    )
    for experiment in session.scalars(promoting).all():
        if not pruning.promote(session, experiment) and experiment.time_budget_seconds is not None:
            _use_up(session, experiment)


def _use_up(session: Session, experiment: Experiment) -> None:
    """Where time is left and all trials there will be have been begun, go on with the best that was pruned."""
    counts = lifecycle.count_states(session, experiment.id)
    if not counts.get(TrialState.QUEUED) and sum(counts.values()) >= lifecycle.planned_trials(
        experiment, counts
    ):
        pruning.finish(session, experiment)


def exhaust(session: Session, experiment_id: int) -> None:
    """Say that the strategy has nothing fresh to propose."""
    session.execute(update(Experiment).where(Experiment.id == experiment_id).values(exhausted=True))


def _misfits(experiment: Experiment, parameters: Mapping[str, Any]) -> list[str]:
    parts = experiment.split.parts(experiment.dataset.rows)
    is_built_in = experiment.custom_model is None
    seen = parameters if is_built_in else data_parameters(parameters)
    found = fit_problems(seen, len(parts[Part.TRAIN]), len(parts[Part.VALIDATION]))
    return [problem.message for problem in found]


def _training(session: Session, experiment: Experiment, parameters: Mapping[str, Any]) -> Training:
    fingerprint = training_fingerprint(
        experiment.dataset.fingerprint,
        experiment.split,
        experiment.seed,
        parameters,
        experiment.custom_model,
    )
    query = select(Training).where(Training.fingerprint == fingerprint)
    found = session.scalar(query)
    if found is not None:
        return found
    try:
        with session.begin_nested():
            training = Training(fingerprint=fingerprint)
            session.add(training)
        return training
    except IntegrityError:
        return session.scalars(query).one()
