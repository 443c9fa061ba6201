"""Trains stock Keras layers, for GPUs and for what the fused kernels do not know; an epoch is still one graph."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from worker import network
from worker.engines.fused import graphs
from worker.engines.optimizers import keras_optimizer, keras_slots
from worker.engines.state import EngineState
from worker.network import Parameters
from worker.windows import Prepared

JUDGED_AT_ONCE = 1024  # rows of a prediction


class KerasEngine:
    """Any network in stock Keras layers."""

    def __init__(self, parameters: Parameters, prepared: Prepared, seed: int) -> None:
        self.seed, self.batch, features = (
            seed,
            int(parameters["batch_size"]),
            prepared.inputs.shape[1],
        )
        self.inputs, self.targets = tf.constant(prepared.inputs), tf.constant(prepared.targets)
        self.steps_back = tf.range(-int(parameters["time_steps"]), 0)
        self.model = network.build(parameters, features, batch_size=self.batch)
        self.judge = network.build(parameters, features)
        self.model.set_weights(network.initial_weights(parameters, features, seed))
        self.kind = str(parameters["optimizer"])
        self.optimizer = keras_optimizer(self.kind, parameters["learning_rate"])
        self.optimizer.build(self.model.trainable_variables)
        rows = tf.TensorSpec([None], tf.int32)
        self._train, self._carry, self._predict = (
            tf.function(function, input_signature=[rows], autograph=False)
            for function in (self._train_graph, self._carry_graph, self._predict_graph)
        )

    def _batch_of(self, rows: tf.Tensor, index: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        now = rows[index * self.batch : (index + 1) * self.batch]
        now = tf.ensure_shape(now, [self.batch])
        return tf.gather(self.inputs, now[:, None] + self.steps_back), tf.gather(self.targets, now)

    def _loop(self, rows: tf.Tensor, loss_of: Any) -> tf.Tensor:
        """The mean of `loss_of(x, y)` over all batches, one after the other."""
        count = tf.shape(rows)[0] // self.batch

        def body(index: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            return index + 1, total + loss_of(*self._batch_of(rows, index))

        total = tf.while_loop(lambda index, _: index < count, body, (0, 0.0))[1]
        return total / tf.cast(count, tf.float32)

    def _train_graph(self, rows: tf.Tensor) -> tf.Tensor:
        graphs.count_trace()

        def loss_of(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
            with tf.GradientTape() as tape:
                loss = self._loss(self.model, x, y, training=True)
            gradients = tape.gradient(loss, self.model.trainable_variables)
            self.optimizer.apply(gradients, self.model.trainable_variables)
            return loss

        return self._loop(rows, loss_of)

    def _carry_graph(self, rows: tf.Tensor) -> tf.Tensor:
        graphs.count_trace()
        return self._loop(rows, lambda x, y: self._loss(self.model, x, y, training=False))

    def _predict_graph(self, rows: tf.Tensor) -> tf.Tensor:
        graphs.count_trace()
        return self.judge(tf.gather(self.inputs, rows[:, None] + self.steps_back), training=False)[
            :, 0
        ]

    @staticmethod
    def _loss(model: "keras.Model", x: tf.Tensor, y: tf.Tensor, training: bool) -> tf.Tensor:
        return tf.reduce_mean(tf.math.squared_difference(model(x, training=training)[:, 0], y))

    def train(self, rows: np.ndarray) -> float:
        """One epoch over these rows, whole batches in this order; the mean training loss."""
        self._seed_masks()
        return float(self._train(tf.constant(rows)))

    def _seed_masks(self) -> None:
        """Dropout depends on the seed and the steps done, so that a resumed training draws the same masks."""
        for place, generator in enumerate(self._seed_generators()):
            numbers = np.random.SeedSequence(
                [self.seed, int(self.optimizer.iterations), place]
            ).generate_state(2)
            generator.state.assign(numbers.astype(generator.state.dtype))

    def _seed_generators(self) -> list["keras.random.SeedGenerator"]:
        found = []
        for layer in self.model.layers:
            owner = getattr(layer, "cell", layer)
            found += (
                [owner.seed_generator] if getattr(owner, "seed_generator", None) is not None else []
            )
        return found

    def carry_through(self, rows: np.ndarray) -> float:
        """The loss over these rows as a stateful network meets them after training: its states go on."""
        return float(self._carry(tf.constant(rows)))

    def predict(self, rows: np.ndarray, weights: Sequence[np.ndarray] | None = None) -> np.ndarray:
        """Network outputs (rows,), float32, from these weights or the present ones, states fresh."""
        self.judge.set_weights(self.weights() if weights is None else list(weights))
        chunks = [
            rows[start : start + JUDGED_AT_ONCE] for start in range(0, len(rows), JUDGED_AT_ONCE)
        ]
        return np.concatenate(
            [np.zeros(0, np.float32), *(self._predict(tf.constant(chunk)) for chunk in chunks)]
        )

    def weights(self) -> list[np.ndarray]:
        """The weights in Keras' order."""
        return [variable.numpy() for variable in self.model.trainable_variables]

    def _states(self) -> list["keras.Variable"]:
        """h (and c) of each layer that keeps them."""
        return [
            state for layer in self.model.layers for state in (getattr(layer, "states", None) or [])
        ]

    def state(self) -> EngineState:
        """All that the next epoch depends on."""
        slots = [[item.numpy() for item in slot] for slot in keras_slots(self.kind, self.optimizer)]
        states = [state.numpy() for state in self._states()]
        return EngineState(int(self.optimizer.iterations), self.weights(), slots, states)

    def load(self, state: EngineState) -> None:
        """The inverse of `state`."""
        self.optimizer.iterations.assign(state.iteration)
        slots = [item for slot in keras_slots(self.kind, self.optimizer) for item in slot]
        saved = [*state.weights, *(item for slot in state.slots for item in slot), *state.states]
        for variable, value in zip(
            [*self.model.trainable_variables, *slots, *self._states()], saved, strict=True
        ):
            variable.assign(value)

    def close(self) -> None:
        """Free what Keras keeps of the models."""
        del self.model, self.judge, self._train, self._carry, self._predict
        keras.backend.clear_session()
