"""The mutate strategy: neighbours of the best trials, closer and closer."""

import numpy as np

from app.domain.search_space.space import SearchSpace
from tests.worker.strategies.searches import ENDLESS, drawn, median_best
from worker.strategies import Observation, suggest

SPACE = SearchSpace.parse(
    {"dropout_1": {"uniform": [0.0, 0.9]}, "learning_rate": {"loguniform": [1e-5, 1e-1]}}
)
BEST = SPACE.to_parameters({"dropout_1": 0.45, "learning_rate": 1e-3})


def mean_move(n_trials: int) -> float:
    """How far children lie from the best of so many trials, on average."""
    points = [{**BEST, **row.parameters, "dropout_1": 0.45} for row in drawn(ENDLESS, n_trials)]
    others = [
        Observation(index + 2, point, 5.0 + index, "finished") for index, point in enumerate(points)
    ]
    leaders = [Observation(number, BEST, 0.1, "finished") for number in (900, 901, 902)]
    history = [*others, *leaders]
    children = [suggest("mutate", SPACE, seed, [], history, 999) for seed in range(40)]
    return float(np.mean([abs(child["dropout_1"] - 0.45) for child in children]))


def test_mutate_comes_closer_the_more_trials_have_ended():
    assert mean_move(120) < mean_move(6) / 2


def test_mutate_is_better_than_random_draws():
    assert median_best("mutate", trials=60, seeds=5) < median_best("random", trials=60, seeds=5)
