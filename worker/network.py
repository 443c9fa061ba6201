"""The built-in network: its configuration, its initial weights, and its form in Keras layers.

Weights travel as a list in the order of `keras.Model.get_weights()`: kernel, recurrent kernel and
bias of each recurrent layer, then kernel and bias of each dense layer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras


class Cell(StrEnum):
    """Kind of recurrent layer."""

    LSTM = "lstm"
    GRU = "gru"

    @property
    def gates(self) -> int:
        """How many gates a unit has."""
        if self == Cell.LSTM:
            return 4
        return 3


class Activation(StrEnum):
    """What a dense layer does to its sums."""

    LINEAR = "linear"
    SIGMOID = "sigmoid"
    RELU = "relu"


class Optimizer(StrEnum):
    """How gradients change weights."""

    SGD = "sgd"  # with Nesterov momentum
    RMSPROP = "rmsprop"
    ADAM = "adam"


@dataclass(frozen=True)
class RecurrentLayer:
    """One LSTM or GRU layer. The rates are fractions in [0, 1)."""

    units: int
    dropout: float  # of its outputs
    input_dropout: float
    recurrent_dropout: float  # of its state

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any], number: int) -> "RecurrentLayer":
        """Parse the parameters of one layer; numbers count from 1."""
        return cls(
            units=int(parameters[f"units_{number}"]),
            dropout=float(parameters[f"dropout_{number}"]),
            input_dropout=float(parameters[f"input_dropout_{number}"]),
            recurrent_dropout=float(parameters[f"recurrent_dropout_{number}"]),
        )


@dataclass(frozen=True)
class NetworkConfig:
    """The hyperparameters of the built-in network and of its training, but how long it trains."""

    cell: Cell
    recurrent_layers: tuple[RecurrentLayer, ...]
    dense_units: tuple[int, ...]  # of the hidden dense layers
    output_activation: Activation
    optimizer: Optimizer
    learning_rate: float
    batch_size: int
    time_steps: int  # rows in a window
    stateful: bool
    shuffle: bool
    horizon: int = 1  # outputs: rows predicted from each window

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any], horizon: int = 1) -> "NetworkConfig":
        """Parse the parameters of a trial, in which no active hyperparameter is missing."""
        recurrent_layers = []
        for number in range(1, int(parameters["recurrent_layers"]) + 1):
            recurrent_layers.append(RecurrentLayer.from_parameters(parameters, number))
        dense_units = []
        for number in range(1, int(parameters["dense_layers"]) + 1):
            dense_units.append(int(parameters[f"dense_units_{number}"]))
        return cls(
            cell=Cell(parameters["cell"]),
            recurrent_layers=tuple(recurrent_layers),
            dense_units=tuple(dense_units),
            output_activation=Activation(parameters["output_activation"]),
            optimizer=Optimizer(parameters["optimizer"]),
            learning_rate=float(parameters["learning_rate"]),
            batch_size=int(parameters["batch_size"]),
            time_steps=int(parameters["time_steps"]),
            stateful=bool(parameters["stateful"]),
            shuffle=bool(parameters["shuffle"]),
            horizon=horizon,
        )

    @property
    def has_dropout(self) -> bool:
        """Whether training draws any dropout mask."""
        if self.has_recurrent_dropout:
            return True
        return any(layer.dropout or layer.input_dropout for layer in self.recurrent_layers)

    @property
    def has_recurrent_dropout(self) -> bool:
        """Whether training draws masks of a layer's state."""
        return any(layer.recurrent_dropout for layer in self.recurrent_layers)


def initial_weights(config: NetworkConfig, features: int, seed: int) -> list[np.ndarray]:
    """Weights drawn as by Keras' default initialisers, float32.

    Kernels are Glorot uniform, recurrent kernels orthogonal, biases zero but the LSTM's forget
    gate's, which are 1.
    """
    generator = np.random.default_rng([seed, 0])
    weights = []
    width = features
    for layer in config.recurrent_layers:
        units = layer.units
        columns = units * config.cell.gates
        kernel = _draw_glorot(generator, (width, columns))
        recurrent_kernel = _draw_orthogonal(generator, (units, columns))
        bias = _recurrent_bias(config.cell, units)
        weights += [kernel, recurrent_kernel, bias]
        width = units
    for units in (*config.dense_units, config.horizon):
        kernel = _draw_glorot(generator, (width, units))
        bias = np.zeros(units, np.float32)
        weights += [kernel, bias]
        width = units
    return weights


def _draw_glorot(generator: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Uniform on ±sqrt(6 / (inputs + outputs)) (Glorot and Bengio 2010)."""
    inputs, outputs = shape
    limit = np.sqrt(6 / (inputs + outputs))
    weights = generator.uniform(-limit, limit, shape)
    return weights.astype(np.float32)


def _draw_orthogonal(generator: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Orthonormal rows of a wide matrix, or columns of a tall one (Saxe et al. 2014).

    The Q of the QR decomposition of a normal matrix, with the signs of R's diagonal.
    """
    rows, columns = shape
    tall_shape = (max(shape), min(shape))
    normal = generator.normal(size=tall_shape)
    q, r = np.linalg.qr(normal)
    diagonal = np.diag(r)
    q *= np.sign(diagonal)
    if rows < columns:
        q = q.T
    return np.ascontiguousarray(q, np.float32)


def _recurrent_bias(cell: Cell, units: int) -> np.ndarray:
    """LSTM: (4 units,) with the second gate's, the forget gate's, at 1. GRU: (2, 3 units)."""
    if cell == Cell.GRU:
        return np.zeros((2, 3 * units), np.float32)
    bias = np.zeros(4 * units, np.float32)
    bias[units : 2 * units] = 1.0
    return bias


def build_model(
    config: NetworkConfig, features: int, *, keep_states: bool = False
) -> "keras.Model":
    """The network in stock Keras layers: (batch, time_steps, features) to (batch, horizon).

    It is stateless and takes batches of any size, unless it is to keep states and the configuration
    is stateful: then it takes batches of `config.batch_size`.
    """
    import keras

    stateful = config.stateful and keep_states
    batch_size = config.batch_size if stateful else None
    recurrent_types = {
        Cell.LSTM: keras.layers.LSTM,
        Cell.GRU: keras.layers.GRU,
    }
    recurrent_type = recurrent_types[config.cell]
    batch_shape = (batch_size, config.time_steps, features)
    layers: list[Any] = [keras.Input(batch_shape=batch_shape)]
    for number, layer in enumerate(config.recurrent_layers, start=1):
        recurrent = recurrent_type(
            layer.units,
            dropout=layer.input_dropout,
            recurrent_dropout=layer.recurrent_dropout,
            return_sequences=number < len(config.recurrent_layers),
            stateful=stateful,
        )
        layers.append(recurrent)
        layers.append(keras.layers.Dropout(layer.dropout))
    for units in config.dense_units:
        layers.append(keras.layers.Dense(units, activation="relu"))
    layers.append(keras.layers.Dense(config.horizon, activation=config.output_activation.value))
    return keras.Sequential(layers)


def build_trained_model(
    config: NetworkConfig, features: int, weights: Sequence[np.ndarray]
) -> "keras.Model":
    """The trained network to hand over: stock Keras layers, stateless, with these weights."""
    model = build_model(config, features)
    arrays = [np.asarray(weight) for weight in weights]
    model.set_weights(arrays)
    return model
