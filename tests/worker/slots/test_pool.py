"""Slots are real processes: they answer, raise, die, are replaced, and end with their worker."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from app.domain.failure_causes import FailureCause
from tests.worker.slots import slot_functions as functions
from worker.slots.child import SLOT_NICENESS, slot_number
from worker.slots.errors import RunKilled, SlotDied
from worker.slots.pool import SlotPool
from worker.slots.slot import SPAWN, Slot

pytestmark = pytest.mark.slow

TIMEOUT = 60


@pytest.fixture
def pool() -> Iterator[SlotPool]:
    pool = SlotPool(1, runs_per_slot=2, warm_up=functions.nothing)
    yield pool
    pool.shutdown()


def result_of(pool, function, *arguments):
    return pool.submit(function, *arguments).result(TIMEOUT)


def wait_until(condition, seconds=TIMEOUT):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        os.sched_yield()
    assert condition()


def test_a_slot_returns_what_the_function_returns_and_knows_its_number(pool):
    assert result_of(pool, functions.add, 2, 3) == 5
    assert result_of(pool, slot_number) == 1
    assert slot_number() is None


def test_a_slot_gives_way_to_the_server(pool):
    assert result_of(pool, os.nice, 0) == min(19, os.nice(0) + SLOT_NICENESS)


def test_a_slot_raises_what_the_function_raises_and_goes_on(pool):
    with pytest.raises(ValueError, match="on purpose"):
        result_of(pool, functions.fail)

    assert result_of(pool, functions.add, 1, 1) == 2


def test_a_slot_says_why_its_run_cannot_go_on(pool, tmp_path):
    file = tmp_path / "there"
    future = pool.submit(functions.wait_for_file, file, "The disk is full.")

    wait_until(lambda: pool.waiting_reason(future) == "The disk is full.")
    file.touch()
    future.result(TIMEOUT)

    assert pool.waiting_reason(future) == ""


def test_a_killed_slot_fails_its_run_in_words_and_is_replaced(pool):
    with pytest.raises(SlotDied, match="SIGKILL") as caught:
        result_of(pool, functions.kill_self, signal.SIGKILL)

    assert caught.value.exit_code == -signal.SIGKILL
    assert caught.value.was_killed_from_outside
    assert result_of(pool, functions.add, 1, 1) == 2


def test_a_slot_that_crashes_says_where(pool):
    with pytest.raises(SlotDied, match="SIGSEGV: it crashed in native code") as caught:
        result_of(pool, functions.crash)

    assert not caught.value.was_killed_from_outside
    assert "slot_functions.py" in caught.value.stack_dump
    assert "in crash" in caught.value.stack_dump


def test_an_exit_code_that_another_thread_is_told_first_is_waited_for(monkeypatch):
    with closing(Slot(functions.nothing)) as slot:
        slot.wait_until_warm()
        process = slot._process._popen
        real_poll = process.poll
        answers = [None, None]  # what the kernel's "no such child" becomes

        def poll(flag=os.WNOHANG):
            if answers:
                return answers.pop()
            return real_poll(flag)

        monkeypatch.setattr(process, "poll", poll)
        os.kill(slot.pid, signal.SIGKILL)

        with pytest.raises(SlotDied) as caught:
            slot.call(functions.add, 1, 2)

    assert caught.value.exit_code == -signal.SIGKILL


def test_a_killed_run_raises_the_reason_with_where_it_was_and_its_slot_is_replaced(pool, tmp_path):
    reason = RunKilled(FailureCause.HUNG, "It hung.")
    future = pool.submit(functions.touch_and_wait_forever, tmp_path / "there")
    wait_until((tmp_path / "there").exists)
    assert pool.memory_bytes(future) > 1_000_000

    pool.kill_run(future, reason)

    with pytest.raises(RunKilled, match="It hung") as caught:
        future.result(TIMEOUT)
    assert "in touch_and_wait_forever" in caught.value.stack_dump
    assert result_of(pool, functions.add, 1, 1) == 2


def test_a_slot_killed_while_it_was_idle_costs_no_run(pool):
    os.kill(result_of(pool, os.getpid), signal.SIGKILL)
    wait_until(lambda: pool.ready_count == 0)

    assert result_of(pool, functions.add, 1, 1) == 2


def test_a_slot_that_may_hold_little_memory_refuses_more_and_goes_on():
    pool = SlotPool(1, 25, functions.nothing, memory_mb=100)

    with pytest.raises(MemoryError):
        result_of(pool, functions.eat_memory, 200)

    assert result_of(pool, functions.eat_memory, 50) == 50_000_000
    pool.shutdown()


def test_a_slot_is_replaced_after_its_share_of_runs(pool):
    pids = [result_of(pool, os.getpid) for _ in range(3)]

    assert pids[0] == pids[1]
    assert pids[1] != pids[2]


def test_shutting_down_ends_a_run_in_the_middle(pool):
    pid = result_of(pool, os.getpid)
    future = pool.submit(functions.wait_forever)
    wait_until(lambda: pool.has_begun(future))

    pool.shutdown()

    with pytest.raises(SlotDied):
        future.result(TIMEOUT)
    assert not Path(f"/proc/{pid}").exists()


def test_a_slot_that_cannot_warm_up_is_tried_again_and_says_why(tmp_path):
    file = tmp_path / "engine"
    pool = SlotPool(1, 25, partial(functions.need_file, file))
    future = pool.submit(functions.add, 1, 1)
    wait_until(lambda: pool.trouble)
    trouble = pool.trouble
    has_begun = pool.has_begun(future)

    file.touch()

    assert future.result(TIMEOUT) == 2
    assert "1 of 1 slots cannot be started: RuntimeError: engine is missing." in trouble
    assert not has_begun
    assert pool.trouble == ""
    pool.shutdown()


def test_a_slot_whose_process_ends_before_it_is_warm_says_so():
    pool = SlotPool(1, 25, functions.exit_early)

    wait_until(lambda: pool.trouble)

    assert "the process ended with exit code 3 before the training engine" in pool.trouble
    assert pool.ready_count == 0
    pool.shutdown()


def test_a_slot_that_cannot_be_started_leaves_the_runs_to_the_others(tmp_path):
    pool = SlotPool(2, 25, partial(functions.need_to_be_first, tmp_path / "taken"))
    wait_until(lambda: pool.ready_count == 1 and pool.trouble)

    sums = [result_of(pool, functions.add, number, 1) for number in range(4)]

    assert sums == [1, 2, 3, 4]
    assert "1 of 2 slots" in pool.trouble
    pool.shutdown()


def test_a_moment_without_free_descriptors_costs_no_slot_and_leaks_none(pool):
    old_pid = result_of(pool, os.getpid)
    descriptors = os.listdir("/proc/self/fd")

    with few_descriptors():
        os.kill(old_pid, signal.SIGKILL)
        wait_until(lambda: "Too many open files" in pool.trouble)

    assert result_of(pool, os.getpid) != old_pid
    assert pool.trouble == ""
    assert len(os.listdir("/proc/self/fd")) == len(descriptors)


@contextmanager
def few_descriptors() -> Iterator[None]:
    """No file can be opened in this process."""
    soft_limit, hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard_limit))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft_limit, hard_limit))


@pytest.mark.parametrize("step", ["start", "kill", "join"])
def test_whatever_an_operation_on_a_process_raises_its_slot_comes_back(pool, monkeypatch, step):
    pid = result_of(pool, os.getpid)
    faults = [ValueError(f"no {step} on purpose")]

    def fail_once(self, *arguments, **options):
        if faults:
            raise faults.pop()
        return getattr(BaseProcess, step)(self, *arguments, **options)

    monkeypatch.setattr(SPAWN.Process, step, fail_once, raising=False)
    os.kill(pid, signal.SIGKILL)

    wait_until(lambda: not faults)
    assert result_of(pool, functions.add, 1, 1) == 2


def test_a_half_made_slot_leaves_no_descriptor_open(monkeypatch):
    def fail(_self):
        raise OSError("no start on purpose")

    monkeypatch.setattr(SPAWN.Process, "start", fail)
    descriptors = os.listdir("/proc/self/fd")

    with pytest.raises(OSError, match="on purpose") as caught:
        Slot(functions.nothing)

    assert len(os.listdir("/proc/self/fd")) == len(descriptors)
    del caught


def test_a_run_that_has_not_begun_can_be_cancelled(tmp_path):
    file = tmp_path / "engine"
    pool = SlotPool(1, 25, partial(functions.need_file, file))
    cancelled = pool.submit(functions.add, 1, 1)
    kept = pool.submit(functions.add, 2, 2)

    assert cancelled.cancel()
    file.touch()

    assert kept.result(TIMEOUT) == 4
    assert not kept.cancel()
    pool.shutdown()


def test_shutting_down_does_not_wait_for_slots_that_cannot_be_started():
    pool = SlotPool(2, 25, functions.exit_early)
    future = pool.submit(functions.add, 1, 1)
    wait_until(lambda: pool.trouble)

    pool.shutdown()

    assert future.cancelled()


def test_slots_end_when_their_worker_is_killed():
    script = Path(__file__).with_name("slot_parent.py")
    parent = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert parent.stdout is not None
    slot_pid = int(parent.stdout.readline())

    parent.kill()
    parent.wait()
    parent.stdout.close()

    wait_until(lambda: not Path(f"/proc/{slot_pid}").exists(), seconds=20)
