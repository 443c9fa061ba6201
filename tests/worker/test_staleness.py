"""A staleness timer starts again whenever the value it watches changes."""

import pytest

from tests.worker.clock import Clock
from worker.staleness import StalenessTimer


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timer(clock) -> StalenessTimer:
    return StalenessTimer(clock)


def test_it_counts_from_the_first_sight_of_a_value(timer, clock):
    assert timer.seconds_unchanged("lease", 0) == 0

    clock.seconds += 20

    assert timer.seconds_unchanged("lease", 0) == 20


def test_it_starts_anew_with_every_change(timer, clock):
    timer.seconds_unchanged("lease", 0)
    clock.seconds += 20

    assert timer.seconds_unchanged("lease", 1) == 0


def test_it_starts_anew_with_a_key_that_was_forgotten(timer, clock):
    timer.seconds_unchanged("lease", 1)
    timer.keep_only([])
    clock.seconds += 20

    assert timer.seconds_unchanged("lease", 1) == 0


def test_it_starts_anew_where_it_is_told_to(timer, clock):
    timer.seconds_unchanged("lease", 1)
    timer.restart("lease")
    clock.seconds += 20

    assert timer.seconds_unchanged("lease", 1) == 0
