"""One whole search by the product, and its curve of best values against time.

Each search gets an empty database and a worker of its own. The worker's slots have trained before,
as those of a worker that has been running.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.engine import Database
from app.db.models import Artifact, Epoch, Experiment, Trial
from app.domain.terms import ArtifactKind, Delivered
from app.samples import IBM
from app.schemas import ExperimentRequest
from app.services import datasets, experiments, overviews, summaries
from tests.benchmarks.product import installation, worker
from tests.shared import GE

GRID = "grid"
GRID_TRIALS = 81
UNLIMITED_TRIALS = 10_000
ESTIMATE_AFTER = 3  # trials
WAIT_SECONDS = 4 * 3600.0
POLL_SECONDS = 0.2
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Curve:
    """The improvements of one search. It is stored in figures/full.json under these names.

    `seconds` and `best` have an entry for each improvement: seconds since the first trial, and the
    best value from then on. `eta_ratio` is the time left as the page gave it after three trials,
    over the time that the search then took. `trainings` is filled for a grid.
    """

    search: str
    seed: int
    seconds: list[float]
    best: list[float]
    took: float
    epochs_asked: int
    epochs_trained: int
    eta_ratio: float | None
    trainings: list[dict[str, Any]] = field(default_factory=list)

    def seconds_until(self, value: float) -> float | None:
        """Seconds until the best value was at most this. None if it never was."""
        for seconds, best in zip(self.seconds, self.best, strict=True):
            if best <= value:
                return seconds
        return None


@dataclass(frozen=True)
class TimeEstimate:
    """What the page said of the time left: when it was read, and the estimate, in seconds."""

    read_after: float
    seconds_left: float

    def ratio(self, took: float) -> float | None:
        """The estimate over the time that was really left. None if none was."""
        left = took - self.read_after
        return self.seconds_left / left if left > 0 else None


def run_search(
    space: dict[str, Any], search: str, seed: int, seconds: float | None = None
) -> Curve:
    """Run one search to its end and read its curve from the database.

    `search` is "grid", a strategy, or a strategy "+ asha". `seconds` is its time budget.
    """
    with installation() as (settings, database):
        with database.write() as session:
            dataset_id = add_prices(session)
        with worker(settings):
            warm_up_slots(database, dataset_id, settings.slot_count)
            with database.write() as session:
                request = build_request(space, search, seed, dataset_id, seconds)
                experiment_id = experiments.create(session, request).id
            estimate = wait_for_end(database, experiment_id)
        with database.read() as session:
            experiment = session.get_one(Experiment, experiment_id)
            return read_curve(session, experiment, search, estimate)


def add_prices(session: Session) -> int:
    """Add GE's prices, or the sample where they are missing. Returns the dataset's id."""
    file = GE if GE.exists() else IBM.path
    dataset = datasets.create_from_csv(
        session, name="prices", filename="prices.csv", content=file.read_bytes()
    )
    return dataset.id


def build_request(
    space: dict[str, Any], search: str, seed: int, dataset_id: int, seconds: float | None
) -> ExperimentRequest:
    """The experiment of a search. All but the grid train the space's longest epochs."""
    strategy, _, pruning = search.partition(" + ")
    if strategy == GRID:
        trials = GRID_TRIALS
    else:
        trials = UNLIMITED_TRIALS
        space = space | {"epochs": max(space["epochs"]["choice"])}
    return ExperimentRequest(
        name=search,
        dataset_id=dataset_id,
        strategy=strategy,
        pruning=pruning or "none",
        max_trials=trials,
        seed=seed,
        time_budget_seconds=seconds,
        deliver=Delivered.SINGLE,
        space=space,
    )


