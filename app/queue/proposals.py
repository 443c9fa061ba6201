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
from app.domain.pruning import PRUNINGS, PRUNINGS_THAT_PRUNE
from app.domain.search_space.data_fit import DataFacts, fit_problems
from app.domain.search_space.parameters import add_later_defaults
from app.domain.search_space.space import SearchSpace
from app.domain.states import PROPOSE_TRIAL, REFUSE_TRIAL
from app.domain.terms import OPEN_EXPERIMENT_STATES, Part, TrialState
from app.queue import budget, finishing, pruning, trial_counts
from app.queue.clock import clock
from app.queue.unreadable import blame


@dataclass(frozen=True)
class TrialRecord:
    """What the strategy of an experiment is told of one of its trials."""

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


class SearchOver(Exception):
    """An experiment takes no more trials.

    It has ended, is being stopped, has been deleted, or finishes its best trials.
    """


def require_open(session: Session, experiment_id: int) -> Experiment:
    """An experiment that takes more trials. Raises SearchOver.

    While its strategy is asked, somebody else may end, stop or delete it: each transaction asks.
    """
    query = select(Experiment).where(
        Experiment.id == experiment_id,
        Experiment.state.in_(OPEN_EXPERIMENT_STATES),
        Experiment.stop_requested_at.is_(None),
    )
    experiment = session.scalar(query)
    if experiment is None or budget.is_spent(experiment):
        raise SearchOver(experiment_id)
    if finishing.next_training(session, experiment) is not None:
        raise SearchOver(experiment_id)
    return experiment


def needing_trials(session: Session) -> list[int]:
    """Ids of the open experiments that may get another trial.

    Those with the fewest running trials come first.
    """
    count = func.count()
    all_trials = select(count).where(Trial.experiment_id == Experiment.id)
    running = all_trials.where(Trial.state == TrialState.RUNNING)
    n_trials = all_trials.scalar_subquery()
    n_running = running.scalar_subquery()
    query = (
        select(Experiment)
        .where(
            Experiment.state.in_(OPEN_EXPERIMENT_STATES),
            Experiment.stop_requested_at.is_(None),
            ~Experiment.exhausted,
            n_trials < Experiment.max_trials,
        )
        .order_by(n_running, Experiment.id)
    )
    experiment_ids = []
    for experiment in session.scalars(query):
        with blame(experiment.id):
            if budget.is_spent(experiment):
                continue
            if finishing.next_training(session, experiment) is None:
                experiment_ids.append(experiment.id)
    return experiment_ids


def open_search(session: Session, experiment_id: int) -> OpenSearch:
    """What the strategy of an experiment is built from. Raises SearchOver."""
    experiment = require_open(session, experiment_id)
    return OpenSearch(
        experiment_id=experiment.id,
        strategy=experiment.strategy,
        space=experiment.space,
        seed=experiment.seed,
        points=experiment.points,
        max_trials=experiment.max_trials,
    )


def history(session: Session, experiment_id: int) -> list[TrialRecord]:
    """Every trial of an experiment, by number."""
    columns = (
        Trial.number,
        Trial.parameters,
        Trial.objective,
        Trial.state,
    )
    query = select(*columns).where(Trial.experiment_id == experiment_id).order_by(Trial.number)
    records = []
    for number, parameters, objective, state in session.execute(query):
        completed = add_later_defaults(parameters)
        records.append(TrialRecord(number, completed, objective, state))
    return records


def propose(
    session: Session, experiment: Experiment, number: int, parameters: Mapping[str, Any]
) -> Trial | None:
    """Queue a trial, or store it as failed where its parameters do not fit the data.

    Returns None when the number is taken: another worker has asked the strategy at the same time.
    """
    training = _find_or_add_training(session, experiment, parameters)
    problems = _fit_problems(experiment, parameters)
    transition = PROPOSE_TRIAL
    if problems:
        transition = REFUSE_TRIAL
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
    """Propose a trial for the experiment with this id; False when the number is taken.

    Raises SearchOver.
    """
    experiment = require_open(session, experiment_id)
    trial = propose(
        session,
        experiment,
        number,
        parameters,
    )
    return trial is not None


def promote(session: Session) -> None:
    """Queue the pruned trials that go on, in every open search."""
    query = select(Experiment).where(
        Experiment.state.in_(OPEN_EXPERIMENT_STATES),
        Experiment.pruning.in_(PRUNINGS_THAT_PRUNE),
        Experiment.stop_requested_at.is_(None),
    )
    experiments = session.scalars(query).all()
    for experiment in experiments:
        with blame(experiment.id):
            _promote_trials_of(session, experiment)


def exhaust(session: Session, experiment_id: int) -> None:
    """Store that the strategy of an experiment has no untried parameters left."""
    change = update(Experiment).where(Experiment.id == experiment_id)
    change = change.values(exhausted=True)
    session.execute(change)


def _promote_trials_of(session: Session, experiment: Experiment) -> None:
    if budget.is_spent(experiment):
        return
    if finishing.promote(session, experiment):
        return
    if not PRUNINGS[experiment.pruning].promotes:
        return
    promoted = pruning.promote(session, experiment)
    if promoted or experiment.time_budget_seconds is None:
        return
    if _has_started_all(session, experiment):
        pruning.promote_best(session, experiment)


def _has_started_all(session: Session, experiment: Experiment) -> bool:
    """Whether a search has all its trials, and none of them is queued."""
    counts = trial_counts.count_states(session, experiment.id)
    if counts.get(TrialState.QUEUED):
        return False
    planned = trial_counts.planned_trials(experiment, counts)
    return sum(counts.values()) >= planned


def _fit_problems(experiment: Experiment, parameters: Mapping[str, Any]) -> list[str]:
    """Why parameters do not fit the data, in words."""
    if experiment.custom_model is not None:
        parameters = data_parameters(parameters)
    rows = experiment.dataset.rows
    parts = experiment.split.parts(rows)
    problems = fit_problems(
        parameters,
        train_rows=len(parts[Part.TRAIN]),
        validation_rows=len(parts[Part.VALIDATION]),
        data=DataFacts(season_lengths=experiment.seasons),
        horizon=experiment.horizon,
    )
    return [problem.message for problem in problems]


def _find_or_add_training(
    session: Session, experiment: Experiment, parameters: Mapping[str, Any]
) -> Training:
    fingerprint = training_fingerprint(
        experiment.dataset.fingerprint,
        experiment.split,
        experiment.seed,
        parameters,
        experiment.custom_model,
        experiment.seasons,
        experiment.horizon,
    )
    query = select(Training).where(Training.fingerprint == fingerprint)
    training = session.scalar(query)
    if training is not None:
        return training
    training = Training(fingerprint=fingerprint)
    try:
        with session.begin_nested():
            session.add(training)
    except IntegrityError:  # another worker has just added it
        return session.scalars(query).one()
    return training
