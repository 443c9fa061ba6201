"""What a worker needs to know to make what an experiment hands over, read in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Baseline, Delivery, Epoch, Experiment, Forecast, Trial
from app.domain.baselines import LIBRARY_BASELINES
from app.domain.csv_reading.series import Series
from app.domain.ensembles import DELIVERABLE_BASELINES
from app.domain.horizons import stored_origins
from app.domain.objectives import Yardstick
from app.domain.terms import Part
from app.errors import NotFound
from app.queue import jobs
from app.queue.artifacts import IS_EVALUATED
from app.queue.bundles import describe_trial
from app.queue.evaluations import unpack_forecast

Floats = NDArray[np.float64]
MAX_CANDIDATES = 25
MAX_TRIALS_READ = 200  # many of them may be the same epoch of the same training


@dataclass(frozen=True)
class CandidateTrial:
    """An evaluated trial that may be a member.

    Its forecasts are in the CSV's units, (stored origins, horizon).
    """

    trial_id: int
    number: int
    parameters: dict[str, Any]
    best_epoch: int
    epoch_seconds: float  # mean of its training
    validation: Floats
    test: Floats
    record: dict[str, Any]  # trial.json

    @property
    def name(self) -> str:
        return f"trial {self.number}"


@dataclass(frozen=True)
class CandidateBaseline:
    """A baseline that can be handed over. Its forecast is as those of a CandidateTrial."""

    name: str
    settings: dict[str, Any]
    validation: Floats


@dataclass(frozen=True)
class DeliveryJob:
    """All that a delivery is made of, but the models. trials: the best one first."""

    experiment_id: int
    experiment_name: str
    seed: int
    series: Series
    parts: dict[Part, range]
    season_lengths: tuple[float, ...]
    horizon: int  # rows ahead
    yardstick: Yardstick  # what forecasts are compared by
    dialect: dict[str, Any]
    seconds_used: float  # by the search
    trials: tuple[CandidateTrial, ...]
    baselines: tuple[CandidateBaseline, ...]


def load(session: Session, experiment_id: int, token: str) -> DeliveryJob:
    """Read the job of a claim. Raises NotFound when the delivery is no longer this worker's."""
    delivery = session.get(Delivery, experiment_id)
    if delivery is None or delivery.lease_token != token:
        raise NotFound("This delivery is no longer this worker's.")
    experiment = session.get_one(Experiment, experiment_id)
    series = jobs.read_series(session, experiment.dataset_id)
    parts = experiment.split.parts(len(series.values))
    trials = _candidate_trials(session, experiment, parts)
    if not trials:
        raise NotFound("The forecasts of its trials are gone.")
    return DeliveryJob(
        experiment_id=experiment.id,
        experiment_name=experiment.name,
        seed=experiment.seed,
        series=series,
        parts=parts,
        season_lengths=experiment.seasons,
        horizon=experiment.horizon,
        yardstick=experiment.yardstick,
        dialect=dict(experiment.dataset.dialect),
        seconds_used=experiment.seconds_used,
        trials=trials,
        baselines=_candidate_baselines(session, experiment, parts),
    )


def _candidate_trials(
    session: Session, experiment: Experiment, parts: dict[Part, range]
) -> tuple[CandidateTrial, ...]:
    """The best different trials that forecast both parts as a whole; the best one first."""
    query = (
        select(Trial)
        .where(Trial.experiment_id == experiment.id, IS_EVALUATED)
        .order_by(Trial.objective, Trial.number)
        .limit(MAX_TRIALS_READ)
    )
    different: dict[tuple[int, int | None], Trial] = {}
    for trial in session.scalars(query):
        different.setdefault((trial.training_id, trial.best_epoch), trial)
    trials = list(different.values())[:MAX_CANDIDATES]
    epoch_seconds = _mean_epoch_seconds(session, trials)
    candidates = []
    for trial in trials:
        forecasts = {}
        for part in (Part.VALIDATION, Part.TEST):
            forecasts[part] = _read_forecast(session, trial, part)
        is_whole = all(
            len(values) == len(stored_origins(parts[part], experiment.horizon))
            for part, values in forecasts.items()
        )
        if not is_whole or trial.best_epoch is None:
            continue
        candidate = CandidateTrial(
            trial_id=trial.id,
            number=trial.number,
            parameters=dict(trial.parameters),
            best_epoch=trial.best_epoch,
            epoch_seconds=epoch_seconds.get(trial.training_id, 0.0),
            validation=forecasts[Part.VALIDATION],
            test=forecasts[Part.TEST],
            record=describe_trial(trial),
        )
        candidates.append(candidate)
    return tuple(candidates)


def _read_forecast(session: Session, trial: Trial, part: Part) -> Floats:
    stored = session.get(Forecast, (trial.id, part.value))
    if stored is None:
        return np.zeros((0, trial.experiment.horizon))
    return unpack_forecast(stored.predicted, trial.experiment.horizon)


def _mean_epoch_seconds(session: Session, trials: Sequence[Trial]) -> dict[int, float]:
    """By training id."""
    query = (
        select(Epoch.training_id, func.avg(Epoch.seconds))
        .where(Epoch.training_id.in_([trial.training_id for trial in trials]))
        .group_by(Epoch.training_id)
    )
    return {training_id: float(seconds) for training_id, seconds in session.execute(query)}


def _candidate_baselines(
    session: Session, experiment: Experiment, parts: dict[Part, range]
) -> tuple[CandidateBaseline, ...]:
    """The computed ones that forecast the validation part as a whole, and can be handed over."""
    horizon = experiment.horizon
    query = select(Baseline).where(
        Baseline.board_id == experiment.board_id,
        Baseline.name.in_(DELIVERABLE_BASELINES),
        Baseline.filename.is_(None),
        Baseline.validation_forecast.is_not(None),
    )
    candidates = []
    for baseline in session.scalars(query):
        assert baseline.validation_forecast is not None
        validation = unpack_forecast(baseline.validation_forecast, horizon)
        is_whole = len(validation) == len(stored_origins(parts[Part.VALIDATION], horizon))
        is_known = baseline.name not in LIBRARY_BASELINES or "fitted" in baseline.settings
        if is_whole and is_known and np.isfinite(validation).all():
            candidate = CandidateBaseline(baseline.name, dict(baseline.settings), validation)
            candidates.append(candidate)
    return tuple(candidates)
