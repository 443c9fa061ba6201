"""Trials: read them, stop them, retry them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.db.models import Epoch, Experiment, Forecast, LogLine, Trial
from app.domain.baselines import naive
from app.domain.horizons import step_values, stored_origins
from app.domain.states import RETRY_TRIAL
from app.domain.terms import FINISHED_TRIAL_STATES, Part, TrialState
from app.errors import Conflict, FieldProblem, Invalid, NotFound
from app.queue.artifacts import IS_EVALUATED
from app.queue.clock import clock
from app.queue.evaluations import unpack_forecast
from app.queue.logs import write_log
from app.queue.trial_counts import HAS_BEGUN
from app.queue.withdrawals import withdraw_for_person
from app.services import datasets, experiment_control
from app.services.rows import find_row

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ForecastView:
    """Predicted against actual over one part, in the CSV's units.

    All arrays have one element for each stored origin, for the row so many steps ahead; those of
    `at` are datetime64. `naive`: the last value known at the origin.
    """

    at: NDArray[np.datetime64]
    actual: Floats
    predicted: Floats
    naive: Floats
    step: int = 1
    horizon: int = 1


@dataclass(frozen=True)
class ObjectivePoint:
    """One trial on the chart of a search.

    `best_so_far`: the lowest objective up to it; None until a trial has been evaluated.
    """

    trial_id: int
    number: int
    state: TrialState
    objective: float | None
    best_so_far: float | None


def get(session: Session, trial_id: int) -> Trial:
    """One trial. Raises NotFound."""
    trial = find_row(session, Trial, trial_id)
    if trial is None or trial.experiment.deleted_at is not None:
        raise NotFound(f"Trial {trial_id} not found.")
    return trial


def find(session: Session, experiment_id: int, number: int) -> Trial:
    """The trial of that number inside an experiment. Raises NotFound."""
    query = select(Trial).where(
        Trial.experiment_id == experiment_id,
        Trial.number == number,
    )
    trial = session.scalar(query)
    if trial is None:
        raise NotFound(f"Experiment {experiment_id} has no trial {number}.")
    return trial


def neighbours(session: Session, trial: Trial) -> tuple[Trial | None, Trial | None]:
    """The trials before and after this one, by number."""
    is_sibling = Trial.experiment_id == trial.experiment_id
    others = select(Trial).where(is_sibling).limit(1)
    before = others.where(Trial.number < trial.number)
    after = others.where(Trial.number > trial.number)
    return (
        session.scalar(before.order_by(Trial.number.desc())),
        session.scalar(after.order_by(Trial.number)),
    )


def epochs(session: Session, trial: Trial) -> list[Epoch]:
    """The epochs of its training that count for this trial, in order."""
    query = (
        select(Epoch)
        .where(Epoch.training_id == trial.training_id, Epoch.number <= trial.epochs_trained)
        .order_by(Epoch.number)
    )
    return list(session.scalars(query))


def forecast(session: Session, trial: Trial, part: Part, step: int = 1) -> ForecastView:
    """Predicted, actual and naive values over the validation or test part, `step` rows ahead.

    Raises NotFound before the trial has been evaluated, and Invalid for a step beyond its horizon.
    """
    predicted = _read_forecast(session, trial, part)
    return view_forecast(session, trial.experiment, part, predicted, step)


def forecast_steps(session: Session, trial: Trial, part: Part) -> tuple[Floats, Floats]:
    """What happened and what was predicted, (stored origins, horizon) each. Raises NotFound."""
    experiment = trial.experiment
    horizon = experiment.horizon
    predicted = unpack_forecast(_read_forecast(session, trial, part), horizon)
    values = datasets.series(session, experiment.dataset).target_values
    first_rows = stored_origins(experiment.split.parts(len(values))[part], horizon)
    return step_values(values, first_rows, horizon), predicted


def _read_forecast(session: Session, trial: Trial, part: Part) -> bytes:
    stored = session.get(Forecast, (trial.id, part.value))
    if stored is None:
        raise NotFound(f"Trial {trial.number} has no forecast of the {part.value} part (yet).")
    return stored.predicted


def view_forecast(
    session: Session, experiment: Experiment, part: Part, predicted: bytes, step: int = 1
) -> ForecastView:
    """A stored forecast of a part beside what happened, `step` rows ahead. Raises Invalid."""
    horizon = experiment.horizon
    check_step(horizon, step)
    series = datasets.series(session, experiment.dataset)
    values = series.target_values
    part_rows = experiment.split.parts(len(values))[part]
    first_rows = stored_origins(part_rows, horizon)
    rows = np.asarray(first_rows) + (step - 1)
    return ForecastView(
        at=series.dates[rows],
        actual=values[rows],
        predicted=unpack_forecast(predicted, horizon)[:, step - 1],
        naive=naive(values, first_rows),
        step=step,
        horizon=horizon,
    )


def check_step(horizon: int, step: int) -> None:
    """Raises Invalid for a step that is not forecast."""
    if 1 <= step <= horizon:
        return
    message = f"This experiment forecasts {horizon} rows ahead: choose a step from 1 to {horizon}."
    if horizon == 1:
        message = "This experiment forecasts one row ahead: its only step is 1."
    raise Invalid([FieldProblem(("step",), message)])


def objective_points(
    session: Session, experiment_id: int, after: int = 0, best: float | None = None
) -> list[ObjectivePoint]:
    """Every trial of a search that has begun or ended, in order of number.

    Each with the best objective up to it. `after`: without the trials up to this number, whose best
    objective is `best`.
    """
    has_ended = Trial.state.in_(FINISHED_TRIAL_STATES)
    query = (
        select(
            Trial.id,
            Trial.number,
            Trial.state,
            Trial.objective,
            IS_EVALUATED,
        )
        .where(
            Trial.experiment_id == experiment_id,
            Trial.number > after,
            HAS_BEGUN | has_ended,
        )
        .order_by(Trial.number)
    )
    points = []
    for trial_id, number, state, objective, is_evaluated in session.execute(query):
        if is_evaluated and objective is not None:
            best = objective if best is None else min(best, objective)
        point = ObjectivePoint(
            trial_id,
            number,
            TrialState(state),
            objective,
            best_so_far=best,
        )
        points.append(point)
    return points


def log(session: Session, trial: Trial) -> list[LogLine]:
    """What happened to a trial, oldest first."""
    is_of_trial = LogLine.trial_id == trial.id
    query = select(LogLine).where(is_of_trial).order_by(LogLine.id)
    return list(session.scalars(query))


def duration(trial: Trial | Row[Any], now: datetime) -> float | None:
    """Seconds from the start of its last run to its end; while it runs, to the database's `now`."""
    if trial.started_at is None or trial.state == TrialState.QUEUED:
        return None
    end = trial.finished_at or now
    elapsed = end - trial.started_at
    return max(0.0, elapsed.total_seconds())


