"""Eight workers and eight readers of pages share one database for a while."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection

from sqlalchemy import func, select

from app.config import Settings
from app.db.engine import Database
from app.db.models import Artifact, Experiment, Forecast, LogLine, Trial
from app.db.upgrade import upgrade_database
from app.domain.terms import OPEN_EXPERIMENT_STATES, TrialState
from tests import factories
from tests.faults.processes import (
    WAIT_SECONDS,
    Process,
    end_afterwards,
    registered_name,
    wait_until,
)
from tests.ports import free_port

WORKERS = 8
READERS = 8
OPEN_SEARCHES = 4
TRIALS_PER_SEARCH = 60
SPACE = {
    **factories.TINY,
    "learning_rate": {"loguniform": [0.001, 0.1]},
    "units_1": {"integer": [2, 9]},
    "epochs": {"choice": [2, 3]},
}
READER_PAUSE_SECONDS = 0.25


@dataclass(frozen=True, order=True)
class RunEvent:
    """A line of the witness file: a slot has begun or ended a run."""

    at: int  # nanoseconds of the monotonic clock
    kind: str  # "begins" or "ends"
    training: int
    trials: str  # ids, separated by commas
    token: str


@dataclass
class Report:
    """What the crowd saw from outside the database."""

    seconds: float
    statuses: Counter[int] = field(default_factory=Counter)
    page_seconds: list[float] = field(default_factory=list)
    database_errors: list[str] = field(default_factory=list)  # lines of the processes' logs
    trials_by_worker: Counter[str] = field(default_factory=Counter)
    trials: int = 0  # completed while everyone was at work
    searches: int = 0

    def __str__(self) -> str:
        pages = sorted(self.page_seconds)
        median = pages[len(pages) // 2] * 1000
        p95 = pages[len(pages) * 95 // 100] * 1000
        return (
            f"{WORKERS} workers and {READERS} readers for {self.seconds:g} s: "
            f"{self.trials} trials of {self.searches} searches, "
            f"{self.trials / self.seconds:.0f} a second; "
            f"{len(pages)} pages, median {median:.0f} ms, 95 % within {p95:.0f} ms; "
            f"answers {dict(self.statuses)}; database errors {len(self.database_errors)}"
        )


class Crowd:
    """One run of all of them for `seconds`, or longer until enough is done.

    `database` holds what they leave.
    """

    def __init__(self, settings: Settings, seconds: float) -> None:
        self.settings = settings
        self.port = free_port()
        settings.data.mkdir(parents=True, exist_ok=True)
        upgrade_database(settings)
        self.database = Database(settings.url)
        self.witness = settings.data / "witness.txt"
        self.report = Report(seconds)
        self._is_over = threading.Event()
        self._report_lock = threading.Lock()

    def run(self) -> Report:
        """Start everything, keep it busy, stop the searches, and wait until they have ended."""
        with self.database.write() as session:
            factories.dataset(session, rows=200)
        server = Process(f"app serve --port {self.port}", self.settings)
        workers = [self._start_worker() for _ in range(WORKERS)]
        processes = [server, *workers]
        with end_afterwards(processes):
            wait_until(self._is_served, "the server")
            wait_until(lambda: self._are_registered(workers), "every worker")
            self._keep_busy()
            self._stop_open_searches()
            wait_until(lambda: not self._open_searches(), "the end of the searches")
            assert all(process.is_running for process in processes)
        self._read_logs(processes)
        self.report.trials_by_worker = self._count_trials_by_worker()
        return self.report

    def run_events(self) -> list[RunEvent]:
        """What the slots wrote to the witness file, in the order of time."""
        events = []
        for line in self.witness.read_text().splitlines():
            at, kind, training, trials, token = line.split()
            events.append(RunEvent(int(at), kind, int(training), trials, token))
        return sorted(events)

    def _start_worker(self) -> Process:
        return Process(
            "tests.faults.light_worker",
            self.settings,
            slots=1,
            witness=self.witness,
            heartbeat_seconds=1.0,
        )

    def _are_registered(self, workers: list[Process]) -> bool:
        return all(registered_name(self.database, worker) for worker in workers)

    def _is_served(self) -> bool:
        try:
            status, _ = self._request("GET", "/healthz")
        except OSError:
            return False
        return status == 200

    def _keep_busy(self) -> None:
        """Read pages and keep searches open for the time of the report."""
        readers = [
            threading.Thread(target=self._read_pages, args=(number,)) for number in range(READERS)
        ]
        for reader in readers:
            reader.start()
        self._search_until(
            lambda: len(self._count_trials_by_worker()) == WORKERS,
            "a trial for every worker",
            WAIT_SECONDS,
        )
        completed_before = self._count_completed()
        started_at = time.monotonic()

        def is_enough() -> bool:
            self.report.trials = self._count_completed() - completed_before
            is_time = time.monotonic() > started_at + self.report.seconds
            return is_time and self.report.trials > WORKERS

        self._search_until(
            is_enough, "more trials than workers", WAIT_SECONDS + self.report.seconds
        )
        self.report.seconds = time.monotonic() - started_at
        self._is_over.set()
        for reader in readers:
            reader.join()

    def _search_until(
        self, condition: Callable[[], bool], description: str, seconds: float
    ) -> None:
        """Keep OPEN_SEARCHES searches open until the condition holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, description
            for _ in range(OPEN_SEARCHES - len(self._open_searches())):
                self._start_search()
            time.sleep(0.2)

    def _start_search(self) -> None:
        """Start a search. Each two have one seed, so that they share their trainings."""
        self.report.searches += 1
        request = factories.request(
            1, space=SPACE, max_trials=TRIALS_PER_SEARCH, seed=self.report.searches // 2
        )
        body = request.model_dump_json(exclude_none=True, exclude_defaults=True)
        status, _ = self._request("POST", "/api/experiments", body)
        self._count_status(status)

    def _stop_open_searches(self) -> None:
        for experiment_id in self._open_searches():
            self._stop_search(experiment_id)

    def _stop_search(self, experiment_id: int) -> None:
        """Stop a search. It is no error if it has ended by itself in the meantime."""
        status, content = self._request("POST", f"/api/experiments/{experiment_id}/stop")
        was_over = b"there is nothing to stop" in content
        if not was_over or experiment_id in self._open_searches():
            self._count_status(status)

    def _read_pages(self, number: int) -> None:
        """Read one page after the other, like a person who follows the newest search."""
        paths = [
            "/experiments",
            "/experiments/{}",
            "/experiments/{}/live",
            "/api/experiments/{}/trials?size=20",
            "/experiments/{}/trials.csv",
        ]
        turn = number
        while not self._is_over.wait(READER_PAUSE_SECONDS):
            turn += 1
            newest = json.loads(self._read_page("/api/experiments?size=1"))["items"]
            if newest:
                path = paths[turn % len(paths)]
                self._read_page(path.format(newest[0]["id"]))

    def _read_page(self, path: str) -> bytes:
        started_at = time.perf_counter()
        status, content = self._request("GET", path)
        seconds = time.perf_counter() - started_at
        self._count_status(status)
        with self._report_lock:
            self.report.page_seconds.append(seconds)
        return content

    def _request(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        """The status and the content of an answer."""
        headers = {"Content-Type": "application/json"} if body else {}
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read()

    def _count_status(self, status: int) -> None:
        with self._report_lock:
            self.report.statuses[status] += 1

    def _count_trials_by_worker(self) -> Counter[str]:
        workers = select(Trial.worker_id).where(Trial.worker_id.is_not(None))
        with self.database.read() as session:
            return Counter(session.scalars(workers))

    def _count_completed(self) -> int:
        completed = select(func.count()).where(Trial.state == TrialState.COMPLETED)
        with self.database.read() as session:
            return session.scalar(completed) or 0

    def _open_searches(self) -> list[int]:
        open_ids = select(Experiment.id).where(Experiment.state.in_(OPEN_EXPERIMENT_STATES))
        with self.database.read() as session:
            return list(session.scalars(open_ids))

    def _read_logs(self, processes: list[Process]) -> None:
        """Collect what the processes say of the database, except that it is ready."""
        for process in processes:
            for line in process.read_log().splitlines():
                if "atabase" in line and "ready" not in line:
                    self.report.database_errors.append(line)


def count_log_lines(database: Database, pattern: str) -> Counter[int]:
    """How many lines like the SQL pattern the log of each trial has."""
    trials = select(LogLine.trial_id).where(LogLine.message.like(pattern))
    with database.read() as session:
        return Counter(session.scalars(trials))


def count_forecasts(database: Database) -> Counter[int]:
    """How many forecasts each trial has."""
    with database.read() as session:
        return Counter(session.scalars(select(Forecast.trial_id)))


def count_models(database: Database) -> Counter[int]:
    """How many models each trial has."""
    trials = select(Artifact.trial_id).where(Artifact.kind == "model")
    with database.read() as session:
        return Counter(session.scalars(trials))
