"""Trains on the fused kernel: holds the tensors of one network and feeds them to graphs."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from worker.engines.fused import graphs, kernels
from worker.engines.optimizers import variables_per_weight
from worker.engines.state import EngineState, flatten, unflatten
from worker.network import NetworkConfig, initial_weights
from worker.windows import PreparedData

PREDICTION_BATCH = 512


class FusedEngine:
    """Trains LSTM networks without recurrent dropout. See worker.engines.selection.Engine."""

    def __init__(self, config: NetworkConfig, data: PreparedData, seed: int) -> None:
        weights = initial_weights(config, data.inputs.shape[1], seed)
        packed = kernels.pack_weights(weights, len(config.recurrent_layers))
        self.structure = kernels.Structure.of(config)
        self.horizon = config.horizon
        self.shapes = [weight.shape for weight in packed]
        self.series = graphs.SeriesTensors(tf.constant(data.inputs), tf.constant(data.targets))
        self.network = create_network_tensors(config, self.shapes)
        self.training = create_training_tensors(config, seed)

        vector = tf.constant(flatten(packed))
        states: tuple[kernels.State, ...] = ()
        if config.stateful:
            states = graphs.zero_states(self.structure, self.network.units, self.network.batch_size)
        self.training_state = graphs.TrainingState(
            iteration=tf.constant(0, tf.int64),
            vector=vector,
            variables=(tf.zeros_like(vector),) * variables_per_weight(config.optimizer),
            states=states,
        )

    def train_epoch(self, rows: np.ndarray) -> float:
        """Train on whole batches of these rows, in this order; the mean training loss."""
        train = graphs.training_epoch(self.structure)
        loss, self.training_state = train(
            self.series, self.network, self.training, tf.constant(rows), self.training_state
        )
        return float(loss)

    def evaluate_stateful(self, rows: np.ndarray) -> float:
        """The loss over whole batches of these rows, states carried on."""
        evaluate = graphs.stateful_evaluation(self.structure)
        state = self.training_state
        loss, states = evaluate(
            self.series, self.network, tf.constant(rows), state.vector, state.states
        )
        self.training_state = state._replace(states=states)
        return float(loss)

    def predict(self, rows: np.ndarray, weights: Sequence[np.ndarray] | None = None) -> np.ndarray:
        """Outputs, float32 (rows, horizon), from fresh states; weights None: the present."""
        vector = self.training_state.vector
        if weights is not None:
            vector = self._to_vector(weights)
        predict = graphs.prediction(self.structure)
        outputs = [np.zeros((0, self.horizon), np.float32)]
        for start in range(0, len(rows), PREDICTION_BATCH):
            chunk = tf.constant(rows[start : start + PREDICTION_BATCH])
            predicted = predict(self.series.inputs, self.network, chunk, vector)
            outputs.append(predicted.numpy())
        return np.concatenate(outputs)

    def weights(self) -> list[np.ndarray]:
        """The present weights, in Keras' order."""
        return self._from_vector(self.training_state.vector)

    def state(self) -> EngineState:
        """All that the next epoch depends on."""
        layer_states = []
        for c, h in self.training_state.states:
            layer_states.append(h.numpy())
            layer_states.append(c.numpy())
        return EngineState(
            iteration=int(self.training_state.iteration),
            weights=self.weights(),
            optimizer_variables=[
                self._from_vector(vector) for vector in self.training_state.variables
            ],
            layer_states=layer_states,
        )

    def load_state(self, state: EngineState) -> None:
        """Go on from a state, which may be another engine's."""
        variables = [self._to_vector(arrays) for arrays in state.optimizer_variables]
        layer_states = [tf.constant(layer_state) for layer_state in state.layer_states]
        every_h = layer_states[::2]
        every_c = layer_states[1::2]
        self.training_state = graphs.TrainingState(
            iteration=tf.constant(state.iteration, tf.int64),
            vector=self._to_vector(state.weights),
            variables=tuple(variables),
            states=tuple(zip(every_c, every_h, strict=True)),
        )

    def close(self) -> None:
        """Do nothing: tensors are freed with the object, and traces serve the next training."""

    def _to_vector(self, weights: Sequence[np.ndarray]) -> tf.Tensor:
        packed = kernels.pack_weights(weights, self.structure.recurrent_layers)
        return tf.constant(flatten(packed))

    def _from_vector(self, vector: tf.Tensor) -> list[np.ndarray]:
        packed = unflatten(vector.numpy(), self.shapes)
        return kernels.unpack_weights(packed, self.structure.recurrent_layers)


def create_network_tensors(
    config: NetworkConfig, shapes: Sequence[tuple[int, ...]]
) -> graphs.NetworkTensors:
    """The sizes of a network whose packed weights have these shapes."""
    sizes = []
    matrix_shapes = []
    for shape in shapes:
        is_bias = len(shape) == 1
        sizes.append(np.prod(shape))
        matrix_shapes.append((1, *shape) if is_bias else shape)
    units = [layer.units for layer in config.recurrent_layers]
    return graphs.NetworkTensors(
        sizes=tf.constant(sizes, tf.int32),
        shapes=tf.constant(matrix_shapes, tf.int32),
        units=tf.constant(units, tf.int32),
        time_steps=tf.constant(config.time_steps, tf.int32),
        batch_size=tf.constant(config.batch_size, tf.int32),
    )


def create_training_tensors(config: NetworkConfig, seed: int) -> graphs.TrainingTensors:
    """The learning rate, the dropout rates and the seed of dropout masks."""
    input_rates = [layer.input_dropout for layer in config.recurrent_layers]
    output_rates = [layer.dropout for layer in config.recurrent_layers]
    return graphs.TrainingTensors(
        learning_rate=tf.constant(config.learning_rate, tf.float32),
        dropout_rates=tf.constant([input_rates, output_rates], tf.float32),
        seed=tf.constant(seed, tf.int64),
    )
