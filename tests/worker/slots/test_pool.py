"""Slots are real processes: they answer, raise, die, are replaced, and end with their worker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.failure_causes import FailureCause
from tests.worker.slots import slot_functions as functions
from worker.slots.pool import NICENESS, RunEnded, SlotDied, SlotPool


@pytest.fixture
def pool() -> Iterator[SlotPool]:
    pool = SlotPool(1, runs_per_slot=2, warm_up=functions.nothing)
    yield pool
    pool.shutdown()


def test_a_slot_returns_what_the_function_returns(pool):
    assert pool.submit(functions.add, 2, 3).result(timeout=60) == 5


def test_a_slot_gives_way_to_the_server(pool):
    assert pool.submit(os.nice, 0).result(timeout=60) == min(19, os.nice(0) + NICENESS)


def test_a_slot_raises_what_the_function_raises_and_goes_on(pool):
    with pytest.raises(ValueError, match="on purpose"):
        pool.submit(functions.fail).result(timeout=60)
    assert pool.submit(functions.add, 1, 1).result(timeout=60) == 2


def test_a_killed_slot_fails_its_run_in_words_and_is_replaced(pool):
    with pytest.raises(SlotDied, match="SIGKILL") as caught:
        pool.submit(functions.kill_self, signal.SIGKILL).result(timeout=60)
    assert caught.value.exit_code == -signal.SIGKILL
    assert caught.value.was_killed
    assert pool.submit(functions.add, 1, 1).result(timeout=60) == 2


def test_a_slot_that_crashes_says_where(pool):
    with pytest.raises(SlotDied, match="SIGSEGV: it crashed in native code") as caught:
        pool.submit(functions.crash).result(timeout=60)
    assert not caught.value.was_killed
    assert "slot_functions.py" in caught.value.notes
    assert "in crash" in caught.value.notes


def test_a_slot_that_is_ended_raises_the_verdict_with_where_it_was_and_is_replaced(pool, tmp_path):
    verdict = RunEnded(FailureCause.HUNG, "It hung.")
    future = pool.submit(functions.touch_and_wait_forever, tmp_path / "there")
    while not (tmp_path / "there").exists():
        os.sched_yield()
    assert pool.memory(future) > 1_000_000
    pool.end(future, verdict)
    with pytest.raises(RunEnded, match="It hung") as caught:
        future.result(timeout=60)
    assert "in touch_and_wait_forever" in caught.value.notes
    assert pool.submit(functions.add, 1, 1).result(timeout=60) == 2


def test_a_slot_killed_while_it_was_idle_costs_no_run(pool):
    os.kill(pool.submit(os.getpid).result(timeout=60), signal.SIGKILL)
    while pool._slots[0].is_fit:
        os.sched_yield()
    assert pool.submit(functions.add, 1, 1).result(timeout=60) == 2


def test_a_slot_that_may_hold_little_memory_refuses_more_and_goes_on():
    pool = SlotPool(1, 25, functions.nothing, memory_mb=100)
    with pytest.raises(MemoryError):
        pool.submit(functions.eat_memory, 200).result(timeout=60)
    assert pool.submit(functions.eat_memory, 50).result(timeout=60) == 50_000_000
    pool.shutdown()


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
    parent = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert parent.stdout is not None
    slot = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 20
    while Path(f"/proc/{slot}").exists() and time.monotonic() < deadline:
        os.sched_yield()
    assert not Path(f"/proc/{slot}").exists()
