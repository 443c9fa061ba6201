"""Experiments: create, list, stop, resume, extend, delete."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy import delete as delete_rows
from sqlalchemy.orm import Session, selectinload

from app.db.models import Epoch, Experiment, Training, Trial
from app.domain.auto import choose
from app.domain.baselines import naive
from app.domain.custom.detection import CustomModel
from app.domain.hyperopt.export_code import HyperoptExportError, write_hyperopt_code
from app.domain.metrics import Scores, score_forecast
from app.domain.reduction.steps import usual_interval
from app.domain.states import (
    CREATE_EXPERIMENT,
    REOPEN_EXPERIMENT,
    RESUME_EXPERIMENT,
    RETRY_TRIAL,
    STOP_EXPERIMENT,
    ExperimentTransition,
)
from app.domain.strategies import strategy_info
from app.domain.terms import ExperimentState, Part, TrialState
from app.errors import Conflict, NotFound
from app.queue import artifacts, budget, lifecycle
from app.queue.clock import clock
from app.queue.transitions import change_experiment, change_trials
from app.schemas import MAX_BUDGET_SECONDS, MAX_TRIALS, REDUCTION_FIELDS, ExperimentRequest
from app.services import datasets, estimates, warm_start
from app.services.paging import Page, paged
from app.services.validation import check
from app.services.warm_start import Start


@dataclass(frozen=True)
class Overview:
    """An experiment and what is worked out about it when a page is drawn."""

    experiment: Experiment
    counts: dict[TrialState, int]
    finished: int
    planned: int
    best: Trial | None
    baseline_rmse: float
    seconds_running: float
    seconds_per_trial: float | None
    eta_seconds: float | None
    running: list[Trial]
    start: Start


def create(
    session: Session, request: ExperimentRequest, custom_model: CustomModel | None = None
) -> Experiment:
    """Store a new experiment; the worker does the rest. Raises Invalid with every problem at its field."""
    checked = check(session, request, custom_model)
    split, trials = (
        request.split,
        len(checked.points) if strategy_info(request.strategy).needs_points else request.max_trials,
    )
    chosen = choose(request.strategy, request.pruning, checked.space, trials)
    experiment = Experiment(
        name=request.name,
        dataset_id=request.dataset_id,
        strategy=chosen.strategy,
        objective=request.objective,
        pruning=chosen.pruning,
        choice_reason=chosen.reason or None,
        seed=request.seed,
        max_trials=trials,
        time_budget_seconds=request.time_budget_seconds,
        train_fraction=split.train,
        validation_fraction=split.validation,
        test_fraction=split.test,
        custom_model_name=None if custom_model is None else custom_model.name,
        custom_model_source=None if custom_model is None else custom_model.source,
        space_document=checked.space.document(),
        points=list(checked.points),
        pasted_results=request.pasted_results or None,
        **_reduction(request),
        state=CREATE_EXPERIMENT.target,
    )
    session.add(experiment)
    session.flush()
    warm_start.store(session, experiment, checked.known)
    return experiment


def _reduction(request: ExperimentRequest) -> dict[str, Any]:
    """The columns of the reduction strategy; none with another."""
    if not strategy_info(request.strategy).shrinks_space:
        return {}
    interval = request.reduction_interval or usual_interval(request.max_trials)
    return {name: getattr(request, name) for name in REDUCTION_FIELDS} | {
        "reduction_interval": interval
    }


def get(session: Session, experiment_id: int) -> Experiment:
    """One experiment. Raises NotFound."""
    found = session.get(Experiment, experiment_id) if 0 < experiment_id < 2**31 else None
    if found is None:
        raise NotFound(f"There is no experiment {experiment_id}.")
    return found


def hyperopt_space(session: Session, experiment_id: int) -> str:
    """The search space of an experiment as hyperopt code. Raises NotFound, or Conflict where it cannot be written."""
    try:
        return write_hyperopt_code(get(session, experiment_id).space)
    except HyperoptExportError as error:
        raise Conflict(str(error)) from None


def listing(session: Session, page: int = 1, size: int = 50) -> Page[Overview]:
    """Experiments, newest first."""
    newest = select(Experiment).order_by(Experiment.id.desc())
    found = paged(session, newest, page, size, selectinload(Experiment.dataset))
    gathered = _gather(session, found.items)
    return found.map(lambda experiment: _overview(session, experiment, gathered))


def overview(session: Session, experiment: Experiment) -> Overview:
    """Counts, best trial, time used and time left of one experiment."""
    return _overview(session, experiment, _gather(session, [experiment]))


@dataclass(frozen=True)
class _Gathered:
    """What overviews show of some experiments, by their ids: one query each, however many experiments there are."""

    counts: dict[int, dict[TrialState, int]]
    best: dict[int, Trial]
    running: dict[int, list[Trial]]
    starts: dict[int, Start]


def _gather(session: Session, experiments: Collection[Experiment]) -> _Gathered:
    ids = [experiment.id for experiment in experiments]
    running: dict[int, list[Trial]] = {experiment_id: [] for experiment_id in ids}
    for trial in _running(session, ids):
        running[trial.experiment_id].append(trial)
    return _Gathered(
        counts=lifecycle.counts_by_experiment(session, ids),
        best=artifacts.best_trials(session, ids),
        running=running,
        starts=warm_start.starts_of(session, experiments),
    )


def _overview(session: Session, experiment: Experiment, gathered: _Gathered) -> Overview:
    counts = gathered.counts[experiment.id]
    planned = lifecycle.planned_trials(experiment, counts)
    finished = lifecycle.count_finished(counts)
    used = budget.seconds_used(experiment)
    per_trial = used / finished if finished else None
    return Overview(
        experiment=experiment,
        counts=counts,
        finished=finished,
        planned=planned,
        best=gathered.best.get(experiment.id),
        baseline_rmse=baseline_rmse(session, experiment, Part.VALIDATION),
        seconds_running=used,
        seconds_per_trial=per_trial,
        eta_seconds=estimates.seconds_left(session, experiment, planned),
        running=gathered.running[experiment.id],
        start=gathered.starts[experiment.id],
    )


def running_trials(session: Session, experiment_id: int) -> list[Trial]:
    """Trials of an experiment in a slot now."""
    return _running(session, [experiment_id])


def _running(session: Session, experiment_ids: Collection[int]) -> list[Trial]:
    query = select(Trial).where(
        Trial.experiment_id.in_(experiment_ids), Trial.state == TrialState.RUNNING
    )
    return list(session.scalars(query.order_by(Trial.number)))


def baseline_rmse(session: Session, experiment: Experiment, part: Part) -> float:
    """RMSE of "tomorrow = today" over one part, in the CSV's units."""
    return baseline_scores(session, experiment, part).rmse


