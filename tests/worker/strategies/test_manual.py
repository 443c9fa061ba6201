"""The manual strategy: a person's points in their order."""

from app.domain.search_space.parameters import with_defaults
from app.domain.search_space.space import SearchSpace
from worker.strategies import Observation, suggest

SMALL, LARGE, STRANGE = (with_defaults({"units_1": units}) for units in (8, 64, 5))


def asked(points, tried):
    observations = [Observation(n + 1, point, 1.0, "finished") for n, point in enumerate(tried)]
    return suggest("manual", SearchSpace.parse({}), 0, points, observations, len(tried) + 1)


def test_points_come_in_their_order_and_then_nothing():
    assert asked([SMALL, LARGE], []) == SMALL
    assert asked([SMALL, LARGE], [SMALL]) == LARGE
    assert asked([SMALL, LARGE], [SMALL, LARGE]) is None


def test_a_point_that_was_given_twice_is_tried_twice():
    assert asked([SMALL, SMALL, LARGE], [SMALL]) == SMALL
    assert asked([SMALL, SMALL, LARGE], [SMALL, SMALL]) == LARGE


def test_a_trial_that_was_added_between_takes_no_points_turn():
    assert asked([SMALL, LARGE], [SMALL, STRANGE]) == LARGE
    assert asked([SMALL, LARGE], [SMALL, STRANGE, LARGE]) is None
