"""Even draws: each as random as any, together without a gap."""

import numpy as np
import pytest

from app.domain.search_space.space import SearchSpace
from tests.worker.strategies.searches import ENDLESS
from worker.strategies.halton import even_draw, middle_draw

SPACE = SearchSpace.parse(
    {"dropout_1": {"uniform": [0.0, 0.9]}, "optimizer": {"choice": ["sgd", "rmsprop", "adam"]}}
)


def dropout_fraction(seed: int, number: int) -> float:
    return even_draw(SPACE, seed, number)["dropout_1"] / 0.9


@pytest.mark.parametrize("seed", range(5))
def test_sixteen_draws_leave_no_eighth_of_a_scale_out(seed):
    fractions = [dropout_fraction(seed, number) for number in range(1, 17)]

    assert {int(8 * fraction) for fraction in fractions} == set(range(8))


@pytest.mark.parametrize("seed", range(5))
def test_nine_draws_choose_each_of_three_values_two_to_four_times(seed):
    chosen = [even_draw(SPACE, seed, number)["optimizer"] for number in range(1, 10)]

    assert all(2 <= chosen.count(value) <= 4 for value in ("sgd", "rmsprop", "adam"))


def test_over_many_seeds_a_draw_is_evenly_random():
    fractions = [dropout_fraction(seed, 7) for seed in range(400)]

    counts = np.histogram(fractions, bins=10, range=(0, 1))[0]
    assert counts.min() >= 20  # of 40 expected, deviation 6
    assert counts.max() <= 60


def test_seeds_draw_differently_and_a_seed_draws_the_same_again():
    first = even_draw(SPACE, 1, 1)

    assert even_draw(SPACE, 2, 1) != first
    assert even_draw(SPACE, 1, 1) == first


def test_what_is_impossible_together_is_not_drawn():
    space = SearchSpace.parse(ENDLESS)

    draws = [even_draw(space, 0, number) for number in range(1, 60)]

    possible = [parameters for parameters in draws if parameters is not None]
    assert len(possible) > 20
    assert all(space.contains(parameters) for parameters in possible)


def test_a_search_that_learns_begins_in_the_middle_of_what_has_an_order():
    space = SearchSpace.parse(
        {
            "learning_rate": {"loguniform": [1e-5, 1e-1]},
            "units_1": {"integer": [8, 128]},
            "batch_size": {"choice": [128, 16, 64, 32]},
            "dense_layers": {"choice": [0, 1]},
            "optimizer": {"choice": ["sgd", "rmsprop", "adam"]},
        }
    )

    draws = [middle_draw(space, seed) for seed in range(20)]

    for parameters in draws:
        assert parameters["learning_rate"] == pytest.approx(1e-3)
        assert parameters["units_1"] == 68
        assert parameters["batch_size"] == 32
        assert parameters["dense_layers"] == 0
    assert {parameters["optimizer"] for parameters in draws} == {"sgd", "rmsprop", "adam"}


def test_a_middle_that_is_impossible_is_not_drawn():
    space = SearchSpace.parse(ENDLESS)

    draws = [middle_draw(space, seed) for seed in range(20)]

    assert all(parameters is None or space.contains(parameters) for parameters in draws)
