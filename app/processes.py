"""Starting the server and the worker as processes of their own, and ending both together."""

import ctypes
import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from app.config import Settings

PR_SET_PDEATHSIG = 1
M_ARENA_MAX = -8  # of glibc's malloc.h
AUTOGROUP = Path("/proc/self/autogroup")
ENDING_SECONDS = 8.0


class Processes:
    """A few processes that live and die together, also when this one is killed."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, arguments: Sequence[str], settings: Settings) -> None:
        """Run `python -m …` with these settings."""
        command = [sys.executable, "-m", *arguments]
        environment = os.environ | environment_of(settings)
        self._running[name] = subprocess.Popen(
            command, env=environment, start_new_session=True, preexec_fn=end_with_parent
        )

    def ended(self) -> str | None:
        """The name of a process that has ended by itself, if any."""
        return next(
            (name for name, process in self._running.items() if process.poll() is not None), None
        )

    def wait(self) -> str:
        """Wait until one of them ends; its name."""
        while (name := self.ended()) is None:
            time.sleep(0.2)
        return name

    def stop(self) -> None:
        """Ask all to end, and kill those that do not."""
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + ENDING_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def __enter__(self) -> "Processes":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def environment_of(settings: Settings) -> Mapping[str, str]:
    """FORETUNE_* variables that give another process the same settings."""
    values = settings.model_dump()
    texts = {
        name: ",".join(value) if isinstance(value, list) else str(value)
        for name, value in values.items()
    }
    return {f"FORETUNE_{name.upper()}": text for name, text in texts.items()}


def use_one_heap() -> None:
    """Have glibc's threads share one heap; call it before they start.

    With a heap for each, a server of many threads grows for hours though it holds nothing: measured 1.9 kB an answer,
    and none with one heap.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 1)


def keep_what_is_loaded() -> None:
    """Take the objects there are now out of all later garbage collections; call it when loading is over.

    A full collection walks over every object while no other thread runs: over the 140,000 of a loaded server in 50 ms,
    and in 100 to 180 ms, measured, where training takes its share of the processors. No page is answered meanwhile.
    Not for slots: theirs grew by 24 MB in 200 trials with it, and by none without.
    """
    gc.collect()
    gc.freeze()


def stop_on_signals() -> None:
    """SIGTERM ends this process the way Ctrl-C does, and both do so where a shell started it in the background.

    Such a shell has its children ignore SIGINT, and Python then leaves it ignored.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)


def give_way(niceness: int) -> None:
    """Let others go first from now on: this process, and its whole session where it leads one.

    Many a Linux shares its processors out between sessions first (autogroup, see sched(7)) and looks at niceness only
    within one: a worker in a session of its own would get as much as the server, however nice it is. The session gives
    way no more than the process: at 15, as slots do, it would starve beside any other program that computes.
    """
    os.nice(niceness)
    if os.getsid(0) == os.getpid():
        with suppress(OSError):  # no such file, or no such right
            AUTOGROUP.write_text(str(niceness))


def end_with_parent(told: signal.Signals = signal.SIGTERM) -> None:
    """Linux sends this process a signal when its parent is gone, even by kill -9; for `preexec_fn`."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, told)
