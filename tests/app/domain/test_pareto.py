"""Which trials are worth their cost."""

import pytest

from app.domain.pareto import find_front, find_simplest_good, good_margin

COSTS = [5.0, 1.0, 3.0, 3.0, 9.0, 1.0]
OBJECTIVES = [1.0, 4.0, 2.0, 1.5, 1.0, 3.0]


def test_the_front_has_what_no_other_beats_in_both():
    assert find_front(COSTS, OBJECTIVES) == [5, 3, 0]
    assert find_front([], []) == []


@pytest.mark.parametrize(("margin", "index"), [(0.0, 0), (0.5, 3), (2.0, 5), (9.0, 5)])
def test_the_simplest_good_one_is_the_cheapest_within_the_margin(margin, index):
    assert find_simplest_good(COSTS, OBJECTIVES, margin) == index


def test_without_trials_there_is_no_simplest_one():
    assert find_simplest_good([], [], 1.0) is None


def test_the_margin_is_one_standard_error_or_one_percent():
    assert good_margin(2.0, 0.3) == 0.3
    assert good_margin(2.0, None) == pytest.approx(0.02)
