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


def test_after_a_gap_it_starts_anew_for_nobody_knows_what_happened_in_it(clock):
    timer = StalenessTimer(clock, max_gap=5)
    timer.seconds_unchanged("lease", 1)
    clock.seconds += 5
    before_the_gap = timer.seconds_unchanged("lease", 1)

    clock.seconds += 6

    assert before_the_gap == 5
    assert timer.seconds_unchanged("lease", 1) == 0


def test_frequent_looks_add_up_to_more_than_the_longest_gap(clock):
    timer = StalenessTimer(clock, max_gap=5)
    timer.seconds_unchanged("lease", 1)

    for _ in range(10):
        clock.seconds += 5
        seconds = timer.seconds_unchanged("lease", 1)

    assert seconds == 50
