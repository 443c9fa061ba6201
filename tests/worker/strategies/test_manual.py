"""The manual strategy: a person's points in their order."""

from app.domain.search_space.parameters import with_defaults
from app.domain.search_space.space import SearchSpace
from worker.strategies import Observation, suggest

SMALL = with_defaults({"units_1": 8})
LARGE = with_defaults({"units_1": 64})
UNLISTED = with_defaults({"units_1": 5})


def suggest_after(points, tried):
    space = SearchSpace.parse({})
    observations = [
        Observation(number, point, 1.0, "finished") for number, point in enumerate(tried, start=1)
    ]
    return suggest("manual", space, 0, points, observations, len(tried) + 1)


def test_points_come_in_their_order_and_then_nothing():
    assert suggest_after([SMALL, LARGE], []) == SMALL
    assert suggest_after([SMALL, LARGE], [SMALL]) == LARGE
    assert suggest_after([SMALL, LARGE], [SMALL, LARGE]) is None


def test_a_point_that_is_listed_twice_is_tried_twice():
    assert suggest_after([SMALL, SMALL, LARGE], [SMALL]) == SMALL
    assert suggest_after([SMALL, SMALL, LARGE], [SMALL, SMALL]) == LARGE


def test_a_trial_that_was_added_between_takes_no_points_turn():
    assert suggest_after([SMALL, LARGE], [SMALL, UNLISTED]) == LARGE
    assert suggest_after([SMALL, LARGE], [SMALL, UNLISTED, LARGE]) is None
