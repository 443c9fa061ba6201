"""hyperopt's algorithms as strategies; tests/worker/test_hyperopt_agrees.py compares with fmin."""

import numpy as np
import pytest

from app.domain.search_space.space import SearchSpace
from tests.worker.strategies.searches import COUNTED, ENDLESS, drawn, searched
from worker.strategies import suggest
from worker.strategies.base import parameters_key
from worker.strategies.hyperopt_algorithms import MAX_SEED, fmin_seed

NAMES = ("hyperopt-tpe", "hyperopt-anneal", "hyperopt-random")


def test_the_seed_of_a_trial_is_the_one_that_fmin_draws_for_it():
    generator = np.random.default_rng(5)
    drawn_one_by_one = [generator.integers(MAX_SEED) for _ in range(50)]

    seeds = [fmin_seed(5, number) for number in range(1, 51)]

    assert seeds == drawn_one_by_one


def test_earlier_results_do_not_change_what_is_drawn_at_random():
    space = SearchSpace.parse(ENDLESS)
    earlier = drawn(ENDLESS, 30)

    without = suggest("hyperopt-random", space, 1, [], [], 1)
    after = suggest("hyperopt-random", space, 1, [], earlier, 1)

    assert after == without


def test_tpe_draws_at_random_until_20_trials_are_told():
    space = SearchSpace.parse(ENDLESS)

    early = suggest("hyperopt-tpe", space, 1, [], drawn(ENDLESS, 19), 20)
    late = suggest("hyperopt-tpe", space, 1, [], drawn(ENDLESS, 20), 20)

    assert early == suggest("hyperopt-random", space, 1, [], [], 20)
    assert late != early


@pytest.mark.parametrize("strategy", NAMES)
def test_what_is_impossible_together_is_drawn_anew(strategy):
    both = {"choice": [True, False]}
    space = {"stateful": both, "shuffle": both, "dropout_1": {"uniform": [0.0, 0.5]}}

    trials = searched(strategy, {**space, "learning_rate": {"uniform": [0.001, 0.1]}}, 30)

    assert len(trials) == 30
    assert not any(row.parameters["stateful"] and row.parameters["shuffle"] for row in trials)


def test_parameters_may_be_suggested_again():
    trials = searched("hyperopt-random", COUNTED, 30)

    keys = {parameters_key(row.parameters) for row in trials}
    assert len(keys) < len(trials) == 30


@pytest.mark.parametrize("strategy", NAMES)
def test_a_search_ends_when_every_combination_has_been_tried(strategy):
    trials = searched(strategy, {"optimizer": {"choice": ["sgd", "adam"]}}, 100)

    keys = {parameters_key(row.parameters) for row in trials}
    assert len(keys) == 2
    assert len(trials) < 100


@pytest.mark.parametrize("strategy", NAMES)
def test_an_empty_space_has_one_trial(strategy):
    (trial,) = searched(strategy, {}, 3)

    assert trial.parameters["units_1"] == 32


@pytest.mark.parametrize("strategy", NAMES)
def test_nothing_is_printed(strategy, capfd):
    searched(strategy, ENDLESS, 22)

    printed = capfd.readouterr()

    assert printed.out == ""
    assert printed.err == ""
