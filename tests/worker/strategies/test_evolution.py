"""The evolution strategy: children of recent trials."""

import numpy as np

from app.domain.search_space.space import SearchSpace
from tests.worker.strategies.searches import median_best
from worker.strategies import Observation, suggest
from worker.strategies.evolution import POPULATION_SIZE

SPACE = SearchSpace.parse(
    {"learning_rate": {"loguniform": [1e-5, 1e-1]}, "cell": {"choice": ["lstm", "gru"]}}
)


def ended(number: int, rate: float, cell: str, objective: float) -> Observation:
    parameters = SPACE.to_parameters({"learning_rate": rate, "cell": cell})
    return Observation(number, parameters, objective, "finished")


def test_evolution_forgets_the_best_once_it_is_old():
    generator = np.random.default_rng(0)
    old = [ended(number, 1e-5 * number, "gru", 0.0) for number in range(1, 4)]
    recent = [
        ended(number, generator.uniform(0.01, 0.1), "lstm", 1.0)
        for number in range(4, 4 + POPULATION_SIZE)
    ]

    children = [suggest("evolution", SPACE, seed, [], [*old, *recent], 40) for seed in range(30)]

    assert all(child["cell"] == "lstm" or child["learning_rate"] >= 0.01 for child in children)


def test_evolution_is_better_than_random_draws():
    assert median_best("evolution", trials=60, seeds=5) < median_best("random", trials=60, seeds=5)