def warm_up_slots(database: Database, dataset_id: int, slots: int) -> None:
    """Let every slot train a tiny network, then delete that experiment.

    Its best model is packed first, because that keeps a slot busy.
    """
    points = []
    for slot in range(slots):
        points.append({"units_1": 2 + slot, "time_steps": 2, "batch_size": 128, "epochs": 2})
    request = ExperimentRequest(
        name="warm-up",
        dataset_id=dataset_id,
        strategy="manual",
        points=points,
        deliver=Delivered.SINGLE,
    )
    with database.write() as session:
        experiment_id = experiments.create(session, request).id
    wait_for_end(database, experiment_id)
    wait_until(lambda: is_packed(database), "the bundle was not made")
    with database.write() as session:
        experiments.delete(session, experiments.get(session, experiment_id))


def is_packed(database: Database) -> bool:
    """Whether the bundle is made, or cannot be."""
    with database.read() as session:
        bundle = session.scalar(select(Artifact).where(Artifact.kind == ArtifactKind.BUNDLE))
    if bundle is None:
        return False
    return bundle.size is not None or bundle.problem is not None


def wait_for_end(database: Database, experiment_id: int) -> TimeEstimate | None:
    """Wait until a search has ended. Returns the first estimate of the time left."""
    estimate: TimeEstimate | None = None

    def has_ended() -> bool:
        nonlocal estimate
        with database.read() as session:
            overview = overviews.build(session, session.get_one(Experiment, experiment_id))
        if estimate is None and overview.finished >= ESTIMATE_AFTER and overview.eta_seconds:
            estimate = TimeEstimate(overview.seconds_running, overview.eta_seconds)
        return overview.experiment.finished_at is not None

    wait_until(has_ended, "the search did not end")
    return estimate


def wait_until(condition: Callable[[], bool], problem: str) -> None:
    """Wait until the condition holds. Raises TimeoutError after some hours."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(problem)
        time.sleep(POLL_SECONDS)


def read_curve(
    session: Session, experiment: Experiment, search: str, estimate: TimeEstimate | None
) -> Curve:
    """The curve of a search that has ended."""
    first_start = select(func.min(Trial.started_at)).where(Trial.experiment_id == experiment.id)
    started_at = session.scalar(first_start)
    took = (experiment.finished_at - started_at) / SECOND
    training_ids = select(Trial.training_id).where(Trial.experiment_id == experiment.id)
    epochs = (
        select(Epoch.recorded_at, Epoch.objective)
        .where(Epoch.training_id.in_(training_ids))
        .order_by(Epoch.recorded_at)
    )
    seconds: list[float] = []
    best: list[float] = []
    for recorded_at, objective in session.execute(epochs):
        if objective is not None and (not best or objective < best[-1]):
            seconds.append((recorded_at - started_at) / SECOND)
            best.append(objective)
    savings = summaries.savings(session, experiment.id)
    return Curve(
        search=search,
        seed=experiment.seed,
        seconds=seconds,
        best=best,
        took=took,
        epochs_asked=savings.asked,
        epochs_trained=savings.trained,
        eta_ratio=estimate.ratio(took) if estimate else None,
        trainings=read_trainings(session, experiment) if search == GRID else [],
    )


def read_trainings(session: Session, experiment: Experiment) -> list[dict[str, Any]]:
    """Each training of a grid: what varies, each epoch's objective, and its median seconds."""
    trainings: dict[int, dict[str, Any]] = {}
    trials = select(Trial).where(Trial.experiment_id == experiment.id).order_by(Trial.number)
    for trial in session.scalars(trials):
        epochs = session.scalars(
            select(Epoch).where(Epoch.training_id == trial.training_id).order_by(Epoch.number)
        ).all()
        training = experiment.space.searched_values(trial.parameters)
        training.pop("epochs", None)
        training["objectives"] = [_round(epoch.objective) for epoch in epochs]
        epoch_seconds = float(np.median([epoch.seconds for epoch in epochs]))
        training["epoch_seconds"] = round(epoch_seconds, 4)
        trainings[trial.training_id] = training
    return list(trainings.values())


def _round(objective: float | None) -> float | None:
    """Six digits. None stays None: the epoch diverged."""
    return None if objective is None else float(f"{objective:.6g}")
