"""A worker that is told to stop ends soon, also while it waits for something else."""

import signal
import subprocess
import sys

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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_waits_for_a_locked_database_ends_all_the_same(tmp_path, number):
    command = [sys.executable, "-c", WAITING_PROGRAM, str(tmp_path / "locked.db"), "0.2"]
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "waits\n"

    worker.send_signal(number)

    assert worker.wait(SECONDS_TO_SPARE) == 1
    worker.stdout.close()


def test_a_worker_that_can_stop_has_the_time_for_it():
    command = [sys.executable, "-c", STOPPING_PROGRAM]
    worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "waits\n"

    worker.terminate()

    assert worker.stdout.read() == "gives back\n"
    assert worker.wait(SECONDS_TO_SPARE) == 0
    worker.stdout.close()
