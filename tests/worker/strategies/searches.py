"""Searches for tests of strategies: spaces, an objective, and a search played through."""

from math import log10
from typing import Any

import numpy as np

from app.domain.search_space.parameters import Parameters, with_defaults
from app.domain.search_space.space import SearchSpace
from worker.strategies import Observation, suggest

ENDLESS: dict[str, Any] = {
    "recurrent_layers": {"choice": [1, 2]},
    "units_1": {"integer": [8, 64]},
    "units_2": {"integer": [8, 32], "step": 8},
    "dropout_2": {"uniform": [0.0, 0.5]},
    "cell": {"choice": ["lstm", "gru"]},
    "recurrent_dropout_1": {"uniform": [0.0, 0.5], "when": {"cell": "gru"}},
    "learning_rate": {"loguniform": [1e-5, 1e-1]},
    "batch_size": {"loguniform": [16, 128]},
    "stateful": {"choice": [True, False]},
    "shuffle": {"choice": [True, False]},
}
COUNTED: dict[str, Any] = {
    "recurrent_layers": {"choice": [1, 2]},
    "units_2": {"choice": [8, 16, 32]},
    "optimizer": {"choice": ["sgd", "rmsprop", "adam"]},
    "stateful": {"choice": [True, False]},
    "shuffle": {"choice": [True, False]},
}  # 36 possible combinations
POINTS = [with_defaults({"units_1": units}) for units in range(8, 600)]


def objective(parameters: Parameters) -> float:
    """Best at a learning rate of 0.003 and 40 units, with one layer."""
    rate_error = log10(float(parameters["learning_rate"])) + 2.5
    units_error = (float(parameters["units_1"]) - 40) / 30
    layers = float(parameters["recurrent_layers"])
    return rate_error**2 + units_error**2 + 0.3 * layers


def finished(number: int, parameters: Parameters) -> Observation:
    return Observation(number, parameters, objective(parameters), "finished")


def searched(
    strategy: str, document: dict[str, Any], trials: int, seed: int = 1
) -> list[Observation]:
    """Trials in order, each finished before the next is asked for, until no untried are left."""
    space = SearchSpace.parse(document)
    observations: list[Observation] = []
    for number in range(1, trials + 1):
        parameters = suggest(strategy, space, seed, POINTS, observations, number)
        if parameters is None:
            break
        observations.append(finished(number, parameters))
    return observations


def drawn(document: dict[str, Any], trials: int, seed: int = 9) -> list[Observation]:
    """Finished trials at random points."""
    return searched("random", document, trials, seed)


def median_best(strategy: str, trials: int, seeds: int) -> float:
    """The best objective of a search in the endless space, its median over seeds."""
    best = [
        min(row.objective for row in searched(strategy, ENDLESS, trials, seed))
        for seed in range(seeds)
    ]
    return float(np.median(best))
