"""The Gaussian process strategy: coordinates, what it learns from, better than random draws."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from app.domain.search_space.encoding import SpaceEncoder
from app.domain.search_space.space import SearchSpace
from tests.worker.strategies.searches import ENDLESS, objective, searched
from worker.strategies import Observation, suggest
from worker.strategies.gaussian_process import Process
from worker.strategies.gp import HOPES, TOLD, gains, neighbour, steadied, telling


def test_failures_count_as_the_worst_and_outliers_are_pulled_in():
    steady = steadied([1.0, 2.0, 3.0, 4.0, 1e9, None])
    assert steady[4] == steady[5] == steady.max()
    assert steady[3] - steady[0] > 0.3
    assert steady.mean() == pytest.approx(0)


def test_of_many_trials_the_best_and_the_latest_are_learnt():
    rows = [Observation(n, {}, float(n), "finished") for n in range(1, 1001)]
    chosen = telling(rows)
    assert len(chosen) == TOLD
    assert {row.number for row in chosen} == {
        *range(1, TOLD // 2 + 1),
        *range(1001 - TOLD // 2, 1001),
    }


def test_neighbours_lie_in_the_space_and_mostly_share_their_values():
    space, generator = SearchSpace.parse(ENDLESS), np.random.default_rng(0)
    point = space.sample(generator)
    found = [neighbour(space, point, generator, 0.1) for _ in range(50)]
    assert all(space.contains(row) for row in found)
    same = [
        sum(row.get(name) == value for name, value in point.items()) / len(point) for row in found
    ]
    assert np.mean(same) > 0.8


@pytest.mark.slow
def test_the_gaussian_process_is_better_than_random_draws():
    best = {
        strategy: np.median(
            [
                min(row.objective for row in searched(strategy, ENDLESS, 25, seed))
                for seed in range(3)
            ]
        )
        for strategy in ("gp", "random")
    }
    assert best["gp"] < best["random"]


def test_a_small_space_is_solved_early():
    document = {
        "units_1": {"choice": list(range(8, 68, 4))},
        "learning_rate": {"choice": [0.03, 0.003, 0.0003]},
    }
    best = min(objective(parameters) for parameters in SearchSpace.parse(document).grid())
    tries = [
        [row.objective for row in searched("gp", document, 45, seed)].index(best)
        for seed in range(5)
    ]
    assert np.median(tries) < 15  # of 45 combinations


@pytest.mark.slow
def test_a_trial_in_flight_has_to_be_improved_on():
    """Else everything near one that is believed to become the best would be a gain."""
    space = SearchSpace.parse(ENDLESS)
    for seed in range(4):
        flying = searched("gp", ENDLESS, 12, seed)
        for number in range(13, 21):
            flying.append(
                Observation(number, suggest("gp", space, seed, [], flying, number), None, "pending")
            )
        points = SpaceEncoder(space).encode([row.parameters for row in flying[12:]])
        assert pdist(points).min() > 0.1


@pytest.mark.parametrize(("noise", "chosen"), [(1e-6, [1.0, 1.0]), (0.1, [0.3, 1.0])])
def test_under_noise_what_is_believed_and_what_is_possible_count_in_turn(noise, chosen):
    """Measured up to 0.4 and least at 0.3; beyond it nothing is known."""
    points = np.linspace(0, 0.4, 9)[:, None]
    model = Process(
        points, 8 * np.abs(points[:, 0] - 0.3) - 1, np.log([0.3, 0.5, 0.5, noise]), [[0]]
    )
    places = np.array([[0.0], [0.2], [0.3], [0.5], [1.0]])
    found = [float(places[np.argmax(gains(model, places, -1.0, hope)), 0]) for hope in HOPES]
    assert found == chosen