def baseline_scores(session: Session, experiment: Experiment, part: Part) -> Scores:
    """What "tomorrow = today" scores over one part, in the CSV's units."""
    series = datasets.series(session, experiment.dataset)
    rows = experiment.split.parts(len(series.target_values))[part]
    actual = series.target_values[rows.start : rows.stop]
    before = naive(series.target_values, rows)
    return score_forecast(actual, before, before)


def stop(session: Session, experiment: Experiment) -> None:
    """Ask for an end: running trials stop after their epoch, queued ones wait for a resume."""
    if experiment.state not in STOP_EXPERIMENT.sources:
        raise Conflict(f"This experiment is {experiment.state}: there is nothing to stop.")
    experiment.stop_requested_at = experiment.stop_requested_at or clock(session)
    session.flush()
    lifecycle.settle(session)


def resume(session: Session, experiment: Experiment) -> None:
    """Go on with a stopped or paused experiment: what its stop interrupted continues from its checkpoint."""
    can_go_on = experiment.state in RESUME_EXPERIMENT.sources
    if not can_go_on and not lifecycle.is_stopping(experiment):
        raise Conflict(
            f"This experiment is {experiment.state}: only a stopped or paused one can be resumed."
        )
    refuse_if_out_of_time(experiment)
    if can_go_on:
        _reopen(session, experiment, RESUME_EXPERIMENT)
    experiment.stop_requested_at = None
    _requeue_interrupted(session, experiment)


