"""Real servers and workers in separate processes, to be killed, frozen and started again."""

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
from tests.faults.fake_clock import FakeClock

ROOT = Path(__file__).parents[2]
WAIT_SECONDS = 180.0
TERMINATION_SECONDS = 10.0
POLL_SECONDS = 0.05
PASSED_SETTINGS = {
    "data",
    "database_url",
    "slots",
    "lease_seconds",
    "heartbeat_seconds",
    "hung_seconds",
    "slot_memory_mb",
    "output_limit_mb",
}


class Process:
    """A server or worker with its children, in a session of its own.

    `clock`: what time it is there. `changes` are settings, or other variables that start with
    FORETUNE_.
    """

    def __init__(
        self,
        module: str,
        settings: Settings,
        logs: Path | None = None,
        clock: FakeClock | None = None,
        **changes: object,
    ) -> None:
        log_folder = logs or settings.data
        self.log = log_folder / f"{module}-{time.monotonic_ns()}.log"
        environment = self._environment(settings, changes)
        if clock is not None:
            environment |= clock.environment
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", *module.split()],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        self.pid = self._process.pid

    @staticmethod
    def _environment(settings: Settings, changes: dict[str, object]) -> dict[str, str]:
        values = settings.model_dump(mode="json", include=PASSED_SETTINGS)
        values |= changes
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        for name, value in values.items():
            environment[f"FORETUNE_{name.upper()}"] = str(value)
        return environment

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def slots(self) -> list[int]:
        """The process ids of a worker's slots."""
        try:
            children = psutil.Process(self.pid).children()
            return [child.pid for child in children if "spawn_main" in " ".join(child.cmdline())]
        except psutil.Error:
            return []

    def read_log(self) -> str:
        """All that the process and its children have written to the terminal."""
        return self.log.read_text()

    def send_all(self, number: signal.Signals) -> None:
        """Send a signal to the process and its children."""
        os.killpg(self.pid, number)

    def kill(self) -> None:
        """Send SIGKILL to the process, but not to its children."""
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        """End the process and its children, whatever state they are in."""
        if self.is_running:
            self._terminate()
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def _terminate(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=TERMINATION_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def end_afterwards(processes: list[Process]) -> Iterator[None]:
    """End every process that is in the list by then, however the block ends."""
    try:
        yield
    finally:
        for process in processes:
            process.end()


def wait_until(
    condition: Callable[[], object], description: str, seconds: float = WAIT_SECONDS
) -> None:
    """Wait until the condition holds. Raises AssertionError if it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {description}"
        time.sleep(POLL_SECONDS)


def registered_name(database: Database, process: Process) -> str | None:
    """The name under which a worker process has registered; None before it has."""
    with database.read() as session:
        return session.query(Worker.id).filter(Worker.pid == process.pid).scalar()
