"""Runs the server and the worker together: starts again what dies, and ends both."""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType

from app.outcomes import describe_end
from app.processes import end_with_parent

SECONDS_TO_END = 8.0
POLL_SECONDS = 0.2
FIRST_PAUSE_SECONDS = 1.0  # before what died is started again; each death doubles it
MAX_PAUSE_SECONDS = 60.0
STEADY_SECONDS = 60.0  # what ran for so long is taken to be sound: its next pause is the first one


@dataclass(frozen=True)
class Death:
    """A process that died, and is started again after a pause of so many seconds.

    `how`: what it did, in words. `count`: how often it has died since it last ran for a while.
    """

    name: str
    pid: int
    how: str
    count: int
    pause: float

    @property
    def text(self) -> str:
        """Sentences for whoever watches."""
        again = "" if self.count == 1 else f" Deaths in a row: {self.count}."
        return f"The {self.name} {self.how}.{again} It is started again after {self.pause:.0f} s."


@dataclass
class _Program:
    """What one process runs, and when it was started or is to be started again."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    restarts: bool
    process: subprocess.Popen[bytes]
    started_at: float
    deaths: int = 0
    restart_at: float | None = None  # None: it has not died since it was started

    def is_due(self) -> bool:
        return self.restart_at is not None and time.monotonic() >= self.restart_at


def _ignore(_death: Death) -> None:
    """Say nothing of it."""


class Processes:
    """A few processes that live and die together, even when this one is killed.

    `on_death` is told of each that died and is started again.
    """

    def __init__(self, on_death: Callable[[Death], None] = _ignore) -> None:
        self._on_death = on_death
        self._programs: dict[str, _Program] = {}

    def start(
        self,
        name: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        *,
        restarts: bool = False,
    ) -> None:
        """Run `python -m …` with these environment variables and no others.

        `restarts`: where it ends by itself, it is started again after a pause, which grows while it
        dies again and again.
        """
        process = _start_process(arguments, environment)
        started_at = time.monotonic()
        self._programs[name] = _Program(arguments, environment, restarts, process, started_at)

    def ended(self) -> str | None:
        """The name of a process that has ended for good, if any. Starts again what is to run."""
        for name, program in self._programs.items():
            if program.restart_at is None and program.process.poll() is None:
                continue
            if not program.restarts:
                return name
            if program.restart_at is None:
                self._plan_restart(name, program)
            elif program.is_due():
                program.process = _start_process(program.arguments, program.environment)
                program.started_at = time.monotonic()
                program.restart_at = None
        return None

    def wait(self) -> str:
        """Wait until one of them ends for good, and return its name."""
        while (name := self.ended()) is None:
            time.sleep(POLL_SECONDS)
        return name

    def _plan_restart(self, name: str, program: _Program) -> None:
        now = time.monotonic()
        if now - program.started_at >= STEADY_SECONDS:
            program.deaths = 0
        pause = min(MAX_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**program.deaths)
        program.deaths += 1
        program.restart_at = now + pause
        process = program.process
        how = describe_end(process.returncode)
        self._on_death(Death(name, process.pid, how, program.deaths, pause))

    def stop(self) -> None:
        """Ask all to end, and kill those that do not."""
        processes = [program.process for program in self._programs.values()]
        for process in processes:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + SECONDS_TO_END
        for process in processes:
            seconds_left = deadline - time.monotonic()
            try:
                process.wait(max(0.1, seconds_left))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def __enter__(self) -> "Processes":
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def _start_process(
    arguments: Sequence[str], environment: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env=environment,
        start_new_session=True,
        preexec_fn=end_with_parent,
    )
