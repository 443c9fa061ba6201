"""Where a process was when it crashed or hung: Python's faulthandler writes it into a pipe its parent reads."""

import faulthandler
import os
import signal
from multiprocessing.connection import Connection

TELL = signal.SIGUSR1
MOST_BYTES = 60_000  # what fits into a pipe that nobody reads yet
QUIET_SECONDS = 0.1


def write_notes_to(pipe: Connection) -> None:
    """From now on a crash of this process, or TELL, writes the stack of every thread into the pipe."""
    faulthandler.enable(pipe.fileno(), all_threads=True)
    faulthandler.register(TELL, pipe.fileno(), all_threads=True, chain=False)


def read_notes(pipe: Connection, patience: float = 0.0) -> str:
    """What comes out of the pipe until it is quiet; waits `patience` seconds for the first of it."""
    found = b""
    while len(found) < MOST_BYTES and pipe.poll(QUIET_SECONDS if found else patience):
        some = os.read(pipe.fileno(), MOST_BYTES)
        if not some:
            break
        found += some
    return found.decode(errors="replace").strip()
