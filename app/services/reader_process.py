"""The process in which large files are read: `main` answers at the pipe it has inherited."""

import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from app import memory, outcomes
from app.outcomes import Raised, Returned

IDLE_SECONDS = 60.0  # without a file, until the process ends and gives its memory back
BASE_MEMORY_BYTES = 500_000_000
MEMORY_PER_BYTE = 50  # of the file; tables take 10 to 30


@dataclass(frozen=True)
class Reading:
    """A call of a function with the bytes of a file."""

    function: Callable[..., Any]
    content: bytes
    arguments: tuple[Any, ...]


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
    content_bytes = len(reading.content)
    with suppress(OSError, ValueError):  # a system that knows no such limit
        memory.limit(BASE_MEMORY_BYTES + MEMORY_PER_BYTE * content_bytes)
    return outcomes.run(reading.function, reading.content, *reading.arguments)


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
    memory.prefer_for_oom_kill()
    watch = threading.Thread(
        target=_exit_with_server,
        args=(handle,),
        daemon=True,
    )
    watch.start()
    serve(Connection(handle))
