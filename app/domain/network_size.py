"""How large the built-in network of a trial is."""

from collections.abc import Mapping
from typing import Any

GATES_AND_BIASES = {"lstm": (4, 1), "gru": (3, 2)}  # as Keras has them


def units_of_layers(parameters: Mapping[str, Any]) -> list[int]:
    """The units of each recurrent layer; none for a custom model."""
    if "cell" not in parameters:
        return []
    n_layers = int(parameters.get("recurrent_layers", 1))
    return [int(parameters[f"units_{layer}"]) for layer in range(1, n_layers + 1)]


def count_weights(parameters: Mapping[str, Any], features: int) -> int:
    """How many weights the built-in network has, with so many input columns."""
    gates, biases = GATES_AND_BIASES[str(parameters["cell"])]
    inputs = features
    weights = 0
    for units in units_of_layers(parameters):
        weights += gates * units * (units + inputs + biases)
        inputs = units
    n_dense = int(parameters.get("dense_layers", 0))
    dense_units = [int(parameters[f"dense_units_{layer}"]) for layer in range(1, n_dense + 1)]
    for units in [*dense_units, 1]:
        weights += units * (inputs + 1)
        inputs = units
    return weights