def stop(session: Session, trial: Trial) -> None:
    """Ask a running trial to stop after its epoch; a queued one leaves the queue at once."""
    if trial.state == TrialState.RUNNING:
        if trial.stop_requested_at is None:
            trial.stop_requested_at = clock(session)
    elif not withdraw_for_person(session, trial):
        raise Conflict(f"This trial is {trial.state}: there is nothing to stop.")
    write_log(session, [trial.id], "Stop requested")


def retry(session: Session, trial: Trial) -> None:
    """Put a failed, stopped or withdrawn trial back into the queue.

    It continues from its checkpoint where there is one, and keeps its result until a better one.
    """
    if trial.state not in RETRY_TRIAL.sources:
        raise Conflict(
            f"This trial is {trial.state}: only one that failed, was stopped or was withdrawn "
            "can be tried again."
        )
    experiment = session.get_one(Experiment, trial.experiment_id)
    experiment_control.refuse_if_out_of_time(experiment)
    experiment_control.requeue(session, Trial.id == trial.id)
    experiment_control.reopen_if_closed(session, experiment)
    write_log(session, [trial.id], "Retry requested")


def retry_failed(session: Session, experiment: Experiment) -> int:
    """Put every failed trial of an experiment back into the queue. Returns how many.

    Raises Conflict when there is none.
    """
    query = select(Trial).where(
        Trial.experiment_id == experiment.id, Trial.state == TrialState.FAILED
    )
    failed = list(session.scalars(query))
    if not failed:
        raise Conflict("No trial of this experiment has failed.")
    for trial in failed:
        retry(session, trial)
    return len(failed)
