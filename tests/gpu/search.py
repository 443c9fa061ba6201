"""A search of four trials by a real server and a real worker of one slot."""

import json
import sys
import urllib.request
from dataclasses import dataclass

from sqlalchemy import select

from app.db.engine import Database
from app.db.models import Trial
from app.domain.terms import TrialState
from tests.benchmarks.product import installation
from tests.faults.processes import Process, end_afterwards, wait_until
from tests.ports import free_port

TRIALS = 4
SERVER_SECONDS = 30.0
REQUEST = {
    "name": "GPU check",
    "dataset_id": 1,
    "strategy": "random",
    "max_trials": TRIALS,
    "seed": 1,
    "space": {
        "units_1": {"choice": [96, 128]},  # large enough for a GPU
        "learning_rate": {"loguniform": [0.0005, 0.01]},
        "time_steps": 30,
        "batch_size": 32,
        "epochs": 5,
    },
}
ONGOING = (TrialState.QUEUED, TrialState.RUNNING)


@dataclass(frozen=True)
class TrialSummary:
    """What the database says of a trial."""

    number: int
    engine: str | None
    state: str
    objective: float | None
    seconds: float
    error: str | None


def run_search(seconds: float) -> list[TrialSummary]:
    """Search for at most so many seconds. Prints the logs if the search does not end."""
    with installation(slots=1) as (settings, database):
        port = free_port()
        server = Process(f"app serve --port {port}", settings)
        worker = Process("worker", settings)
        with end_afterwards([server, worker]):
            try:
                start_search(f"http://127.0.0.1:{port}")
                wait_until(lambda: has_ended(database), "the end of the search", seconds)
            except (AssertionError, OSError) as error:
                print(f"{error}\n{server.read_log()}\n{worker.read_log()}", file=sys.stderr)
            return read_trials(database)


def start_search(address: str) -> None:
    """Add the sample dataset and start the search through the server."""
    wait_until(lambda: is_served(address), "the server", SERVER_SECONDS)
    urllib.request.urlopen(f"{address}/datasets/samples/ibm", b"").close()
    request = urllib.request.Request(
        f"{address}/api/experiments",
        json.dumps(REQUEST).encode(),
        {"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request).close()


def is_served(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/healthz", timeout=5).close()
    except OSError:
        return False
    return True


def has_ended(database: Database) -> bool:
    trials = read_trials(database)
    return len(trials) == TRIALS and all(trial.state not in ONGOING for trial in trials)


def read_trials(database: Database) -> list[TrialSummary]:
    """The summaries of all trials so far, in the order of their numbers."""
    with database.read() as session:
        trials = session.scalars(select(Trial).order_by(Trial.number))
        return [summarise_trial(trial) for trial in trials]


def summarise_trial(trial: Trial) -> TrialSummary:
    """What is stored of a trial; 0 seconds until it has ended."""
    seconds = 0.0
    if trial.started_at is not None and trial.finished_at is not None:
        seconds = (trial.finished_at - trial.started_at).total_seconds()
    return TrialSummary(
        number=trial.number,
        engine=trial.training.engine,
        state=trial.state,
        objective=trial.objective,
        seconds=seconds,
        error=trial.error,
    )
