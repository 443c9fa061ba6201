"""Trains stock Keras layers, on GPUs and what the fused kernel does not support.

An epoch is one TensorFlow graph.
"""

from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf

from worker.engines.optimizers import keras_optimizer, keras_variables
from worker.engines.state import EngineState
from worker.engines.tracing import count_trace
from worker.network import NetworkConfig, build_model, initial_weights
from worker.windows import PreparedData

PREDICTION_BATCH = 1024

BatchLoss = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


class KerasEngine:
    """Trains any network in stock Keras layers. See worker.engines.selection.Engine."""

    def __init__(self, config: NetworkConfig, data: PreparedData, seed: int) -> None:
        features = data.inputs.shape[1]
        # With TF32 a GPU's losses differ from a CPU's by 7e-3, without by 1e-4 (measured).
        tf.config.experimental.enable_tensor_float_32_execution(False)
        self.config = config
        self.seed = seed
        self.inputs = tf.constant(data.inputs)
        self.targets = tf.constant(data.targets)
        self.steps_back = tf.range(-config.time_steps, 0)
        self.model = build_model(config, features, keep_states=True)
        self.prediction_model = build_model(config, features)
        self.model.set_weights(initial_weights(config, features, seed))
        self.optimizer = keras_optimizer(config.optimizer, config.learning_rate)
        self.optimizer.build(self.model.trainable_variables)
        self._train = self._as_graph(self._train_rows)
        self._evaluate = self._as_graph(self._evaluate_rows)
        self._predict = self._as_graph(self._predict_rows)

    def train_epoch(self, rows: np.ndarray) -> float:
        """Train on whole batches of these rows, in this order; the mean training loss."""
        self._seed_dropout()
        return float(self._train(tf.constant(rows)))

    def evaluate_stateful(self, rows: np.ndarray) -> float:
        """The loss over whole batches of these rows, states carried on."""
        return float(self._evaluate(tf.constant(rows)))

    def predict(self, rows: np.ndarray, weights: Sequence[np.ndarray] | None = None) -> np.ndarray:
        """Outputs, float32 (rows, horizon), from fresh states; weights None: the present."""
        self.prediction_model.set_weights(self.weights() if weights is None else list(weights))
        outputs = [np.zeros((0, self.config.horizon), np.float32)]
        for start in range(0, len(rows), PREDICTION_BATCH):
            chunk = tf.constant(rows[start : start + PREDICTION_BATCH])
            outputs.append(self._predict(chunk).numpy())
        return np.concatenate(outputs)

    def weights(self) -> list[np.ndarray]:
        """The present weights, in Keras' order."""
        return [variable.numpy() for variable in self.model.trainable_variables]

    def state(self) -> EngineState:
        """All that the next epoch depends on."""
        optimizer_variables = []
        for variables in keras_variables(self.config.optimizer, self.optimizer):
            optimizer_variables.append([variable.numpy() for variable in variables])
        return EngineState(
            iteration=int(self.optimizer.iterations),
            weights=self.weights(),
            optimizer_variables=optimizer_variables,
            layer_states=[state.numpy() for state in self._layer_states()],
        )

    def load_state(self, state: EngineState) -> None:
        """Go on from a state, which may be another engine's."""
        self.optimizer.iterations.assign(state.iteration)
        targets = [*self.model.trainable_variables]
        values = [*state.weights]
        for variables in keras_variables(self.config.optimizer, self.optimizer):
            targets += variables
        for saved_variables in state.optimizer_variables:
            values += saved_variables
        targets += self._layer_states()
        values += state.layer_states
        for variable, value in zip(targets, values, strict=True):
            variable.assign(value)

    def close(self) -> None:
        """Free what Keras keeps of the models."""
        del self.model, self.prediction_model, self._train, self._evaluate, self._predict
        keras.backend.clear_session()

    @staticmethod
    def _as_graph(function: Callable[[tf.Tensor], tf.Tensor]) -> Callable[..., tf.Tensor]:
        """A function of int32 rows (n,) as a TensorFlow graph, traced once for any n."""
        rows = tf.TensorSpec([None], tf.int32)
        graph: Callable[..., tf.Tensor] = tf.function(
            function, input_signature=[rows], autograph=False
        )
        return graph

    def _train_rows(self, rows: tf.Tensor) -> tf.Tensor:
        count_trace()

        def train_batch(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
            with tf.GradientTape() as tape:
                loss = self._batch_loss(x, y, training=True)
            gradients = tape.gradient(loss, self.model.trainable_variables)
            self.optimizer.apply(gradients, self.model.trainable_variables)
            return loss

        return self._average_over_batches(rows, train_batch)

    def _evaluate_rows(self, rows: tf.Tensor) -> tf.Tensor:
        count_trace()
        return self._average_over_batches(rows, lambda x, y: self._batch_loss(x, y, training=False))

    def _predict_rows(self, rows: tf.Tensor) -> tf.Tensor:
        count_trace()
        return self.prediction_model(self._gather_windows(rows), training=False)

    def _average_over_batches(self, rows: tf.Tensor, batch_loss: BatchLoss) -> tf.Tensor:
        """The mean of `batch_loss(x, y)` over whole batches of rows, one after the other."""
        batches = tf.shape(rows)[0] // self.config.batch_size

        def add_batch(index: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            x, y = self._gather_batch(rows, index)
            return index + 1, total + batch_loss(x, y)

        _, total = tf.while_loop(lambda index, _: index < batches, add_batch, (0, 0.0))
        return total / tf.cast(batches, tf.float32)

    def _gather_batch(self, rows: tf.Tensor, index: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """x (batch, time, features) and y (batch, horizon) of the batch with this index."""
        batch_size = self.config.batch_size
        start = index * batch_size
        batch = tf.ensure_shape(rows[start : start + batch_size], [batch_size])
        return self._gather_windows(batch), tf.gather(self.targets, batch)

    def _gather_windows(self, rows: tf.Tensor) -> tf.Tensor:
        """The windows before `rows` (n,), (n, time, features)."""
        indices = rows[:, None] + self.steps_back
        return tf.gather(self.inputs, indices)

    def _batch_loss(self, x: tf.Tensor, y: tf.Tensor, training: bool) -> tf.Tensor:
        predicted = self.model(x, training=training)
        squared_errors = tf.math.squared_difference(predicted, y)
        return tf.reduce_mean(squared_errors)

    def _seed_dropout(self) -> None:
        """Seed dropout by the seed and the steps done: a resumed training draws the same masks."""
        steps = int(self.optimizer.iterations)
        for index, generator in enumerate(self._seed_generators()):
            sequence = np.random.SeedSequence([self.seed, steps, index])
            state = sequence.generate_state(2)
            generator.state.assign(state.astype(generator.state.dtype))

    def _seed_generators(self) -> list["keras.random.SeedGenerator"]:
        """The sources of dropout masks: one in each recurrent layer's cell and each Dropout."""
        generators = []
        for layer in self.model.layers:
            owner = getattr(layer, "cell", layer)
            generator = getattr(owner, "seed_generator", None)
            if generator is not None:
                generators.append(generator)
        return generators

    def _layer_states(self) -> list["keras.Variable"]:
        """h (and c) of each recurrent layer of a stateful network."""
        states: list[keras.Variable] = []
        for layer in self.model.layers:
            states += getattr(layer, "states", None) or []
        return states
