"""`foretune demo`: the sample search from start to end, watched in the terminal."""

import time
import urllib.error
import urllib.request

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from sqlalchemy.exc import DatabaseError

from app.config import Settings
from app.db.engine import Database
from app.db.models import Experiment
from app.db.outages import outage
from app.domain.presets import QUICK_LOOK
from app.domain.terms import ExperimentState
from app.processes import Processes
from app.schemas import ExperimentRequest
from app.services import datasets, experiments
from app.services.experiments import Overview
from app.web.templating import duration, number

NAME = "Quick look at the sample"
ANSWER_SECONDS = 60.0
WATCH_SECONDS = 0.5


def begin(database: Database) -> int:
    """Load the sample and start the sample experiment, unless there is one; its id."""
    with database.write() as session:
        dataset = datasets.add_sample(session)
        for experiment in datasets.experiments_of(session, dataset):
            if experiment.name == NAME:
                return experiment.id
        wanted = ExperimentRequest(
            name=NAME,
            dataset_id=dataset.id,
            strategy=QUICK_LOOK.strategy,
            max_trials=QUICK_LOOK.max_trials,
            space=dict(QUICK_LOOK.space),
        )
        return experiments.create(session, wanted).id


def wait_for_server(settings: Settings, processes: Processes) -> bool:
    """Whether the server answers within a minute."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline and processes.ended() is None:
        try:
            with urllib.request.urlopen(f"{settings.address}/healthz", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


def watch(
    database: Database, experiment_id: int, processes: Processes, console: Console
) -> Overview | None:
    """A progress bar with the best value and the time left, until the search is over; None when a process ended."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, TextColumn("{task.fields[note]}"), console=console) as progress:
        task = progress.add_task(
            "Trials", total=QUICK_LOOK.max_trials, note="waiting for the first slot"
        )
        while processes.ended() is None:
            try:
                overview = _look(database, experiment_id)
            except DatabaseError as error:
                progress.update(task, note=outage(error, database.file) or str(error.orig))
                time.sleep(WATCH_SECONDS)
                continue
            _show(progress, task, overview)
            if (
                overview.experiment.finished_at is not None
                or overview.experiment.state == ExperimentState.PAUSED
            ):
                return overview
            time.sleep(WATCH_SECONDS)
    return None


def _look(database: Database, experiment_id: int) -> Overview:
    with database.read() as session:
        return experiments.overview(session, session.get_one(Experiment, experiment_id))


def _show(progress: Progress, task: TaskID, overview: Overview) -> None:
    best = (
        f"best RMSE {number(overview.best.validation_rmse)}"
        if overview.best
        else "training the first networks"
    )
    left = f", about {duration(overview.eta_seconds)} left" if overview.eta_seconds else ""
    progress.update(task, completed=overview.finished, total=overview.planned, note=best + left)
