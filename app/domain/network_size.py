"""How large the built-in network of a trial is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.model_inputs import list_shifts

GATES_AND_BIASES = {"lstm": (4, 1), "gru": (3, 2)}  # as Keras has them
NO_EXTRA_INPUT = "none"


@dataclass(frozen=True)
class DataShape:
    """What the size of a network follows from beside its parameters.

    features: columns of the dataset, the target included; known_ahead: those of them that are known
    for the rows to forecast. seasons, cycles: how many the dataset has. horizon: rows forecast.
    """

    features: int
    known_ahead: int = 0
    seasons: int = 0
    cycles: int = 0
    horizon: int = 1


def units_of_layers(parameters: Mapping[str, Any]) -> list[int]:
    """The units of each recurrent layer; none for a custom model."""
    if "cell" not in parameters:
        return []
    n_layers = int(parameters.get("recurrent_layers", 1))
    return [int(parameters[f"units_{layer}"]) for layer in range(1, n_layers + 1)]


def count_inputs(parameters: Mapping[str, Any], shape: DataShape) -> int:
    """How many numbers the network sees of each row: see worker.windows.prepare."""
    shifts = list_shifts(shape.horizon, int(parameters["time_steps"]))
    inputs = shape.features + shape.known_ahead * len(shifts)
    if parameters.get("season_lags", NO_EXTRA_INPUT) != NO_EXTRA_INPUT:
        inputs += shape.seasons * len(shifts)
    if parameters.get("calendar", NO_EXTRA_INPUT) != NO_EXTRA_INPUT:
        inputs += 2 * shape.cycles
    return inputs


def count_weights(parameters: Mapping[str, Any], shape: DataShape) -> int:
    """How many weights the built-in network has: Keras' count_params."""
    gates, biases = GATES_AND_BIASES[str(parameters["cell"])]
    inputs = count_inputs(parameters, shape)
    weights = 0
    for units in units_of_layers(parameters):
        weights += gates * units * (units + inputs + biases)
        inputs = units
    n_dense = int(parameters.get("dense_layers", 0))
    dense_units = [int(parameters[f"dense_units_{layer}"]) for layer in range(1, n_dense + 1)]
    for units in [*dense_units, shape.horizon]:
        weights += units * (inputs + 1)
        inputs = units
    return weights
