"""What the strategies are measured on: three functions in place of networks, and real trainings.

`mixed` and `conditional` are exact. `noisy` is `mixed` with noise, scored by the true value of the
trial that looks best. The best value of each is 0. `real` is looked up in tests/benchmarks/data;
its values are dollars.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import log10
from typing import Any

import numpy as np

from app.domain.search_space.parameters import Parameters
from tests.benchmarks import real_results

# Returns the value that a search sees and the true value. A NaN means that the trial diverged.
Function = Callable[[Parameters, np.random.Generator], tuple[float, float]]


@dataclass(frozen=True)
class Task:
    """A space and a function on it."""

    space: dict[str, Any]
    function: Function


MIXED = {
    "learning_rate": {"loguniform": [1e-5, 1e-1]},
    "dropout_1": {"uniform": [0.0, 0.6]},
    "units_1": {"integer": [8, 128]},
    "batch_size": {"choice": [16, 32, 64, 128]},
    "optimizer": {"choice": ["sgd", "rmsprop", "adam"]},
    "time_steps": {"choice": [10, 20, 30, 60]},
}
CONDITIONAL = {
    "recurrent_layers": {"choice": [1, 2, 3]},
    "units_1": {"integer": [8, 128]},
    "units_2": {"integer": [8, 128]},
    "units_3": {"integer": [8, 128]},
    "dropout_2": {"uniform": [0.0, 0.6]},
    "dropout_3": {"uniform": [0.0, 0.6]},
    "learning_rate": {"loguniform": [1e-5, 1e-1]},
    "cell": {"choice": ["lstm", "gru"]},
    "recurrent_dropout_1": {"uniform": [0.0, 0.6], "when": {"cell": "gru"}},
}


def mixed(parameters: Parameters, generator: np.random.Generator) -> tuple[float, float]:
    """A valley. The best learning rate depends on the optimizer, the best dropout on the units."""
    optimizer = str(parameters["optimizer"])
    units = float(parameters["units_1"])
    best_rate = {"sgd": -1.7, "rmsprop": -3.3, "adam": -2.8}[optimizer]
    rate_error = log10(float(parameters["learning_rate"])) - best_rate
    dropout_error = float(parameters["dropout_1"]) - 0.1 - 0.003 * (units - 40)
    units_error = (units - 72) / 60
    loss = {"sgd": 0.3, "rmsprop": 0.05, "adam": 0.0}[optimizer]
    loss += {16: 0.1, 32: 0.0, 64: 0.04, 128: 0.15}[int(parameters["batch_size"])]
    loss += {10: 0.12, 20: 0.03, 30: 0.0, 60: 0.06}[int(parameters["time_steps"])]
    value = 0.4 * rate_error**2 + 3 * dropout_error**2 + 0.3 * units_error**2 + loss
    return value, value


def noisy(parameters: Parameters, generator: np.random.Generator) -> tuple[float, float]:
    """`mixed`, seen through noise."""
    value, _ = mixed(parameters, generator)
    return value + 0.1 * float(generator.normal()), value


def conditional(parameters: Parameters, generator: np.random.Generator) -> tuple[float, float]:
    """Two layers are best once their own hyperparameters are right.

    A learning rate that is too high diverges.
    """
    layers = int(parameters["recurrent_layers"])
    log_rate = log10(float(parameters["learning_rate"]))
    value = {1: 0.25, 2: 0.0, 3: 0.12}[layers] + 0.3 * _units_error(parameters, 1, best=90)
    value += 0.3 * (log_rate + 2.5 + 0.4 * layers) ** 2
    if layers > 1:
        dropout_error = (float(parameters["dropout_2"]) - 0.3) ** 2
        value += 0.5 * _units_error(parameters, 2, best=40) + 2 * dropout_error
    if layers > 2:
        dropout_error = (float(parameters["dropout_3"]) - 0.1) ** 2
        value += 0.5 * _units_error(parameters, 3, best=20) + 2 * dropout_error
    if parameters["cell"] == "gru":
        value += 0.1 + (float(parameters["recurrent_dropout_1"]) - 0.2) ** 2
    has_diverged = log_rate > -1.3
    return float("nan") if has_diverged else value, value


def _units_error(parameters: Parameters, layer: int, best: float) -> float:
    """The squared distance of a layer's units to the best number."""
    return ((float(parameters[f"units_{layer}"]) - best) / 60) ** 2


def real(parameters: Parameters, generator: np.random.Generator) -> tuple[float, float]:
    """The objective of a training in the table."""
    value = real_results.look_up_objective(parameters)
    return value, value


TASKS = {
    "mixed": Task(MIXED, mixed),
    "conditional": Task(CONDITIONAL, conditional),
    "noisy": Task(MIXED, noisy),
    "real": Task(real_results.SPACE, real),
}
