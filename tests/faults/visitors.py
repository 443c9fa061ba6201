"""Visitors who ask a server for pages and data all the time, and write, while it is killed."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field

from sqlalchemy import select

from app.db.engine import Database
from app.db.models import Dataset
from tests import factories

PATHS = (
    "/experiments",
    "/experiments/1",
    "/experiments/1/live",
    "/api/experiments/1",
    "/api/experiments/1/trials?size=20",
    "/experiments/1/trials.csv",
)
READER_PAUSE_SECONDS = 0.03
WRITER_PAUSE_SECONDS = 0.3
AWAY_SECONDS = 0.1  # until the next try, while nobody listens
REQUEST_SECONDS = 30
BOUNDARY = "visitors"
CSV = factories.random_walk_csv(60)


@dataclass
class Visits:
    """What all visitors were answered."""

    statuses: Counter[int] = field(default_factory=Counter)
    cut_off: int = 0  # requests that had reached the server and were never answered
    problems: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)  # names of datasets, answered with 201


class Visitors:
    """One who reads and one who writes, on one port, whatever happens to the server there."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.visits = Visits()
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._server_started_at = time.monotonic()
        self._answers_of_server = 0
        self._uploads = 0
        self._threads = [
            threading.Thread(target=self._repeat, args=(self._read, READER_PAUSE_SECONDS)),
            threading.Thread(target=self._repeat, args=(self._write, WRITER_PAUSE_SECONDS)),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()

    def forget_server(self) -> None:
        """Count the answers anew: another server is started."""
        with self._lock:
            self._server_started_at = time.monotonic()
            self._answers_of_server = 0

    def has_been_answered(self) -> bool:
        """Whether the present server has answered anything that was asked of it."""
        with self._lock:
            return self._answers_of_server > 0

    def _repeat(self, visit: Callable[[int], None], pause_seconds: float) -> None:
        turn = 0
        while not self._is_over.wait(pause_seconds):
            turn += 1
            visit(turn)

    def _read(self, turn: int) -> None:
        path = PATHS[turn % len(PATHS)]
        answer = self._request("GET", path)
        if answer is not None and answer[0] != http.client.OK:
            self.visits.problems.append(f"{answer[0]} {path}")

    def _write(self, turn: int) -> None:
        """Upload a dataset under a new name. Only an answer of 201 is a promise."""
        name = f"acknowledged {turn}"
        body, headers = upload_request(name)
        answer = self._request("POST", "/api/datasets", body, headers)
        if answer is None:
            return
        status, content = answer
        if status != http.client.CREATED:
            self.visits.problems.append(f"{status} for an upload: {content[:200]!r}")
            return
        assert json.loads(content)["name"] == name
        self.visits.acknowledged.append(name)

    def _request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes] | None:
        """Status and content of an answer; None where the server is away or was killed."""
        address = ("127.0.0.1", self.port)
        with closing(http.client.HTTPConnection(*address, timeout=REQUEST_SECONDS)) as connection:
            try:
                connection.connect()
            except OSError:
                self._is_over.wait(AWAY_SECONDS)
                return None
            asked_at = time.monotonic()
            try:
                connection.request(method, path, body, dict(headers or {}))
                response = connection.getresponse()
                content = response.read()
            except (OSError, http.client.HTTPException):
                with self._lock:
                    self.visits.cut_off += 1
                return None
        self._count(response.status, asked_at)
        return response.status, content

    def _count(self, status: int, asked_at: float) -> None:
        with self._lock:
            self.visits.statuses[status] += 1
            if asked_at > self._server_started_at:
                self._answers_of_server += 1


def upload_request(name: str) -> tuple[bytes, dict[str, str]]:
    """The body and the headers with which /api/datasets stores a small CSV."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="name"\r\n\r\n{name}\r\n',
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="walk.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\n{CSV.decode()}\r\n",
        f"--{BOUNDARY}--\r\n",
    ]
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return "".join(parts).encode(), headers


def find_lost_uploads(database: Database, visits: Visits) -> list[str]:
    """The uploads that the server acknowledged and that are not in the database exactly once."""
    with database.read() as session:
        stored = Counter(session.scalars(select(Dataset.name)))
    return [name for name in visits.acknowledged if stored[name] != 1]