def add_trials(session: Session, experiment: Experiment, count: int) -> None:
    """Let a search go on for `count` more trials."""
    if strategy_info(experiment.strategy).needs_points:
        raise Conflict(
            "This experiment tries given points: clone it, or one of its trials, to try others."
        )
    if experiment.exhausted:
        raise Conflict(
            "Every combination of this search space has been tried: there are no more trials to add."
        )
    if experiment.max_trials + count > MAX_TRIALS:
        raise Conflict(f"An experiment has at most {MAX_TRIALS} trials.")
    refuse_if_out_of_time(experiment)
    experiment.max_trials += count
    reopen_if_closed(session, experiment)


def add_time(session: Session, experiment: Experiment, seconds: float) -> None:
    """Raise a time budget: what it had ended goes on from its checkpoints. What a person stopped waits for a resume."""
    if experiment.time_budget_seconds is None:
        raise Conflict("This experiment has no time budget: it needs no more time.")
    more = max(experiment.time_budget_seconds, budget.seconds_used(experiment)) + seconds
    if more > MAX_BUDGET_SECONDS:
        raise Conflict(f"A time budget is at most {MAX_BUDGET_SECONDS:,} seconds.")
    experiment.time_budget_seconds = more
    if experiment.state == ExperimentState.COMPLETED:
        _reopen(session, experiment, REOPEN_EXPERIMENT)
        _requeue_interrupted(session, experiment)


def refuse_if_out_of_time(experiment: Experiment) -> None:
    """Raises Conflict where whatever were begun would be ended at once."""
    if budget.is_spent(experiment):
        raise Conflict("The time budget of this experiment is used up: give it more time first.")


def rename(session: Session, experiment: Experiment, name: str) -> None:
    """Give an experiment another name."""
    experiment.name = name


def delete(session: Session, experiment: Experiment) -> None:
    """Forget an experiment, its trials and what no other experiment's trial is read off."""
    if running_trials(session, experiment.id):
        raise Conflict("Trials of this experiment are running: stop it first.")
    trainings = set(
        session.scalars(select(Trial.training_id).where(Trial.experiment_id == experiment.id))
    )
    session.delete(experiment)
    session.flush()
    shared = set(session.scalars(select(Trial.training_id).where(Trial.training_id.in_(trainings))))
    orphans = trainings - shared
    session.execute(delete_rows(Epoch).where(Epoch.training_id.in_(orphans)))
    session.execute(delete_rows(Training).where(Training.id.in_(orphans)))


def _requeue_interrupted(session: Session, experiment: Experiment) -> None:
    """Put what a stop or the time budget has ended back into the queue, but not what a person stopped by itself."""
    requeue(
        session,
        Trial.experiment_id == experiment.id,
        Trial.state == TrialState.STOPPED,
        Trial.stop_requested_at.is_(None),
    )


def requeue(session: Session, *conditions: ColumnElement[bool]) -> tuple[int, ...]:
    """Put ended trials back into the queue, parameters kept, their earlier results cleared; their ids."""
    return change_trials(
        session,
        RETRY_TRIAL,
        *conditions,
        interruptions=0,
        error=None,
        failure_cause=None,
        traceback=None,
        finished_at=None,
        stop_requested_at=None,
        objective=None,
    )


def reopen_if_closed(session: Session, experiment: Experiment) -> None:
    """An experiment with something to do again is open again, unless it is being stopped."""
    if not lifecycle.is_stopping(experiment):
        _reopen(session, experiment, REOPEN_EXPERIMENT)


def _reopen(session: Session, experiment: Experiment, transition: ExperimentTransition) -> None:
    change_experiment(
        session,
        transition,
        experiment.id,
        reason=None,
        resumed_at=None,
        finished_at=None,
        stop_requested_at=None,
    )
