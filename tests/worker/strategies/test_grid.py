"""The grid strategy: every combination once, trainings that take longest first."""

from app.domain.cost_model import unscaled_epoch_seconds
from app.domain.presets import GRID_OF_81
from app.domain.search_space.space import SearchSpace
from tests.worker.strategies.searches import COUNTED, searched
from worker.strategies import Observation, suggest
from worker.strategies.base import key
from worker.strategies.grid import SORTED


def test_every_combination_comes_once():
    found = [key(row.parameters) for row in searched("grid", COUNTED, 50)]
    assert len(found) == 36
    assert set(found) == {key(parameters) for parameters in SearchSpace.parse(COUNTED).grid()}


def test_trials_read_off_one_training_come_together_the_longest_of_them_first():
    found = [row.parameters["epochs"] for row in searched("grid", dict(GRID_OF_81.space), 81)]
    assert found == [70, 50, 30] * 27


def test_trainings_that_take_longest_come_first():
    costs = [
        unscaled_epoch_seconds(row.parameters, 10_000, 5)
        for row in searched("grid", dict(GRID_OF_81.space), 81)
    ]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] > 2 * costs[-1]


def test_a_combination_that_an_added_trial_displaced_comes_in_the_end():
    space = SearchSpace.parse({"units_1": {"choice": [8, 16, 32]}})
    first, second, third = space.grid()
    tried = [Observation(1, first, 1.0, "finished"), Observation(2, third, 1.0, "finished")]
    assert suggest("grid", space, 0, [], tried, 3) == second


def test_a_huge_grid_answers_at_once_in_the_order_of_the_space():
    names = ("units_1", "batch_size", "epochs", "patience", "time_steps")
    space = SearchSpace.parse({name: {"integer": [1, 1000]} for name in names})
    assert (space.size() or 0) > SORTED
    assert suggest("grid", space, 0, [], [], 123_456) == space.combination_at(123_455)
