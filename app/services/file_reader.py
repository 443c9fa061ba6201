"""Reads large files in a process of their own, so that no other request waits for them.

Python runs one thread at a time: a file of 50 MB, read in a thread of the server, holds every other
request up for a second and more. A process can also be killed, and bounded in its memory.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from threading import BoundedSemaphore, Lock
from typing import Any, TypeVar

from app.domain.csv_reading.series import SeriesError
from app.errors import Busy
from app.outcomes import Raised
from app.services.reader_process import IDLE_SECONDS, Reading

Result = TypeVar("Result")

SMALL_BYTES = 1_000_000  # read in the server itself: that takes less than starting a process
READING_SECONDS = 120.0
MAX_WAITING = 8  # readings at once; one is read, the others wait in threads of the server
START_MARGIN_SECONDS = 5.0  # before it would end itself, an idle process is not used any more
END_SECONDS = 5.0
START = "from app.services.reader_process import main; main()"


class FileReader:
    """One process, started for the first large file and ended when there has been none for long.

    `seconds`: how long reading one file may take. `small_bytes`: the largest file that is read
    without the process.
    """

    def __init__(self, seconds: float = READING_SECONDS, small_bytes: int = SMALL_BYTES) -> None:
        self._seconds = seconds
        self._small_bytes = small_bytes
        self._turn = Lock()
        self._places = BoundedSemaphore(MAX_WAITING)
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._used_at = 0.0

    @property
    def pid(self) -> int | None:
        """The id of the process; None while there is none."""
        if self._process is None:
            return None
        return self._process.pid

    def read(self, function: Callable[..., Result], content: bytes, *arguments: Any) -> Result:
        """Return `function(content, *arguments)`, both of which must pickle.

        Raises what the function raises, SeriesError where reading takes too much time or memory,
        and Busy where too many files are being read.
        """
        if len(content) <= self._small_bytes:
            return function(content, *arguments)
        reading = Reading(function, content, arguments)
        with self._wait_for_turn():
            answer = self._ask(reading)
        if isinstance(answer, Raised):
            raise answer.error
        result: Result = answer.value
        return result

    def close(self) -> None:
        """End the process."""
        process = self._process
        if process is None:
            return
        process.kill()
        process.wait(END_SECONDS)
        if self._connection is not None:
            self._connection.close()
        self._process = None
        self._connection = None

    @contextmanager
    def _wait_for_turn(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise _busy()
        try:
            if not self._turn.acquire(timeout=self._seconds):
                raise _busy()
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._places.release()

    def _ask(self, reading: Reading) -> Any:
        is_reused = self._process is not None
        try:
            answer = self._exchange(reading)
        except (EOFError, OSError):
            self.close()
            if not is_reused:
                raise _too_large() from None
            return self._ask(reading)  # that process may have been killed while it was idle
        self._used_at = time.monotonic()
        if isinstance(answer, Raised) and isinstance(answer.error, MemoryError):
            self.close()
            raise _too_large()
        return answer

    def _exchange(self, reading: Reading) -> Any:
        """The answer of the process. Raises EOFError or OSError where it ends before."""
        connection = self._ready_connection()
        connection.send(reading)
        if not connection.poll(self._seconds):
            self.close()
            raise _too_slow(self._seconds)
        return connection.recv()

    def _ready_connection(self) -> Connection:
        idle_seconds = time.monotonic() - self._used_at
        if idle_seconds > IDLE_SECONDS - START_MARGIN_SECONDS:
            self.close()
        if self._connection is None:
            self._start()
        assert self._connection is not None
        return self._connection

    def _start(self) -> None:
        own_end, other_end = Pipe()
        handle = other_end.fileno()
        self._process = subprocess.Popen(
            [sys.executable, "-c", START, str(handle)],
            env=_environment_without_settings(),
            stdin=subprocess.DEVNULL,
            pass_fds=[handle],
        )
        other_end.close()
        self._connection = own_end


def _environment_without_settings() -> dict[str, str]:
    """The environment without FORETUNE_*: no file needs the access token to be read."""
    environment = {}
    for name, value in os.environ.items():
        if not name.startswith("FORETUNE_"):
            environment[name] = value
    return environment


def _too_slow(seconds: float) -> SeriesError:
    return SeriesError.at(
        "file",
        f"Reading this file was stopped after {seconds:g} seconds, the limit for one file. "
        "Send fewer rows or columns, or use foretune import-csv, which has no limit.",
    )


def _too_large() -> SeriesError:
    return SeriesError.at(
        "file",
        "Reading this file takes more memory than there is for one file. Send fewer rows or "
        "columns, or use foretune import-csv, which has no limit.",
    )


def _busy() -> Busy:
    return Busy("The server is reading other large files. Try again in a minute.")
