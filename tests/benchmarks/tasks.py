"""What the strategies are measured on: three functions that stand in for networks, and a table of real trainings.

`mixed` and `conditional` are exact, `noisy` is `mixed` with noise, judged by the true value of the trial that looks
best. The best value of each is 0. `real` is looked up in tests/benchmarks/data; its values are dollars.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import log10
from typing import Any

import numpy as np

from app.domain.search_space.parameters import Parameters
from tests.benchmarks import real_results

Function = Callable[
    [Parameters, np.random.Generator], tuple[float, float]
]  # what is seen, what is true


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
    """A valley whose place depends on the optimizer; units and dropout go together."""
    best = {"sgd": -1.7, "rmsprop": -3.3, "adam": -2.8}[str(parameters["optimizer"])]
    rate = log10(float(parameters["learning_rate"])) - best
    dropout = float(parameters["dropout_1"]) - 0.1 - 0.003 * (float(parameters["units_1"]) - 40)
    units = (float(parameters["units_1"]) - 72) / 60
    worse = {"sgd": 0.3, "rmsprop": 0.05, "adam": 0.0}[str(parameters["optimizer"])]
    worse += {16: 0.1, 32: 0.0, 64: 0.04, 128: 0.15}[int(parameters["batch_size"])]
    worse += {10: 0.12, 20: 0.03, 30: 0.0, 60: 0.06}[int(parameters["time_steps"])]
    value = 0.4 * rate**2 + 3 * dropout**2 + 0.3 * units**2 + worse
    return value, value


def noisy(parameters: Parameters, generator: np.random.Generator) -> tuple[float, float]:
    """`mixed`, seen through noise."""
    value, _ = mixed(parameters, generator)
    return value + 0.1 * float(generator.normal()), value


def conditional(parameters: Parameters, generator: np.random.Generator) -> tuple[float, float]:
    """Two layers are best once their own settings are right; a learning rate too high diverges."""
    layers = int(parameters["recurrent_layers"])
    value = {1: 0.25, 2: 0.0, 3: 0.12}[layers] + 0.3 * (
        (float(parameters["units_1"]) - 90) / 60
    ) ** 2
    value += 0.3 * (log10(float(parameters["learning_rate"])) + 2.5 + 0.4 * layers) ** 2
    if layers > 1:
        value += (
            0.5 * ((float(parameters["units_2"]) - 40) / 60) ** 2
            + 2 * (float(parameters["dropout_2"]) - 0.3) ** 2
        )
    if layers > 2:
        value += (
            0.5 * ((float(parameters["units_3"]) - 20) / 60) ** 2
            + 2 * (float(parameters["dropout_3"]) - 0.1) ** 2
        )
    if parameters["cell"] == "gru":
        value += 0.1 + (float(parameters["recurrent_dropout_1"]) - 0.2) ** 2
    return (float("nan") if log10(float(parameters["learning_rate"])) > -1.3 else value), value


def real(parameters: Parameters, generator: np.random.Generator) -> tuple[float, float]:
    """The objective of a training that was made."""
    value = real_results.objective(parameters)
    return value, value


TASKS = {
    "mixed": Task(MIXED, mixed),
    "conditional": Task(CONDITIONAL, conditional),
    "noisy": Task(MIXED, noisy),
    "real": Task(real_results.SPACE, real),
}
