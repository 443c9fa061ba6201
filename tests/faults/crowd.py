"""Eight workers and eight readers of pages on one database for a while, and what they made of it."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from sqlalchemy import func, select

from app.config import Settings
from app.db.engine import Database
from app.db.models import Artifact, Experiment, Forecast, LogLine, Trial
from app.db.upgrade import upgrade_database
from app.domain.terms import OPEN_EXPERIMENT_STATES, TrialState
from tests import factories
from tests.faults.processes import PATIENCE, Process, ended, until, worker_of
from tests.ports import free_port

WORKERS = READERS = 8
AT_ONCE = 4  # searches
TRIALS = 60  # of each search
SPACE = {
    **factories.TINY,
    "learning_rate": {"loguniform": [0.001, 0.1]},
    "units_1": {"integer": [2, 9]},
    "epochs": {"choice": [2, 3]},
}
LOOK_SECONDS = 0.25  # between two looks of a reader


@dataclass
class Report:
    """What was seen from outside."""

    seconds: float
    answers: Counter[int] = field(default_factory=Counter)  # HTTP status
    page_seconds: list[float] = field(default_factory=list)
    troubles: list[str] = field(
        default_factory=list
    )  # lines of terminals that speak of the database
    workers: Counter[str] = field(default_factory=Counter)  # trials that each took
    trials: int = 0  # that ended while everyone was at work
    searches: int = 0

    def __str__(self) -> str:
        pages = sorted(self.page_seconds)
        return (
            f"{WORKERS} workers and {READERS} readers for {self.seconds:g} s: {self.trials} trials of {self.searches} "
            f"searches, {self.trials / self.seconds:.0f} a second; {len(pages)} pages, median "
            f"{pages[len(pages) // 2] * 1000:.0f} ms, 95 % within {pages[len(pages) * 95 // 100] * 1000:.0f} ms; "
            f"answers {dict(self.answers)}; database troubles {len(self.troubles)}"
        )


class Crowd:
    """One spell of all of them; `database` holds what they left."""

    def __init__(self, settings: Settings, seconds: float) -> None:
        self.settings, self.port = settings, free_port()
        settings.data.mkdir(parents=True, exist_ok=True)
        upgrade_database(settings)
        self.database = Database(settings.url)
        self.witness = settings.data / "witness.txt"
        self.report = Report(seconds)
        self._over = threading.Event()
        self._lock = threading.Lock()

    def run(self) -> Report:
        """Start everything, let it go on for the spell, stop the searches through their pages, wait for the end."""
        with self.database.write() as session:
            factories.dataset(session, rows=200)
        told = {"slots": 1, "witness": self.witness, "heartbeat_seconds": 1.0}
        server = Process(f"app serve --port {self.port}", self.settings)
        workers = [
            Process("tests.faults.light_worker", self.settings, **told) for _ in range(WORKERS)
        ]
        everything = [server, *workers]
        with ended(everything):
            until(self._is_served, "the server")
            until(
                lambda: all(worker_of(self.database, worker) for worker in workers), "every worker"
            )
            threads = [
                threading.Thread(target=self._read, args=(place,)) for place in range(READERS)
            ]
            self._keep_searching(threads)
            until(lambda: not self._open(), "the end of the searches")
            assert all(process.is_running for process in everything)
        self._count(everything)
        return self.report

    def runs(self) -> list[tuple[int, str, int, str, str]]:
        """What the slots themselves say, in order: moment, begins or ends, training, trials, token."""
        found = [line.split() for line in self.witness.read_text().splitlines()]
        return sorted(
            (int(at), what, int(training), trials, token)
            for at, what, training, trials, token in found
        )

    def _keep_searching(self, threads: list[threading.Thread]) -> None:
        for thread in threads:
            thread.start()
        self._search_until(
            lambda: len(self._takers()) == WORKERS, "a trial for every worker", PATIENCE
        )
        before, began = self._completed(), time.monotonic()
        self._search_until(
            lambda: time.monotonic() > began + self.report.seconds,
            "the end",
            PATIENCE + self.report.seconds,
        )
        self.report.trials = self._completed() - before
        self._over.set()
        for thread in threads:
            thread.join()
        for number in self._open():
            self._stop(number)

    def _stop(self, number: int) -> None:
        """Stop a search; one that has just ended by itself says that there is nothing to stop, which is no trouble."""
        status, content = self._exchange("POST", f"/api/experiments/{number}/stop")
        if b"there is nothing to stop" not in content or number in self._open():
            self._count_answer(status)

    def _search_until(self, condition: Callable[[], bool], what: str, patience: float) -> None:
        """Have some searches open all the while."""
        deadline = time.monotonic() + patience
        while not condition():
            assert time.monotonic() < deadline, what
            for _ in range(AT_ONCE - len(self._open())):
                self._begin()
            time.sleep(0.2)

    def _takers(self) -> Counter[str]:
        with self.database.read() as session:
            return Counter(
                session.scalars(select(Trial.worker_id).where(Trial.worker_id.is_not(None)))
            )

    def _completed(self) -> int:
        with self.database.read() as session:
            return (
                session.scalar(select(func.count()).where(Trial.state == TrialState.COMPLETED)) or 0
            )

    def _begin(self) -> None:
        """A search more; two at a time have the same seed, and so the same trainings."""
        self.report.searches += 1
        request = factories.request(
            1, space=SPACE, max_trials=TRIALS, seed=self.report.searches // 2
        )
        self._ask(
            "POST",
            "/api/experiments",
            request.model_dump_json(exclude_none=True, exclude_defaults=True),
        )

    def _open(self) -> list[int]:
        with self.database.read() as session:
            return list(
                session.scalars(
                    select(Experiment.id).where(Experiment.state.in_(OPEN_EXPERIMENT_STATES))
                )
            )

    def _is_served(self) -> bool:
        try:
            with closing(HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
                connection.request("GET", "/healthz")
                return connection.getresponse().status == 200
        except OSError:
            return False

    def _ask(self, method: str, path: str, body: str | None = None) -> bytes:
        began = time.perf_counter()
        status, content = self._exchange(method, path, body)
        self._count_answer(status, time.perf_counter() - began if method == "GET" else None)
        return content

    def _exchange(self, method: str, path: str, body: str | None = None) -> tuple[int, bytes]:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(
                method, path, body, {"Content-Type": "application/json"} if body else {}
            )
            response = connection.getresponse()
            return response.status, response.read()

    def _count_answer(self, status: int, page_seconds: float | None = None) -> None:
        with self._lock:
            self.report.answers[status] += 1
            if page_seconds is not None:
                self.report.page_seconds.append(page_seconds)

    def _read(self, place: int) -> None:
        """Look at one page after the other, as a person with the newest search open does."""
        paths: list[Callable[[int], str]] = [
            lambda _: "/experiments",
            lambda newest: f"/experiments/{newest}",
            lambda newest: f"/experiments/{newest}/live",
            lambda newest: f"/api/experiments/{newest}/trials?size=20",
            lambda newest: f"/experiments/{newest}/trials.csv",
        ]
        look = place
        while not self._over.wait(LOOK_SECONDS):
            look += 1
            newest = [
                row["id"]
                for row in json.loads(self._ask("GET", "/api/experiments?size=1"))["items"]
            ]
            if newest:
                self._ask("GET", paths[look % len(paths)](newest[0]))

    def _count(self, processes: list[Process]) -> None:
        for process in processes:
            said = Path(process.log).read_text()
            self.report.troubles += [
                line for line in said.splitlines() if "atabase" in line and "ready" not in line
            ]
        self.report.workers = self._takers()


def lines(database: Database, like: str) -> Counter[int]:
    """How often the log of each trial has such a line."""
    with database.read() as session:
        return Counter(session.scalars(select(LogLine.trial_id).where(LogLine.message.like(like))))


def left_by(database: Database) -> tuple[Counter[int], Counter[int]]:
    """How many forecasts and how many models each trial has."""
    with database.read() as session:
        forecasts = Counter(session.scalars(select(Forecast.trial_id)))
        models = Counter(session.scalars(select(Artifact.trial_id).where(Artifact.kind == "model")))
    return forecasts, models
