"""Builders of rows for tests: each makes something valid, and the test says what differs."""

from datetime import timedelta

import numpy as np
from sqlalchemy.orm import Session

from app.db.models import Artifact, Baseline, Board, Dataset, Epoch, Experiment, Forecast, Trial
from app.domain.baselines import score_rows
from app.domain.csv_reading.dialect import Dialect
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.table import read_table
from app.domain.horizons import origins, step_rows
from app.domain.search_space.parameters import with_defaults
from app.domain.terms import ArtifactKind, Part, TrialState
from app.queue import proposals
from app.queue.evaluations import pack_forecast
from app.schemas import ExperimentRequest
from app.services import datasets, experiments
from app.services.preparation import prepare
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


def random_walk_csv(rows: int = 120, seed: int = 0) -> bytes:
    """A random walk with an open, a close and a volume."""
    generator = np.random.default_rng(seed)
    close = 50 + generator.normal(size=rows).cumsum()
    start = np.datetime64("2020-01-01")
    lines = ["Date,Open,Close,Volume"]
    for day in range(rows):
        volume = 1000 + day * 3 % 70
        lines.append(f"{start + day},{close[day] - 0.5:.4f},{close[day]:.4f},{volume}")
    return ("\n".join(lines) + "\n").encode()


def signed_csv(rows: int = 400) -> bytes:
    """A series with negative values, zeros and positive values."""
    start = np.datetime64("2020-01-01")
    lines = ["Date,Change"]
    for day in range(rows):
        lines.append(f"{start + day},{day % 7 - 3}")
    return ("\n".join(lines) + "\n").encode()


def monthly_csv(rows: int = 120, seed: int = 0) -> bytes:
    """A noisy series with a season of twelve months."""
    noise = np.random.default_rng(seed).normal(size=rows)
    start = np.datetime64("2010-01")
    lines = ["Date,Sales"]
    for month in range(rows):
        sales = 50 + 5 * np.sin(2 * np.pi * month / 12) + noise[month]
        lines.append(f"{start + month}-01,{sales:.4f}")
    return ("\n".join(lines) + "\n").encode()


def dataset(
    session: Session,
    rows: int = 120,
    name: str = "walk",
    content: bytes = b"",
    cleaning: CleaningOptions | None = None,
) -> Dataset:
    content = content or random_walk_csv(rows)
    table = read_table(content, Dialect(date_columns=("Date",), date_format="%Y-%m-%d"))
    return datasets.create(
        session,
        name=name,
        filename="walk.csv",
        content=content,
        prepared=prepare(table, cleaning or CleaningOptions()),
    )


def request(dataset_id: int, **changes) -> ExperimentRequest:
    body = {
        "name": "a search",
        "dataset_id": dataset_id,
        "strategy": "random",
        "deliver": "single",
        "max_trials": 3,
        "space": {**TINY, "units_1": {"choice": [2, 3, 4]}},
    }
    return ExperimentRequest.model_validate({**body, **changes})


def experiment(session: Session, *, requests_board: bool = False, **changes) -> Experiment:
    """An experiment on the first dataset, which is made where there is none.

    requests_board: whether a worker has its baselines to compute, which takes seconds.
    """
    used = session.query(Dataset).first() or dataset(session)
    made = experiments.create(session, request(used.id, **changes))
    if not requests_board:
        session.delete(made.board)
        made.board_id = None
        session.flush()
    return made


def trial(session: Session, of: Experiment, number: int = 1, **parameters) -> Trial:
    """A queued trial."""
    queued = proposals.propose(session, of, number, with_defaults({**TINY, **parameters}))
    assert queued is not None
    return queued


def completed_trial(
    session: Session, of: Experiment, number: int = 1, objective: float = 1.0, **parameters
) -> Trial:
    """A completed trial with epochs, forecasts and a model."""
    completed = trial(session, of, number, **parameters)
    completed.state = TrialState.COMPLETED
    completed.objective = objective
    completed.best_epoch = 2
    completed.epochs_trained = 3
    completed.started_at = now() - timedelta(seconds=4)
    completed.finished_at = now()
    completed.attempts = 1
    add_scores(completed, objective)
    add_epochs(session, completed)
    add_forecasts(session, completed, of)
    model = Artifact(trial_id=completed.id, kind=ArtifactKind.MODEL, content=b"weights", size=7)
    session.add(model)
    session.flush()
    return completed


def add_scores(completed: Trial, rmse: float) -> None:
    scores = {"rmse": rmse, "mae": rmse / 2, "mape": 0.02, "skill": 0.1}
    for part in ("validation", "test"):
        for metric, score in scores.items():
            setattr(completed, f"{part}_{metric}", score)


def add_epochs(session: Session, completed: Trial) -> None:
    for number in (1, 2, 3):
        epoch = Epoch(
            training_id=completed.training_id,
            number=number,
            train_loss=1 / number,
            val_loss=1.2 / number,
            objective=2 / number,
            mae=1 / number,
            seconds=0.5,
        )
        session.merge(epoch)


def add_forecasts(session: Session, completed: Trial, of: Experiment) -> None:
    """Forecasts that are 0.25 too high, of the validation and the test part."""
    values = datasets.series(session, of.dataset).target_values
    for part, rows in of.split.parts(len(values)).items():
        if part == Part.TRAIN:
            continue
        actual = values[step_rows(origins(rows, of.horizon), of.horizon)]
        content = pack_forecast(actual + 0.25)
        session.add(Forecast(trial_id=completed.id, part=part.value, predicted=content))


def board(session: Session, of: Experiment, **errors: float) -> Board:
    """The finished board of an experiment: by default a naive baseline and a better ridge.

    errors: by name of a baseline, how far its forecasts are from the actual values, to either side
    in turn.
    """
    made = Board(
        fingerprint=f"{of.id:064d}",
        dataset_id=of.dataset_id,
        train_fraction=of.train_fraction,
        validation_fraction=of.validation_fraction,
        test_fraction=of.test_fraction,
        season_lengths=[],
        horizon=of.horizon,
        finished_at=now(),
    )
    session.add(made)
    session.flush()
    of.board = made
    for name, error in (errors or {"naive": 1.0, "ridge": 0.5}).items():
        add_baseline(session, of, made, name, error)
    session.flush()
    return made


def add_baseline(
    session: Session, of: Experiment, board: Board, name: str, error: float
) -> Baseline:
    """A baseline with scores and forecasts that are off by `error` to either side in turn."""
    baseline = Baseline(board_id=board.id, name=name, settings={}, seconds=0.5)
    values = datasets.series(session, of.dataset).target_values
    for part, rows in of.split.parts(len(values)).items():
        if part == Part.TRAIN:
            continue
        first_rows = origins(rows, of.horizon)
        actual = values[step_rows(first_rows, of.horizon)]
        signs = np.where(np.arange(len(actual)) % 3, 1, -1)
        predicted = actual + error * signs[:, np.newaxis]
        scores = score_rows(values, first_rows, predicted)
        for metric in ("rmse", "mae", "mape", "skill"):
            setattr(baseline, f"{part.value}_{metric}", getattr(scores, metric))
        content = pack_forecast(predicted)
        setattr(baseline, f"{part.value}_forecast", content)
    session.add(baseline)
    session.flush()
    return baseline
