"""What a network is made of: its engine, its weights at the start, and the same network in plain Keras layers.

Weights travel as a list in the order of `keras.Model.get_weights()`: kernel, recurrent kernel and bias of each
recurrent layer, then kernel and bias of each dense layer.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras

Parameters = Mapping[str, Any]
GATES = {"lstm": 4, "gru": 3}


def which_engine(parameters: Parameters, gpus: int, compiler: bool = True) -> tuple[str, str]:
    """Which engine trains these parameters on a machine with so many GPUs, and why in one sentence."""
    if gpus:
        return "keras", "A GPU is there, so stock Keras trains with its cuDNN kernels."
    if compiler:
        return (
            "native",
            "No GPU is there, so native code trains: the numbers of Keras, several times faster.",
        )
    if parameters["cell"] == "lstm" and not any(rates(parameters, "recurrent_dropout")):
        return "fused", "Numba is missing, so the LSTM runs on TensorFlow's fused CPU kernel."
    return (
        "keras",
        "Numba is missing, and the fused CPU kernel knows neither GRU cells nor recurrent dropout.",
    )


def units(parameters: Parameters) -> list[int]:
    """Units of each recurrent layer."""
    return [
        int(parameters[f"units_{layer}"]) for layer in range(1, parameters["recurrent_layers"] + 1)
    ]


def dense_units(parameters: Parameters) -> list[int]:
    """Units of each hidden dense layer."""
    return [
        int(parameters[f"dense_units_{layer}"])
        for layer in range(1, parameters["dense_layers"] + 1)
    ]


def rates(parameters: Parameters, name: str) -> list[float]:
    """One kind of dropout rate of each recurrent layer: `dropout`, `input_dropout` or `recurrent_dropout`."""
    return [
        float(parameters[f"{name}_{layer}"])
        for layer in range(1, parameters["recurrent_layers"] + 1)
    ]


def initial_weights(parameters: Parameters, features: int, seed: int) -> list[np.ndarray]:
    """Weights as Keras' default initialisers draw them (Glorot uniform, orthogonal, zeros, forget bias 1)."""
    generator = np.random.default_rng([seed, 0])
    weights, width, cell = [], features, str(parameters["cell"])
    for count in units(parameters):
        weights.append(_glorot(generator, (width, count * GATES[cell])))
        weights.append(_orthogonal(generator, (count, count * GATES[cell])))
        weights.append(_recurrent_bias(cell, count))
        width = count
    for count in [*dense_units(parameters), 1]:
        weights += [_glorot(generator, (width, count)), np.zeros(count, np.float32)]
        width = count
    return weights


def _glorot(generator: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    limit = np.sqrt(6 / sum(shape))
    return generator.uniform(-limit, limit, shape).astype(np.float32)


def _orthogonal(generator: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Orthogonal rows of a wide matrix: the Q of a normal one, signs by R's diagonal (Saxe et al. 2014)."""
    wide, triangle = np.linalg.qr(generator.normal(size=(max(shape), min(shape))))
    wide *= np.sign(np.diag(triangle))
    return np.ascontiguousarray(wide.T if shape[0] < shape[1] else wide, np.float32)


def _recurrent_bias(cell: str, count: int) -> np.ndarray:
    if cell == "gru":
        return np.zeros((2, 3 * count), np.float32)
    bias = np.zeros(4 * count, np.float32)
    bias[count : 2 * count] = 1.0
    return bias


def build(parameters: Parameters, features: int, *, batch_size: int | None = None) -> "keras.Model":
    """The network in stock Keras layers; with a batch size it is stateful where the parameters say so."""
    import keras

    stateful = bool(parameters["stateful"]) and batch_size is not None
    shape = (batch_size if stateful else None, int(parameters["time_steps"]), features)
    layers: list[Any] = [keras.Input(batch_shape=shape)]
    for layer in range(1, parameters["recurrent_layers"] + 1):
        layers.append(_recurrent_layer(parameters, layer, stateful))
        layers.append(keras.layers.Dropout(parameters[f"dropout_{layer}"]))
    layers += [keras.layers.Dense(count, activation="relu") for count in dense_units(parameters)]
    layers.append(keras.layers.Dense(1, activation=parameters["output_activation"]))
    return keras.Sequential(layers)


def _recurrent_layer(parameters: Parameters, layer: int, stateful: bool) -> "keras.Layer":
    import keras

    kind = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[parameters["cell"]]
    return kind(
        int(parameters[f"units_{layer}"]),
        dropout=parameters[f"input_dropout_{layer}"],
        recurrent_dropout=parameters[f"recurrent_dropout_{layer}"],
        return_sequences=layer < parameters["recurrent_layers"],
        stateful=stateful,
    )


def plain_model(
    parameters: Parameters, features: int, weights: Sequence[np.ndarray]
) -> "keras.Model":
    """The trained network to take home: stock Keras layers, stateless, input (None, time_steps, features)."""
    model = build(parameters, features)
    model.set_weights([np.asarray(weight) for weight in weights])
    return model
