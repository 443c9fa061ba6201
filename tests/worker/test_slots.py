"""Slots are real processes: they answer, raise, die, are replaced, and end with their worker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.worker import slot_functions as functions
from worker.slots import SlotDied, SlotPool


@pytest.fixture
def pool() -> Iterator[SlotPool]:
    pool = SlotPool(1, runs_per_slot=2, warm_up=functions.nothing)
    yield pool
    pool.shutdown()


def test_a_slot_returns_what_the_function_returns(pool):
    assert pool.submit(functions.add, 2, 3).result(timeout=60) == 5


def test_a_slot_gives_way_to_the_server(pool):
    assert pool.submit(os.nice, 0).result(timeout=60) == min(19, os.nice(0) + 5)


def test_a_slot_raises_what_the_function_raises_and_goes_on(pool):
    with pytest.raises(ValueError, match="on purpose"):
        pool.submit(functions.fail).result(timeout=60)
    assert pool.submit(functions.add, 1, 1).result(timeout=60) == 2


def test_a_killed_slot_fails_its_run_in_words_and_is_replaced(pool):
    with pytest.raises(SlotDied, match="SIGKILL") as caught:
        pool.submit(functions.kill_self, signal.SIGKILL).result(timeout=60)
    assert caught.value.exit_code == -signal.SIGKILL
    assert pool.submit(functions.add, 1, 1).result(timeout=60) == 2


def test_a_slot_is_replaced_after_its_share_of_runs(pool):
    pids = [pool.submit(os.getpid).result(timeout=60) for _ in range(3)]
    assert pids[0] == pids[1]
    assert pids[1] != pids[2]


def test_shutting_down_ends_a_run_in_the_middle(pool):
    pid = pool.submit(os.getpid).result(timeout=60)
    future = pool.submit(functions.wait_forever)
    pool.shutdown()
    with pytest.raises(SlotDied):
        future.result(timeout=60)
    assert not Path(f"/proc/{pid}").exists()


def test_slots_end_when_their_worker_is_killed(tmp_path):
    script = Path(__file__).with_name("slot_parent.py")
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd())
    assert parent.stdout is not None
    slot = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 20
    while Path(f"/proc/{slot}").exists() and time.monotonic() < deadline:
        os.sched_yield()
    assert not Path(f"/proc/{slot}").exists()
