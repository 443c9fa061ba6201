"""A worker that is told to stop ends soon, also while it waits for something else."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

SECONDS_TO_SPARE = 20.0  # how long a busy machine may take for what needs a moment

# Waits in a single instruction of Python's, as for the lock of a database.
WAITING_PROGRAM = """
import sqlite3, sys, threading
from worker import stopping

stopping.SECONDS_TO_LEAVE = float(sys.argv[2])
stopping.stop_on_signals(threading.Event(), print)
first = sqlite3.connect(sys.argv[1], isolation_level=None)
first.execute("BEGIN IMMEDIATE")
print("waits", flush=True)
sqlite3.connect(sys.argv[1], timeout=300).execute("BEGIN IMMEDIATE")
"""

STOPPING_PROGRAM = """
import threading
from worker import stopping

stopping.SECONDS_TO_LEAVE = 60
event = threading.Event()
stopping.stop_on_signals(event, print)
print("waits", flush=True)
event.wait()
print("gives back", flush=True)
"""


@contextmanager
def running(program: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A program that has come to where it waits; it is killed at the end."""
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        try:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "waits\n"
            yield worker
        finally:
            worker.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_waits_for_a_locked_database_ends_all_the_same(tmp_path, number):
    with running(WAITING_PROGRAM, str(tmp_path / "locked.db"), "0.2") as worker:
        worker.send_signal(number)

        assert worker.wait(SECONDS_TO_SPARE) == 1


def test_a_worker_that_can_stop_has_the_time_for_it():
    with running(STOPPING_PROGRAM) as worker:
        worker.terminate()

        assert worker.stdout.read() == "gives back\n"
        assert worker.wait(SECONDS_TO_SPARE) == 0
