"""The sample search of `foretune demo`: how it is started, and watched in the terminal."""

import time
import urllib.request
from http.client import HTTPException

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)
from sqlalchemy.exc import DatabaseError

from app.config import Settings
from app.db.engine import Database
from app.db.models import Experiment
from app.domain.terms import ExperimentState
from app.samples import EL_NINO
from app.schemas import ExperimentRequest
from app.services import datasets, experiments, overviews
from app.services.overviews import Overview
from app.supervision import Processes
from app.web.formats import estimate, number

SAMPLE_SEARCH_NAME = "Default search of the sample"
MAX_SECONDS_TO_ANSWER = 60.0
SECONDS_BETWEEN_ATTEMPTS = 0.2
SECONDS_BETWEEN_UPDATES = 0.5


def start_search(database: Database, seconds: float) -> int:
    """Load the sample and start the default search on it, unless there is one; returns its id.

    `seconds`: its budget of training time.
    """
    with database.write() as session:
        dataset = datasets.add_sample(session, EL_NINO)
        for experiment in datasets.experiments_of(session, dataset):
            if experiment.name == SAMPLE_SEARCH_NAME:
                return experiment.id
        request = ExperimentRequest(
            name=SAMPLE_SEARCH_NAME, dataset_id=dataset.id, time_budget_seconds=seconds
        )
        created = experiments.create(session, request)
        return created.id


def wait_for_server(settings: Settings, processes: Processes) -> bool:
    """Whether the server answers within a minute."""
    address = f"{settings.address}/healthz"
    deadline = time.monotonic() + MAX_SECONDS_TO_ANSWER
    while time.monotonic() < deadline and processes.ended() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return True
        except (OSError, HTTPException):  # before the server listens, a port may answer itself
            time.sleep(SECONDS_BETWEEN_ATTEMPTS)
    return False


def watch_search(
    database: Database, experiment_id: int, processes: Processes, console: Console
) -> Overview | None:
    """Show a progress bar until the search has finished or paused; None when a process ended."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Trials", total=None, note="waiting for the first slot")
        while processes.ended() is None:
            try:
                overview = _read_overview(database, experiment_id)
            except DatabaseError as error:
                outage = database.describe_outage(error)
                progress.update(task, note=outage or str(error.orig))
            else:
                progress.update(
                    task,
                    completed=overview.finished,
                    total=overview.planned,
                    note=_describe_progress(overview),
                )
                if _is_over(overview.experiment):
                    return overview
            time.sleep(SECONDS_BETWEEN_UPDATES)
    return None


def _read_overview(database: Database, experiment_id: int) -> Overview:
    with database.read() as session:
        experiment = session.get_one(Experiment, experiment_id)
        return overviews.build(session, experiment)


def _is_over(experiment: Experiment) -> bool:
    if experiment.state == ExperimentState.PAUSED:
        return True
    return experiment.finished_at is not None


def _describe_progress(overview: Overview) -> str:
    """The best value and the time left."""
    note = "training the first networks"
    if overview.best is not None:
        rmse = number(overview.best.validation_rmse)
        note = f"best RMSE {rmse}"
    if overview.eta_seconds:
        time_left = estimate(overview.eta_seconds)
        note += f", about {time_left} left"
    return note
