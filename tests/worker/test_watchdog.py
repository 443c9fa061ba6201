"""Runs that do not end by themselves are found by a clock of the worker's own."""

import signal

import pytest

from app.domain.failure_causes import FailureCause
from tests.worker.clock import Clock
from worker.slots.errors import RunKilled, SlotDied
from worker.watchdog import Watchdog, failed_outcome


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watchdog(clock) -> Watchdog:
    return Watchdog(60.0, 500, clock)


@pytest.mark.parametrize(
    ("median_epoch", "limit"),
    [pytest.param(0.5, 60, id="a minute at least"), pytest.param(30.0, 600, id="20 epochs")],
)
def test_a_run_hangs_when_no_epoch_ends_for_a_minute_or_twenty_epochs(
    watchdog, clock, median_epoch, limit
):
    assert not watchdog.looks_hung("run", 0)
    watch(watchdog, clock, 3, limit - 1)
    assert watchdog.check_progress("run", 3, median_epoch) is None

    clock.seconds += 1

    reason = watchdog.check_progress("run", 3, median_epoch)
    assert reason.cause == FailureCause.HUNG
    assert f"no epoch ended for {limit} s after epoch 3" in str(reason)


def watch(watchdog, clock, epochs: int, seconds: int) -> None:
    """Look at a run once a second, which has come so far and comes no further."""
    watchdog.looks_hung("run", epochs)
    for _ in range(seconds):
        clock.seconds += 1
        watchdog.looks_hung("run", epochs)


def test_before_its_first_epoch_a_run_has_ten_times_as_long(watchdog, clock):
    watch(watchdog, clock, 0, 599)
    assert watchdog.check_progress("run", 0, 0.0) is None

    clock.seconds += 1

    assert watchdog.check_progress("run", 0, 0.0).cause == FailureCause.HUNG


def test_a_run_that_waits_for_the_database_does_not_hang(watchdog, clock):
    watch(watchdog, clock, 0, 600)

    watchdog.excuse("run")

    assert watchdog.check_progress("run", 0, 0.0) is None


def test_a_run_does_not_hang_while_the_worker_itself_is_kept_waiting(watchdog, clock):
    watch(watchdog, clock, 0, 1)
    watch(watchdog, clock, 3, 59)

    clock.seconds += 45  # as for a database that another program locks

    assert watchdog.check_progress("run", 3, 0.1) is None
    watch(watchdog, clock, 3, 60)
    assert watchdog.check_progress("run", 3, 0.1).cause == FailureCause.HUNG


def test_a_slot_may_hold_its_limit_and_not_more(watchdog):
    assert watchdog.check_memory(500_000_000) is None
    reason = watchdog.check_memory(501_000_000)

    assert reason.cause == FailureCause.OUT_OF_MEMORY
    assert "501 MB" in str(reason)


def test_without_a_limit_a_slot_may_hold_any_amount():
    assert Watchdog(60.0, 0).check_memory(10**12) is None


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (RunKilled(FailureCause.HUNG, "It hung."), FailureCause.HUNG),
        (SlotDied(-signal.SIGSEGV), FailureCause.CRASHED),
        (SlotDied(-signal.SIGKILL, ran_out_of_memory=True), FailureCause.OUT_OF_MEMORY),
        (ValueError("unreadable"), FailureCause.ERROR),
    ],
)
def test_trials_whose_slot_could_not_say_it_get_the_cause(error, cause):
    outcome = failed_outcome(error)

    assert outcome.failure_cause == cause
    assert outcome.error == str(error)
