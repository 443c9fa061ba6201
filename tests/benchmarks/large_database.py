"""A database with one large experiment: evaluated trials with epochs, scores and forecasts."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.db.engine import Database
from app.db.models import Artifact, Epoch, Experiment, Forecast, Training, Trial
from app.domain.more_scores import MORE_SCORE_NAMES
from app.domain.search_space.parameters import with_defaults
from app.domain.terms import EVALUATED_PARTS, ArtifactKind, ExperimentState, Part, TrialState
from app.schemas import ExperimentRequest
from app.services import datasets, experiments
from tests import factories
from tests.clock import now

SPACE = {
    "units_1": {"integer": [8, 64]},
    "cell": {"choice": ["lstm", "gru"]},
    "learning_rate": {"loguniform": [0.0001, 0.1]},
    "dropout_1": {"uniform": [0.0, 0.5]},
    "batch_size": {"choice": [16, 32, 64]},
    "epochs": 100,
}
SERIES_ROWS = 1_000
MODEL = bytes(8_000)
BATCH = 500  # trials that are inserted at once
FAILED_EVERY = 50
PRUNED_EVERY = 3
Row = dict[str, Any]


def fill(database: Database, n_trials: int, n_epochs: int) -> int:
    """Make the experiment, with a board of baselines. Returns its id."""
    with database.write() as session:
        experiment = _make_experiment(session, n_trials)
    for first in range(1, n_trials + 1, BATCH):
        numbers = range(first, min(first + BATCH, n_trials + 1))
        with database.write() as session:
            _insert_trials(session, experiment, numbers, n_epochs)
    with database.write() as session:
        end = update(Experiment).values(
            state=ExperimentState.COMPLETED, finished_at=now(), started_at=now()
        )
        session.execute(end)
        session.execute(update(Trial).values(source_trial_id=None))
    return experiment.id


def _make_experiment(session: Session, n_trials: int) -> Experiment:
    content = factories.random_walk_csv(SERIES_ROWS)
    dataset = factories.dataset(session, name="walk", content=content)
    request = ExperimentRequest.model_validate(
        {
            "name": "large",
            "dataset_id": dataset.id,
            "strategy": "random",
            "pruning": "median",
            "max_trials": n_trials,
            "space": SPACE,
            "deliver": "single",
        }
    )
    experiment = experiments.create(session, request)
    factories.board(session, experiment)
    return experiment


def _insert_trials(session: Session, experiment: Experiment, numbers: range, n_epochs: int) -> None:
    generator = np.random.default_rng(numbers.start)
    rows = [_trial_row(experiment, number, generator, n_epochs) for number in numbers]
    trainings = [
        {
            "id": number,
            "fingerprint": hashlib.sha256(str(number).encode()).hexdigest(),
            "engine": "native",
        }
        for number in numbers
    ]
    session.execute(insert(Training), trainings)
    session.execute(insert(Trial), rows)
    epochs = [epoch for row in rows for epoch in _epoch_rows(row, generator)]
    session.execute(insert(Epoch), epochs)
    evaluated = [row["id"] for row in rows if row["objective"] is not None]
    models = [
        {"trial_id": trial_id, "kind": ArtifactKind.MODEL, "content": MODEL, "size": len(MODEL)}
        for trial_id in evaluated
    ]
    session.execute(insert(Artifact), models)
    session.execute(insert(Forecast), list(_forecast_rows(session, experiment, evaluated)))


def _trial_row(
    experiment: Experiment, number: int, generator: np.random.Generator, n_epochs: int
) -> Row:
    """A trial: most are completed, some pruned, a few failed."""
    parameters = with_defaults(experiment.space.sample(generator))
    state = TrialState.COMPLETED
    trained = n_epochs
    if number % PRUNED_EVERY == 0:
        state = TrialState.PRUNED
        trained = max(1, n_epochs // 3)
    if number % FAILED_EVERY == 0:
        state = TrialState.FAILED
    has_failed = state == TrialState.FAILED
    error = float(1 + generator.gamma(2.0, 0.5))
    scores: Row = {
        f"{part}_{name}": None if has_failed else error * factor
        for part in ("validation", "test")
        for name, factor in (("rmse", 1.0), ("mae", 0.8), ("mape", 0.02), ("skill", 0.1))
    }
    more_scores = {
        part.value: dict.fromkeys(MORE_SCORE_NAMES, error * 0.3) for part in EVALUATED_PARTS
    }
    started_at = now() + timedelta(seconds=2 * number)
    return {
        "id": number,
        "experiment_id": experiment.id,
        "training_id": number,
        "number": number,
        "state": state,
        "parameters": parameters,
        "objective": None if has_failed else error,
        "objective_se": None if has_failed else error / 20,
        "best_epoch": None if has_failed else max(1, trained - 5),
        "epochs_trained": trained,
        "error": "The loss is not a number in epoch 30." if has_failed else None,
        "failure_cause": "diverged" if has_failed else None,
        "attempts": 1,
        "started_at": started_at,
        "finished_at": started_at + timedelta(seconds=float(generator.uniform(1, 9))),
        "more_scores": None if has_failed else more_scores,
        **scores,
    }


def _epoch_rows(row: Row, generator: np.random.Generator) -> list[Row]:
    n_epochs = row["epochs_trained"]
    train = np.exp(-np.arange(n_epochs) / 20) + 0.1 * generator.random(n_epochs)
    val = train * 1.1 + 0.05 * generator.random(n_epochs)
    at = row["started_at"]
    return [
        {
            "training_id": row["training_id"],
            "number": index + 1,
            "train_loss": float(train[index]),
            "val_loss": float(val[index]),
            "objective": float(val[index]) * 3,
            "seconds": 0.05,
            "recorded_at": at,
        }
        for index in range(n_epochs)
    ]


def _forecast_rows(session: Session, experiment: Experiment, trial_ids: list[int]) -> Iterator[Row]:
    values = datasets.series(session, experiment.dataset).target_values
    parts = experiment.split.parts(len(values))
    generator = np.random.default_rng(trial_ids[0])
    for trial_id in trial_ids:
        for part in (Part.VALIDATION, Part.TEST):
            rows = parts[part]
            actual = values[rows.start : rows.stop]
            predicted = actual + generator.normal(size=len(rows))
            yield {"trial_id": trial_id, "part": part, "predicted": predicted.tobytes()}
