"""The grid strategy: every combination in the order of the space."""

from app.domain.space import SearchSpace
from tests.worker.strategies.searches import COUNTED, searched
from worker.strategies import Observation, suggest


def test_combinations_come_in_the_order_of_the_space():
    found = [row.parameters for row in searched("grid", COUNTED, 36)]
    assert found == list(SearchSpace.parse(COUNTED).grid())


def test_a_combination_that_an_added_trial_displaced_comes_in_the_end():
    space = SearchSpace.parse({"units_1": {"choice": [8, 16, 32]}})
    first, second, third = space.grid()
    tried = [Observation(1, first, 1.0, "finished"), Observation(2, third, 1.0, "finished")]
    assert suggest("grid", space, 0, [], tried, 3) == second


def test_a_huge_grid_answers_at_once():
    names = ("units_1", "batch_size", "epochs", "patience", "time_steps")
    space = SearchSpace.parse({name: {"integer": [1, 1000]} for name in names})
    assert suggest("grid", space, 0, [], [], 123_456) == space.combination(123_455)
