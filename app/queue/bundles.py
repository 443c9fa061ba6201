"""What a worker needs to know to make the bundle of a trial, read in one transaction."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from app.db.models import Artifact, Delivery, Forecast, Trial
from app.domain.csv_reading.series import Series
from app.domain.custom.detection import CustomModel
from app.domain.terms import Part
from app.errors import NotFound
from app.queue import artifacts, jobs
from app.queue.evaluations import SCORE_NAMES, unpack_forecast


@dataclass(frozen=True)
class BundleSource:
    """An evaluated trial with everything that goes into its bundle.

    `validation`, `predicted`: its stored forecasts of the validation and the test part, each
    (stored origins, horizon) in the CSV's units.
    """

    title: str
    experiment_id: int
    parameters: dict[str, Any]
    custom_model: CustomModel | None  # its trained model is kept as a .keras file; None: built-in
    model: bytes
    series: Series
    season_lengths: tuple[float, ...]  # of the experiment, in rows
    horizon: int  # rows to forecast
    parts: dict[Part, range]
    validation: NDArray[np.float64]
    predicted: NDArray[np.float64]
    dialect: dict[str, Any]
    record: dict[str, Any]  # trial.json


def load_source(session: Session, artifact_id: int) -> BundleSource:
    """Read what a requested bundle is made of.

    Raises NotFound when the trial was evaluated again, when its model or its forecast is gone, or
    when its model could not be stored.
    """
    artifact = session.get(Artifact, artifact_id)
    if artifact is None:
        raise NotFound("The trial has been evaluated anew since its bundle was asked for.")
    trial = session.get_one(Trial, artifact.trial_id)
    model_problem = artifacts.read_model_problem(session, trial.id)
    if model_problem is not None:
        raise NotFound(model_problem)
    validation = session.get(Forecast, (trial.id, Part.VALIDATION.value))
    forecast = session.get(Forecast, (trial.id, Part.TEST.value))
    model = artifacts.read_model(session, trial.id)
    if validation is None or forecast is None or model is None:
        raise NotFound("The forecast or the model of this trial is gone.")
    experiment = trial.experiment
    series = jobs.read_series(session, experiment.dataset_id)
    return BundleSource(
        title=f"{experiment.name}, trial {trial.number}",
        experiment_id=experiment.id,
        parameters=dict(trial.parameters),
        custom_model=experiment.custom_model,
        model=model,
        series=series,
        season_lengths=experiment.seasons,
        horizon=experiment.horizon,
        parts=experiment.split.parts(len(series.values)),
        validation=unpack_forecast(validation.predicted, experiment.horizon),
        predicted=unpack_forecast(forecast.predicted, experiment.horizon),
        dialect=dict(experiment.dataset.dialect),
        record=describe_trial(trial),
    )


def describe_trial(trial: Trial) -> dict[str, Any]:
    """What is known about a trial, as JSON: trial.json."""
    experiment = trial.experiment
    dataset = experiment.dataset
    return {
        "experiment": {"id": experiment.id, "name": experiment.name, "seed": experiment.seed},
        "custom_model": experiment.custom_model_name,
        "dataset": {
            "name": dataset.name,
            "filename": dataset.filename,
            "fingerprint": dataset.fingerprint,
        },
        "split": {
            "train": experiment.train_fraction,
            "validation": experiment.validation_fraction,
            "test": experiment.test_fraction,
        },
        "horizon": experiment.horizon,
        "number": trial.number,
        "parameters": dict(trial.parameters),
        "minimised": experiment.objective,
        "objective": trial.objective,
        "objective_se": trial.objective_se,
        "best_epoch": trial.best_epoch,
        "metrics": metrics(trial),
    }


def metrics(trial: Trial | Delivery) -> dict[str, dict[str, float | None]]:
    """The scores of a trial, or of what is handed over, by part and name."""
    by_part = {}
    for part in ("validation", "test"):
        scores = {}
        for name in SCORE_NAMES:
            scores[name] = getattr(trial, f"{part}_{name}")
        by_part[part] = scores
    return by_part
