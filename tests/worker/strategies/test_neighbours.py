"""Strategies that change good trials a little: evolution and mutate."""

import numpy as np
import pytest

from app.domain.search_space.space import SearchSpace
from tests.worker.strategies.searches import COUNTED, ENDLESS, drawn, searched
from worker.strategies import suggest
from worker.strategies.base import Observation
from worker.strategies.evolution import POPULATION
from worker.strategies.neighbours import mutated


def differing(space, one, other):
    """Names of values that are searched in both and differ."""
    first, second = space.searched_values(one), space.searched_values(other)
    return [name for name in first.keys() & second.keys() if first[name] != second[name]]


@pytest.mark.parametrize("document", [ENDLESS, COUNTED])
@pytest.mark.parametrize("changes", [1, 2])
def test_a_child_lies_in_the_space_and_shares_most_values_with_its_parent(document, changes):
    space, generator = SearchSpace.parse(document), np.random.default_rng(0)
    counts = []
    for _ in range(200):
        parent = space.sample(generator)
        child = mutated(space, parent, generator, changes=changes, step=0.1)
        assert space.contains(child)
        counts.append(len(differing(space, parent, child)))
    assert np.median(counts) == changes
    assert (
        sum(count > changes for count in counts) < 20
    )  # drawn anew, where the change was impossible


def test_steps_along_a_range_are_as_small_as_asked_for_but_never_nothing():
    space = SearchSpace.parse(
        {"units_1": {"integer": [8, 1000]}, "dropout_1": {"uniform": [0.0, 0.5]}}
    )
    parent, generator = (
        space.to_parameters({"units_1": 500, "dropout_1": 0.25}),
        np.random.default_rng(0),
    )
    for step, most in ((0.2, 900), (0.00001, 1)):
        children = [mutated(space, parent, generator, changes=2, step=step) for _ in range(100)]
        moves = [abs(child["units_1"] - 500) for child in children]
        assert 0 < max(moves) <= most
        assert min(moves) >= 1


def test_numbers_to_choose_from_change_to_their_neighbours():
    space = SearchSpace.parse({"batch_size": {"choice": [64, 8, 32, 16]}, "units_1": 4})
    generator = np.random.default_rng(0)
    parent = space.to_parameters({"batch_size": 16})
    children = {
        mutated(space, parent, generator, changes=1, step=0.1)["batch_size"] for _ in range(50)
    }
    assert children == {8, 32}


def test_evolution_forgets_the_best_once_it_is_old():
    space = SearchSpace.parse(
        {"learning_rate": {"loguniform": [1e-5, 1e-1]}, "cell": {"choice": ["lstm", "gru"]}}
    )
    generator = np.random.default_rng(0)
    old = [
        Observation(
            n, space.to_parameters({"learning_rate": 1e-5 * n, "cell": "gru"}), 0.0, "finished"
        )
        for n in range(1, 4)
    ]
    recent = [
        Observation(
            n,
            space.to_parameters({"learning_rate": generator.uniform(0.01, 0.1), "cell": "lstm"}),
            1.0,
            "finished",
        )
        for n in range(4, 4 + POPULATION)
    ]
    children = [suggest("evolution", space, seed, [], [*old, *recent], 40) for seed in range(30)]
    assert all(child["cell"] == "lstm" or child["learning_rate"] >= 0.01 for child in children)


def test_mutate_comes_closer_the_more_trials_have_ended():
    space = SearchSpace.parse(
        {"dropout_1": {"uniform": [0.0, 0.9]}, "learning_rate": {"loguniform": [1e-5, 1e-1]}}
    )
    best = space.to_parameters({"dropout_1": 0.45, "learning_rate": 1e-3})
    spread = []
    for count in (6, 120):
        rest = [row.parameters for row in drawn(ENDLESS, count)]
        told = [
            Observation(n + 2, {**best, **row, "dropout_1": 0.45}, 5.0 + n, "finished")
            for n, row in enumerate(rest)
        ]
        leaders = [Observation(n, best, 0.1, "finished") for n in (900, 901, 902)]
        children = [
            suggest("mutate", space, seed, [], [*told, *leaders], 999) for seed in range(40)
        ]
        spread.append(np.mean([abs(child["dropout_1"] - 0.45) for child in children]))
    assert spread[1] < spread[0] / 2


@pytest.mark.parametrize("strategy", ["evolution", "mutate"])
def test_they_are_better_than_random_draws(strategy):
    best = {
        name: np.median(
            [min(row.objective for row in searched(name, ENDLESS, 60, seed)) for seed in range(5)]
        )
        for name in (strategy, "random")
    }
    assert best[strategy] < best["random"]
