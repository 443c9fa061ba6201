"""One process at a time holds a lock, which leaves nothing behind when that process ends."""

import subprocess
import sys
import threading

import pytest

from app.db.file_lock import hold_lock, is_locked
from tests.app.commands.processes import ROOT

HOLD_UNTIL_KILLED = """
import sys, time
from pathlib import Path
from app.db.file_lock import hold_lock
with hold_lock(Path(sys.argv[1]), 0):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "lock"


def test_a_lock_is_held_while_the_block_runs_and_leaves_no_file(file):
    with hold_lock(file, 0):
        during = is_locked(file)

    assert during
    assert not is_locked(file)
    assert not file.exists()


def test_a_second_holder_is_refused_when_the_time_is_over(file):
    with hold_lock(file, 0), pytest.raises(TimeoutError), hold_lock(file, 0.1):
        pass

    assert not is_locked(file)


def test_a_lock_ends_with_a_process_that_is_killed(file):
    command = [sys.executable, "-c", HOLD_UNTIL_KILLED, str(file)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    held = is_locked(file)

    process.kill()
    process.communicate()

    assert held
    assert file.exists()
    assert not is_locked(file)
    with hold_lock(file, 0):
        assert is_locked(file)


def test_many_that_wait_hold_it_one_after_the_other(file):
    holders = []
    most_at_once = []

    def hold() -> None:
        for _ in range(5):
            with hold_lock(file, 60):
                holders.append(1)
                most_at_once.append(len(holders))
                holders.pop()

    threads = [threading.Thread(target=hold) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert most_at_once == [1] * 20
