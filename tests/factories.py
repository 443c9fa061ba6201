"""Builders of rows for tests: each makes something valid, and the test says what differs."""

from datetime import timedelta

import numpy as np
from sqlalchemy.orm import Session

from app.db.models import Artifact, Dataset, Epoch, Experiment, Forecast, Trial
from app.domain.csv_reading.cleaning import CleaningOptions
from app.domain.csv_reading.dialect import Dialect
from app.domain.csv_reading.table import read_table
from app.domain.search_space.parameters import with_defaults
from app.domain.terms import ArtifactKind, Part, TrialState
from app.queue import proposals
from app.schemas import ExperimentRequest
from app.services import datasets, experiments
from tests.clock import now

TINY = {
    "units_1": 3,
    "time_steps": 4,
    "batch_size": 16,
    "epochs": 2,
    "learning_rate": 0.01,
    "shuffle": False,
    "scaling": "minmax",
}


def csv_of(rows: int = 120, seed: int = 0) -> bytes:
    """A random walk with an open, a close and a volume, as a CSV."""
    generator = np.random.default_rng(seed)
    close = 50 + generator.normal(size=rows).cumsum()
    start = np.datetime64("2020-01-01")
    lines = [
        f"{start + day},{close[day] - 0.5:.4f},{close[day]:.4f},{1000 + day * 3 % 70}"
        for day in range(rows)
    ]
    return ("Date,Open,Close,Volume\n" + "\n".join(lines) + "\n").encode()


def csv_of_changes(rows: int = 400) -> bytes:
    """A series with negative values, zeros and positive values, as a CSV."""
    start = np.datetime64("2020-01-01")
    return (
        "Date,Change\n" + "".join(f"{start + day},{day % 7 - 3}\n" for day in range(rows))
    ).encode()


def dataset(session: Session, rows: int = 120, name: str = "walk", content: bytes = b"") -> Dataset:
    content = content or csv_of(rows)
    table = read_table(content, Dialect(date_column="Date", date_format="%Y-%m-%d"))
    return datasets.create(
        session,
        name=name,
        filename="walk.csv",
        content=content,
        table=table,
        choices=CleaningOptions(),
    )


def request(dataset_id: int, **changes) -> ExperimentRequest:
    space = {**TINY, "units_1": {"choice": [2, 3, 4]}}
    body = {
        "name": "a search",
        "dataset_id": dataset_id,
        "strategy": "random",
        "max_trials": 3,
        "space": space,
    }
    return ExperimentRequest.model_validate({**body, **changes})


def experiment(session: Session, **changes) -> Experiment:
    found = session.query(Dataset).first() or dataset(session)
    return experiments.create(session, request(found.id, **changes))


def trial(session: Session, of: Experiment, number: int = 1, **parameters) -> Trial:
    made = proposals.propose(session, of, number, with_defaults({**TINY, **parameters}))
    assert made is not None
    return made


def judged(
    session: Session, of: Experiment, number: int = 1, objective: float = 1.0, **parameters
) -> Trial:
    """A completed trial with epochs, forecasts and a model."""
    made = trial(session, of, number, **parameters)
    made.state, made.objective, made.best_epoch, made.epochs_trained = (
        TrialState.COMPLETED,
        objective,
        2,
        3,
    )
    made.started_at, made.finished_at = now() - timedelta(seconds=4), now()
    made.attempts = 1
    for part in ("validation", "test"):
        for name, value in (
            ("rmse", objective),
            ("mae", objective / 2),
            ("mape", 0.02),
            ("skill", 0.1),
        ):
            setattr(made, f"{part}_{name}", value)
    for epoch in range(1, 4):
        row = {
            "train_loss": 1 / epoch,
            "val_loss": 1.2 / epoch,
            "objective": 2 / epoch,
            "seconds": 0.5,
        }
        session.merge(Epoch(training_id=made.training_id, number=epoch, **row))
    values = datasets.series(session, of.dataset).target_values
    for part, rows in of.split.parts(len(values)).items():
        if part != Part.TRAIN:
            predicted = values[rows.start : rows.stop] + 0.25
            session.add(Forecast(trial_id=made.id, part=part.value, predicted=predicted.tobytes()))
    session.add(Artifact(trial_id=made.id, kind=ArtifactKind.MODEL, content=b"weights", size=7))
    session.flush()
    return made
