"""What strategies share: untried parameters, and the trials worth learning from."""

import numpy as np

from app.domain.search_space.space import SearchSpace
from worker.strategies.base import (
    Observation,
    draw_untried,
    first_untried_combination,
    make_possible,
    most_informative,
    parameters_key,
    ranked_by_score,
    tried_keys,
)

SPACE = SearchSpace.parse({"units_1": {"choice": [8, 16, 32]}})
FIRST, SECOND, THIRD = SPACE.grid()


def test_an_objective_that_is_not_finite_is_no_score():
    values = [1.0, None, float("nan"), float("inf")]

    scores = [Observation(1, FIRST, value, "finished").score for value in values]

    assert scores == [1.0, None, None, None]


def test_draws_that_were_tried_are_passed_over():
    draws = iter([FIRST, SECOND, THIRD])
    tried = {parameters_key(FIRST)}

    parameters = draw_untried(SPACE, tried, lambda: next(draws), np.random.default_rng(0))

    assert parameters == SECOND


def test_when_all_draws_were_tried_what_is_left_is_found():
    tried = {parameters_key(FIRST), parameters_key(THIRD)}

    parameters = draw_untried(SPACE, tried, lambda: FIRST, np.random.default_rng(0))

    assert parameters == SECOND


def test_untried_combinations_are_looked_for_from_an_index_and_round_again():
    tried = {parameters_key(THIRD)}

    assert first_untried_combination(SPACE, tried, 1) == SECOND
    assert first_untried_combination(SPACE, tried, 2) == FIRST
    assert first_untried_combination(SPACE, {*map(parameters_key, SPACE.grid())}, 0) is None


def test_of_many_trials_the_best_and_the_latest_are_the_most_informative():
    trials = [Observation(number, FIRST, float(number), "finished") for number in range(1, 11)]

    chosen = most_informative(trials, 4)

    assert [row.number for row in chosen] == [1, 2, 9, 10]


def test_trials_without_a_score_are_not_ranked():
    trials = [
        Observation(1, FIRST, 2.0, "finished"),
        Observation(2, SECOND, None, "pending"),
        Observation(3, THIRD, 1.0, "finished"),
    ]

    assert [row.number for row in ranked_by_score(trials)] == [3, 1]


def test_values_that_are_impossible_together_are_drawn_anew_and_the_rest_stays():
    space = SearchSpace.parse(
        {
            "stateful": {"choice": [True, False]},
            "shuffle": {"choice": [True, False]},
            "units_1": {"integer": [1, 1000]},
        }
    )
    possible = {"stateful": True, "shuffle": False, "units_1": 7}
    impossible = {"stateful": True, "shuffle": True, "units_1": 7}
    generator = np.random.default_rng(0)

    kept = make_possible(space, possible, generator)
    redrawn = [make_possible(space, impossible, generator) for _ in range(20)]

    assert kept == space.to_parameters(possible)
    assert all(space.contains(parameters) for parameters in redrawn)
    assert {parameters["units_1"] for parameters in redrawn} == {7}
    assert len({parameters["stateful"] for parameters in redrawn}) == 2


def test_what_was_tried_is_the_same_value_at_each_ask():
    observation = Observation(1, {"units_1": 8}, 1.0, "finished")

    first = tried_keys([observation])

    assert tried_keys([observation]) == first == {parameters_key({"units_1": 8})}
    key = observation.key
    assert observation.key is key
