"""The process in which large files are read: `main` answers at the pipe it has inherited."""

import os
import resource
import select
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

IDLE_SECONDS = 60.0  # without a file, until the process ends and gives its memory back
BASE_MEMORY_BYTES = 500_000_000
MEMORY_PER_BYTE = 50  # of the file; tables take 10 to 30
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
OOM_SCORE = "500"  # of 1000: the kernel ends this process before the server


@dataclass(frozen=True)
class Reading:
    """A call of a function with the bytes of a file."""

    function: Callable[..., Any]
    content: bytes
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Returned:
    """What the function returned."""

    value: Any


@dataclass(frozen=True)
class Raised:
    """What the function raised."""

    error: Exception


def serve(connection: Connection) -> None:
    """Answer readings until the server is gone, or there has been none for IDLE_SECONDS."""
    while connection.poll(IDLE_SECONDS):
        try:
            reading = connection.recv()
        except EOFError:
            return
        answer = _answer(reading)
        del reading
        connection.send(answer)


def _answer(reading: Reading) -> Returned | Raised:
    try:
        _limit_memory(len(reading.content))
        return Returned(reading.function(reading.content, *reading.arguments))
    except Exception as error:  # whatever it is, the request that asked gets it
        return Raised(error)


def _limit_memory(content_bytes: int) -> None:
    """Let this process hold so much more than now that any usual file of this size can be read."""
    limit = _data_bytes() + BASE_MEMORY_BYTES + MEMORY_PER_BYTE * content_bytes
    _, hard_limit = resource.getrlimit(resource.RLIMIT_DATA)
    if hard_limit != resource.RLIM_INFINITY:
        limit = min(limit, hard_limit)
    with suppress(OSError, ValueError):  # a system that knows no such limit
        resource.setrlimit(resource.RLIMIT_DATA, (limit, hard_limit))


def _data_bytes() -> int:
    """Bytes of data and stack that this process holds, where Linux says so (proc(5))."""
    try:
        columns = Path("/proc/self/statm").read_text().split()
    except OSError:
        return 0
    return int(columns[5]) * PAGE_BYTES


def _exit_with_server(handle: int) -> None:
    """End this process when the other end of its pipe is closed, even by kill -9."""
    poller = select.poll()
    poller.register(handle, 0)  # closing is always reported
    poller.poll()
    os._exit(1)


def main() -> None:
    """Serve the pipe that was inherited."""
    handle = int(sys.argv[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server to answer
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(OOM_SCORE)
    watch = threading.Thread(
        target=_exit_with_server,
        args=(handle,),
        daemon=True,
    )
    watch.start()
    serve(Connection(handle))
