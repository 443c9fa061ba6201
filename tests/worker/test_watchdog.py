"""Runs that do not end by themselves are told by a clock of the worker's own."""

import pytest

from app.domain.failure_causes import FailureCause
from worker.staleness import Stillness
from worker.watchdog import Oversight


class Clock:
    """A clock that stands until it is told otherwise."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def oversight(clock) -> Oversight:
    return Oversight(60.0, 500, Stillness(clock))


def test_stillness_starts_anew_with_every_change(clock):
    stillness = Stillness(clock)
    assert stillness.seconds("lease", 0) == 0
    clock.seconds += 20
    assert stillness.seconds("lease", 0) == 20
    assert stillness.seconds("lease", 1) == 0
    stillness.keep([])
    clock.seconds += 20
    assert stillness.seconds("lease", 1) == 0


@pytest.mark.parametrize(
    ("median", "bound"),
    [pytest.param(0.5, 60, id="a minute at least"), pytest.param(30.0, 600, id="20 epochs")],
)
def test_a_run_hangs_when_no_epoch_ends_for_a_minute_or_twenty_epochs(
    oversight, clock, median, bound
):
    assert not oversight.looks_hung("run", 0)
    assert not oversight.looks_hung("run", 3)
    clock.seconds += bound - 1
    assert oversight.hung("run", 3, median) is None
    clock.seconds += 1
    verdict = oversight.hung("run", 3, median)
    assert verdict.cause == FailureCause.HUNG
    assert f"no epoch ended for {bound} s after epoch 3" in str(verdict)


def test_before_its_first_epoch_a_run_has_ten_times_as_long(oversight, clock):
    assert not oversight.looks_hung("run", 0)
    clock.seconds += 599
    assert oversight.hung("run", 0, 0.0) is None
    clock.seconds += 1
    assert oversight.hung("run", 0, 0.0).cause == FailureCause.HUNG


def test_a_slot_may_hold_its_limit_and_not_more(oversight):
    assert oversight.too_large(500_000_000) is None
    verdict = oversight.too_large(501_000_000)
    assert verdict.cause == FailureCause.OUT_OF_MEMORY
    assert "501 MB" in str(verdict)
    assert Oversight(60.0, 0).too_large(10**12) is None
