"""Searches for tests of strategies: spaces, an objective, and a search played through."""

from math import log10
from typing import Any

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
    value = (log10(float(parameters["learning_rate"])) + 2.5) ** 2 + (
        (float(parameters["units_1"]) - 40) / 30
    ) ** 2
    return value + 0.3 * float(parameters["recurrent_layers"])


def finished(number: int, parameters: Parameters) -> Observation:
    return Observation(number, parameters, objective(parameters), "finished")


def searched(
    strategy: str, document: dict[str, Any], trials: int, seed: int = 1
) -> list[Observation]:
    """Trials in order, each finished before the next one is asked for; it ends when nothing fresh is left."""
    space = SearchSpace.parse(document)
    observations: list[Observation] = []
    for number in range(1, trials + 1):
        found = suggest(strategy, space, seed, POINTS, observations, number)
        if found is None:
            break
        observations.append(finished(number, found))
    return observations


def drawn(document: dict[str, Any], trials: int, seed: int = 9) -> list[Observation]:
    """Finished trials at random points."""
    return searched("random", document, trials, seed)
