"""Where a process was when it crashed or hung, as faulthandler writes it to its parent's pipe."""

import faulthandler
import os
import signal
from multiprocessing.connection import Connection

DUMP_SIGNAL = signal.SIGUSR1
MAX_DUMP_BYTES = 60_000  # what fits into a pipe before anybody reads it
DUMP_PAUSE_SECONDS = 0.1  # a dump that pauses for so long is complete


def write_dumps_to(pipe: Connection) -> None:
    """From now on a crash of this process, or DUMP_SIGNAL, writes the stacks of all threads."""
    descriptor = pipe.fileno()
    faulthandler.enable(descriptor, all_threads=True)
    faulthandler.register(
        DUMP_SIGNAL,
        descriptor,
        all_threads=True,
        chain=False,
    )


def read_dump(pipe: Connection, timeout: float = 0.0) -> str:
    """Everything in the pipe; waits up to `timeout` seconds for the first of it."""
    dump = b""
    while len(dump) < MAX_DUMP_BYTES and pipe.poll(timeout):
        chunk = os.read(pipe.fileno(), MAX_DUMP_BYTES)
        if not chunk:
            break
        dump += chunk
        timeout = DUMP_PAUSE_SECONDS
    text = dump.decode(errors="replace")
    return text.strip()
