"""Real servers and workers in processes of their own, to be killed, frozen and started again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from app.config import Settings
from app.db.engine import Database
from app.db.models import Worker
from app.processes import end_with_parent

ROOT = Path(__file__).parents[2]
PATIENCE = 180.0


class Process:
    """A process of ours and its children."""

    def __init__(
        self, module: str, settings: Settings, logs: Path | None = None, **changes: object
    ) -> None:
        given = {**settings.model_dump(mode="json", include=GIVEN), **changes}
        environment = {f"FORETUNE_{name.upper()}": str(value) for name, value in given.items()}
        self.log = (logs or settings.data) / f"{module}-{time.monotonic_ns()}.log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *module.split()],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        self.pid = self._process.pid

    @property
    def is_running(self) -> bool:
        """It has not ended."""
        return self._process.poll() is None

    def slots(self) -> list[int]:
        """Process ids of its slots."""
        try:
            children = psutil.Process(self.pid).children()
            return [child.pid for child in children if "spawn_main" in " ".join(child.cmdline())]
        except psutil.Error:
            return []

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process alone."""
        self._process.send_signal(number)

    def send_all(self, number: signal.Signals) -> None:
        """Send a signal to the process and its slots."""
        os.killpg(self.pid, number)

    def kill(self) -> None:
        """kill -9, of the process alone."""
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        """End it and its children, whatever they do."""
        if self.is_running:
            self._process.terminate()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return


GIVEN = {
    "data",
    "database_url",
    "slots",
    "lease_seconds",
    "heartbeat_seconds",
    "hung_seconds",
    "slot_memory_mb",
    "output_limit_mb",
}


@contextmanager
def ended(processes: list[Process]) -> Iterator[None]:
    """End every process of the list, however the test ends."""
    try:
        yield
    finally:
        for process in processes:
            process.end()


def until(condition: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Wait until the condition holds."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"not within {patience:g} s: {what}"
        time.sleep(0.02)


def worker_of(database: Database, process: Process) -> str | None:
    """The name a worker process has registered."""
    with database.read() as session:
        return session.query(Worker.id).filter(Worker.pid == process.pid).scalar()
