"""Trains on the fused kernels: holds the tensors of one network and feeds them to traced functions."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from worker import network
from worker.engines.fused import graphs, kernels
from worker.engines.optimizers import SLOTS
from worker.engines.state import EngineState, cut, flattened
from worker.network import Parameters
from worker.windows import Prepared

JUDGED_AT_ONCE = 512  # rows of a prediction


class FusedEngine:
    """An LSTM network on BlockLSTM, one graph an epoch."""

    def __init__(self, parameters: Parameters, prepared: Prepared, seed: int) -> None:
        self.shape = kernels.structure(parameters)
        self.series = (tf.constant(prepared.inputs), tf.constant(prepared.targets))
        self.units = tf.constant(network.units(parameters), tf.int32)
        self.batch = tf.constant(parameters["batch_size"], tf.int32)
        self.time_steps = tf.constant(parameters["time_steps"], tf.int32)
        self.rate = tf.constant(parameters["learning_rate"], tf.float32)
        self.rates = tf.constant(
            [network.rates(parameters, kind) for kind in ("input_dropout", "dropout")], tf.float32
        )
        self.seed = tf.constant(seed, tf.int64)
        self.iteration = 0
        weights = network.initial_weights(parameters, prepared.inputs.shape[1], seed)
        self.pieces = [piece.shape for piece in kernels.pack(weights, self.shape.recurrent_layers)]
        self.layout = self._layout()
        self.flat = self._flat(weights)
        self.slots = (tf.zeros_like(self.flat),) * SLOTS[self.shape.optimizer]
        self.states = self._zero_states() if self.shape.stateful else ()

    def _layout(self) -> tuple[tf.Tensor, ...]:
        shapes = [shape if len(shape) == 2 else (1, *shape) for shape in self.pieces]
        return tf.constant([np.prod(shape) for shape in shapes], tf.int32), tf.constant(
            shapes, tf.int32
        )

    def _flat(self, weights: Sequence[np.ndarray]) -> tf.Tensor:
        return tf.constant(flattened(kernels.pack(weights, self.shape.recurrent_layers)))

    def _zero_states(self) -> tuple[kernels.State, ...]:
        empty = [tf.zeros([self.batch, units]) for units in self.units.numpy()]
        return tuple((zeros, zeros) for zeros in empty)

    def train(self, rows: np.ndarray) -> float:
        """One epoch over these rows, whole batches in this order; the mean training loss."""
        loss, self.flat, self.slots, self.states = graphs.training_epoch(self.shape)(
            self.series, self.layout, self.units, tf.constant(rows), self.batch, self.time_steps, self.flat, self.slots,
            tf.constant(self.iteration, tf.int64), self.rate, self.rates, self.seed, self.states,
        )  # fmt: skip
        self.iteration += len(rows) // int(self.batch)
        return float(loss)

    def carry_through(self, rows: np.ndarray) -> float:
        """The loss over these rows as a stateful network meets them after training: its states go on."""
        loss, self.states = graphs.carried_validation(self.shape)(
            self.series,
            self.layout,
            tf.constant(rows),
            self.batch,
            self.time_steps,
            self.flat,
            self.states,
        )
        return float(loss)

    def predict(self, rows: np.ndarray, weights: Sequence[np.ndarray] | None = None) -> np.ndarray:
        """Network outputs (rows,), float32, from these weights or the present ones, states fresh."""
        flat = self.flat if weights is None else self._flat(weights)
        predict = graphs.prediction(self.shape)
        chunks = [
            rows[start : start + JUDGED_AT_ONCE] for start in range(0, len(rows), JUDGED_AT_ONCE)
        ]
        predicted = [
            predict(
                self.series[0], self.layout, self.units, tf.constant(chunk), self.time_steps, flat
            )
            for chunk in chunks
        ]
        return np.concatenate([np.zeros(0, np.float32), *(chunk.numpy() for chunk in predicted)])

    def weights(self) -> list[np.ndarray]:
        """The weights in Keras' order."""
        return self._unpacked(self.flat)

    def _unpacked(self, flat: tf.Tensor) -> list[np.ndarray]:
        return kernels.unpack(cut(flat.numpy(), self.pieces), self.shape.recurrent_layers)

    def state(self) -> EngineState:
        """All that the next epoch depends on."""
        states = [part.numpy() for cell, output in self.states for part in (output, cell)]
        return EngineState(
            self.iteration, self.weights(), [self._unpacked(slot) for slot in self.slots], states
        )

    def load(self, state: EngineState) -> None:
        """The inverse of `state`."""
        self.iteration, self.flat = state.iteration, self._flat(state.weights)
        self.slots = tuple(self._flat(slot) for slot in state.slots)
        parts = [tf.constant(part) for part in state.states]
        self.states = tuple(zip(parts[1::2], parts[::2], strict=True))

    def close(self) -> None:
        """Nothing to free: tensors go with the object, and traces serve the next training."""
