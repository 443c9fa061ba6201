"""Which process goes first, what it gives back, and which knows the access token."""

import os
import subprocess
import sys

from app.config import Settings
from app.processes import AUTOGROUP, server_environment, worker_environment
from tests.sessions import shared_between_sessions

LOWER_PRIORITY = "from app.processes import lower_priority; lower_priority(3)"
# The file of a session reads "/autogroup-13 nice 0". It is empty for processes outside of any.
SHOW_NICENESS = f"import os; print(os.nice(0), open('{AUTOGROUP}').read())"

BLOCKS = 2000
BLOCK_BYTES = 50_000
# Of many blocks every tenth stays, so that no end of the heap is free.
TRIM_A_HEAP_WITH_HOLES = f"""
import time, psutil
from app import processes
processes.TRIM_SECONDS = 0.1
blocks = [b"x" * {BLOCK_BYTES} for _ in range({BLOCKS})]
kept = blocks[::10]
del blocks
before = psutil.Process().memory_info().rss
processes.trim_heap_regularly()
time.sleep(2)
print(before - psutil.Process().memory_info().rss)
"""


def niceness_in_a_new_session(program: str) -> tuple[int, int]:
    """The niceness of the last process that the program shows, and of its session."""
    process = subprocess.run(
        [sys.executable, "-c", program],
        start_new_session=True,
        capture_output=True,
        text=True,
        check=True,
    )
    of_process, _, _, of_session = process.stdout.split()
    return int(of_process), int(of_session)


@shared_between_sessions
def test_the_whole_session_of_its_leader_gives_way():
    niceness = niceness_in_a_new_session(f"{LOWER_PRIORITY}\n{SHOW_NICENESS}")

    assert niceness == (min(19, os.nice(0) + 3), 3)


@shared_between_sessions
def test_the_session_of_another_leader_stays_as_it_is():
    child = f"{LOWER_PRIORITY}\n{SHOW_NICENESS}"
    leader = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    )

    assert niceness_in_a_new_session(leader) == (min(19, os.nice(0) + 3), 0)


def test_a_worker_gets_the_settings_of_the_server_but_for_the_access_token(monkeypatch):
    monkeypatch.setenv("foretune_token", "exported-by-a-shell")
    settings = Settings(slots=3, token="correct-horse")

    of_server = server_environment(settings)
    of_worker = worker_environment(settings)

    assert of_server["FORETUNE_TOKEN"] == "correct-horse"
    assert of_worker["FORETUNE_SLOTS"] == "3"
    assert not [name for name in of_worker if name.upper() == "FORETUNE_TOKEN"]


def test_memory_that_is_free_inside_of_the_heap_is_given_back():
    output = subprocess.check_output([sys.executable, "-c", TRIM_A_HEAP_WITH_HOLES])

    given_back = int(output)
    assert given_back > BLOCKS * BLOCK_BYTES / 2
