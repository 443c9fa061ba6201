"""Trials of a small search, for the tests of importance."""

from math import log10

import numpy as np

from app.domain.importance.objective_model import EvaluatedTrial
from app.domain.search_space.space import SearchSpace

SPACE = SearchSpace.parse(
    {
        "learning_rate": {"loguniform": [1e-4, 1e-1]},
        "units_1": {"integer": [8, 64]},
        "cell": {"choice": ["lstm", "gru"]},
        "batch_size": {"choice": [16, 32, 64, 128]},
    }
)


def rate_error(parameters) -> float:
    """Best at a learning rate of 0.003, and with gru."""
    rate = (log10(parameters["learning_rate"]) + 2.5) ** 2
    return 1 + rate + 0.2 * (parameters["cell"] == "lstm")


def evaluate(count: int, function=rate_error, space=SPACE, seed: int = 0) -> list[EvaluatedTrial]:
    generator = np.random.default_rng(seed)
    drawn = [space.sample(generator) for _ in range(count)]
    return [EvaluatedTrial(parameters, function(parameters)) for parameters in drawn]
