"""Trials: read them, stop them, try them again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Epoch, Experiment, Forecast, LogLine, Trial
from app.domain.baselines import naive
from app.domain.diagnosis import Diagnosis, diagnose
from app.domain.states import RETRY_TRIAL, WITHDRAW_TRIAL
from app.domain.terms import Part, TrialState
from app.errors import Conflict, NotFound
from app.queue.artifacts import IS_EVALUATED
from app.queue.claims import log as write_log
from app.queue.clock import clock
from app.queue.transitions import change_trials
from app.services import datasets, experiments

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ForecastView:
    """Predicted against actual over one part, in the CSV's units; `at` is datetime64, all of one length."""

    at: NDArray[np.datetime64]
    actual: Floats
    predicted: Floats
    naive: Floats


@dataclass(frozen=True)
class ObjectivePoint:
    """One trial on the chart of a search; best_so_far is None until a trial has been evaluated."""

    trial_id: int
    number: int
    state: TrialState
    objective: float | None
    best_so_far: float | None


def get(session: Session, trial_id: int) -> Trial:
    """One trial. Raises NotFound."""
    found = session.get(Trial, trial_id) if 0 < trial_id < 2**31 else None
    if found is None:
        raise NotFound(f"There is no trial {trial_id}.")
    return found


def find(session: Session, experiment_id: int, number: int) -> Trial:
    """The trial of that number inside an experiment. Raises NotFound."""
    query = select(Trial).where(Trial.experiment_id == experiment_id, Trial.number == number)
    found = session.scalar(query)
    if found is None:
        raise NotFound(f"Experiment {experiment_id} has no trial {number}.")
    return found


def neighbours(session: Session, trial: Trial) -> tuple[Trial | None, Trial | None]:
    """The trials before and after this one, by number."""
    same = select(Trial).where(Trial.experiment_id == trial.experiment_id).limit(1)
    before = session.scalar(same.where(Trial.number < trial.number).order_by(Trial.number.desc()))
    after = session.scalar(same.where(Trial.number > trial.number).order_by(Trial.number))
    return before, after


def epochs(session: Session, trial: Trial) -> list[Epoch]:
    """The epochs this trial read off its training, in order."""
    query = select(Epoch).where(
        Epoch.training_id == trial.training_id, Epoch.number <= trial.epochs_trained
    )
    return list(session.scalars(query.order_by(Epoch.number)))


def diagnoses(session: Session, trials: Sequence[Trial]) -> dict[int, Diagnosis]:
    """What the loss curves of each trial say, for trials with at least one epoch."""
    wanted = {trial.training_id for trial in trials if trial.epochs_trained}
    columns = (Epoch.training_id, Epoch.number, Epoch.train_loss, Epoch.val_loss)
    rows = session.execute(
        select(*columns).where(Epoch.training_id.in_(wanted)).order_by(Epoch.number)
    ).all()
    curves: dict[int, list[tuple[int, float | None, float | None]]] = {}
    for training_id, number, train_loss, val_loss in rows:
        curves.setdefault(training_id, []).append((number, train_loss, val_loss))
    found = {}
    for trial in trials:
        curve = [row for row in curves.get(trial.training_id, []) if row[0] <= trial.epochs_trained]
        if curve:
            found[trial.id] = diagnose(
                [row[1] for row in curve], [row[2] for row in curve], trial.best_epoch
            )
    return found


def forecast(session: Session, trial: Trial, part: Part) -> ForecastView:
    """Predicted, actual and naive over the validation or test part. Raises NotFound before the trial is judged."""
    stored = session.get(Forecast, (trial.id, part.value))
    if stored is None:
        raise NotFound(f"Trial {trial.number} has no forecast of the {part.value} part (yet).")
    series = datasets.series(session, trial.experiment.dataset)
    rows = trial.experiment.split.parts(len(series.target_values))[part]
    return ForecastView(
        at=series.dates[rows.start : rows.stop],
        actual=series.target_values[rows.start : rows.stop],
        predicted=np.frombuffer(stored.predicted, "<f8"),
        naive=naive(series.target_values, rows),
    )


def objective_points(session: Session, experiment_id: int) -> list[ObjectivePoint]:
    """Every trial of a search with the best objective up to it, in order of number."""
    columns = (Trial.id, Trial.number, Trial.state, Trial.objective, IS_EVALUATED)
    rows = session.execute(
        select(*columns).where(Trial.experiment_id == experiment_id).order_by(Trial.number)
    )
    points, best = [], None
    for trial_id, number, state, objective, is_evaluated in rows:
        if is_evaluated and objective is not None:
            best = objective if best is None else min(best, objective)
        points.append(ObjectivePoint(trial_id, number, TrialState(state), objective, best))
    return points


def log(session: Session, trial: Trial) -> list[LogLine]:
    """What happened to a trial, oldest first."""
    return list(
        session.scalars(select(LogLine).where(LogLine.trial_id == trial.id).order_by(LogLine.id))
    )


def duration(trial: Trial, now: datetime) -> float | None:
    """Seconds from the start of its last run to its end, or to `now` by the database while it runs."""
    if trial.started_at is None or trial.state == TrialState.QUEUED:
        return None
    return max(0.0, ((trial.finished_at or now) - trial.started_at).total_seconds())


def stop(session: Session, trial: Trial) -> None:
    """Ask a running trial to stop after its epoch; a queued one is stopped at once."""
    if trial.state == TrialState.RUNNING:
        trial.stop_requested_at = trial.stop_requested_at or clock(session)
    elif not _withdraw(session, trial):
        raise Conflict(f"This trial is {trial.state}: there is nothing to stop.")
    write_log(session, [trial.id], "You asked it to stop")


def _withdraw(session: Session, trial: Trial) -> bool:
    moment = clock(session)
    withdrawn = change_trials(
        session,
        WITHDRAW_TRIAL,
        Trial.id == trial.id,
        stop_requested_at=moment,
        finished_at=moment,
        error="Stopped by you before it started.",
    )
    return bool(withdrawn)


def retry(session: Session, trial: Trial) -> None:
    """Put a failed or stopped trial back into the queue; it goes on from its checkpoint where there is one."""
    if trial.state not in RETRY_TRIAL.sources:
        raise Conflict(
            f"This trial is {trial.state}: only a failed or stopped one can be tried again."
        )
    experiment = session.get_one(Experiment, trial.experiment_id)
    experiments.refuse_if_out_of_time(experiment)
    experiments.requeue(session, Trial.id == trial.id)
    experiments.reopen_if_closed(session, experiment)
    write_log(session, [trial.id], "You asked for another try")


def retry_failed(session: Session, experiment: Experiment) -> int:
    """Put every failed trial of an experiment back into the queue. Raises Conflict when there is none."""
    failed = select(Trial).where(
        Trial.experiment_id == experiment.id, Trial.state == TrialState.FAILED
    )
    found = list(session.scalars(failed))
    if not found:
        raise Conflict("No trial of this experiment has failed.")
    for trial in found:
        retry(session, trial)
    return len(found)
