"""The grid strategy: every combination once, trainings that take longest first."""

from app.domain.cost_model import unscaled_epoch_seconds
from app.domain.presets import GRID_OF_81
from app.domain.search_space.space import SearchSpace
from tests.worker.strategies.searches import COUNTED, searched
from worker.strategies import Observation, suggest
from worker.strategies.base import parameters_key
from worker.strategies.grid import MAX_SORTED_COMBINATIONS


def test_every_combination_comes_once():
    trials = searched("grid", COUNTED, 50)

    combinations = {parameters_key(row) for row in SearchSpace.parse(COUNTED).grid()}
    assert len(trials) == 36
    assert {parameters_key(row.parameters) for row in trials} == combinations


def test_trials_that_share_a_training_come_together_the_longest_of_them_first():
    trials = searched("grid", dict(GRID_OF_81.space), 81)

    assert [row.parameters["epochs"] for row in trials] == [70, 50, 30] * 27


def test_trainings_that_take_longest_come_first():
    trials = searched("grid", dict(GRID_OF_81.space), 81)

    costs = [unscaled_epoch_seconds(row.parameters, 10_000, 5) for row in trials]
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

    parameters = suggest("grid", space, 0, [], [], 123_456)

    assert (space.size() or 0) > MAX_SORTED_COMBINATIONS
    assert parameters == space.combination_at(123_455)
