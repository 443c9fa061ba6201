"""The traced functions of the fused engine, kept for the next training of the same structure."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import tensorflow as tf

from worker.engines.fused.kernels import DropoutDraw, State, Structure, forward, gather_windows
from worker.engines.fused.optimizers import OPTIMIZER_STEPS
from worker.engines.optimizers import variables_per_weight
from worker.engines.tracing import count_trace

MAX_TRACED_STRUCTURES = 32
SEEDS_PER_STEP = 16  # more than a training step has masks

FLOAT = tf.TensorSpec([], tf.float32)
INTEGER = tf.TensorSpec([], tf.int32)
LONG = tf.TensorSpec([], tf.int64)
VECTOR = tf.TensorSpec([None], tf.float32)
MATRIX = tf.TensorSpec([None, None], tf.float32)
RATES = tf.TensorSpec([2, None], tf.float32)
INTEGERS = tf.TensorSpec([None], tf.int32)
SHAPES = tf.TensorSpec([None, 2], tf.int32)


class SeriesTensors(NamedTuple):
    """A dataset."""

    inputs: Any  # float32 (rows, features)
    targets: Any  # float32 (rows, horizon)


class NetworkTensors(NamedTuple):
    """What networks of one structure differ in."""

    sizes: Any  # int32 (weights,), numbers in each weight array
    shapes: Any  # int32 (weights, 2), kernels and biases in turns, a bias as one row
    units: Any  # int32 (recurrent layers,)
    time_steps: Any  # int32
    batch_size: Any  # int32


class TrainingTensors(NamedTuple):
    """What trainings of one network differ in."""

    learning_rate: Any  # float32
    dropout_rates: Any  # float32 (2, recurrent layers), of inputs and of outputs
    seed: Any  # int64


class TrainingState(NamedTuple):
    """What the next training step depends on."""

    iteration: Any  # int64, training steps done
    vector: Any  # float32 (n,), the weights as kernels.pack_weights orders them
    variables: tuple[Any, ...]  # float32 (n,) each, the optimizer's
    states: tuple[Any, ...]  # c and h of each layer; empty unless the network is stateful


SERIES_SPEC = SeriesTensors(MATRIX, MATRIX)
NETWORK_SPEC = NetworkTensors(INTEGERS, SHAPES, INTEGERS, INTEGER, INTEGER)
TRAINING_SPEC = TrainingTensors(FLOAT, RATES, LONG)


def state_spec(structure: Structure) -> TrainingState:
    """The types of a training's state."""
    variables = (VECTOR,) * variables_per_weight(structure.optimizer)
    return TrainingState(LONG, VECTOR, variables, layer_states_spec(structure))


def layer_states_spec(structure: Structure) -> tuple[Any, ...]:
    """The types of the states that are carried on from batch to batch."""
    if not structure.stateful:
        return ()
    return ((MATRIX, MATRIX),) * structure.recurrent_layers


def split_weights(
    structure: Structure, network: NetworkTensors, vector: tf.Tensor
) -> list[tf.Tensor]:
    """The weights of a network: kernels as matrices and biases as vectors, in turns."""
    layers = structure.recurrent_layers + structure.dense_layers + 1
    pieces = tf.split(vector, network.sizes, num=2 * layers)
    weights = []
    for index, piece in enumerate(pieces):
        is_kernel = index % 2 == 0
        weights.append(tf.reshape(piece, network.shapes[index]) if is_kernel else piece)
    return weights


def zero_states(structure: Structure, units: tf.Tensor, batch_size: tf.Tensor) -> tuple[State, ...]:
    """Fresh states of every layer."""
    states = []
    for layer in range(structure.recurrent_layers):
        zeros = tf.zeros([batch_size, units[layer]])
        states.append((zeros, zeros))
    return tuple(states)


def select_batch(rows: tf.Tensor, index: tf.Tensor, batch_size: tf.Tensor) -> tf.Tensor:
    """The rows of the batch with this index."""
    start = index * batch_size
    return rows[start : start + batch_size]


def mean_squared_error(predicted: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
    """The loss of a batch."""
    squared_errors = tf.math.squared_difference(predicted, targets)
    return tf.reduce_mean(squared_errors)


def trace_now(*specs: Any) -> Callable[[Callable[..., Any]], Any]:
    """Decorate a function to be traced at once, for arguments of these types."""

    def trace(function: Callable[..., Any]) -> Any:
        count_trace()
        graph = tf.function(function, input_signature=specs, autograph=False)
        return graph.get_concrete_function()

    return trace


def average_over_batches(
    rows: tf.Tensor, batch_size: tf.Tensor, state: Any, process_batch: Callable[..., Any]
) -> tuple[tf.Tensor, Any]:
    """The mean loss over whole batches of rows, one after the other, and the last state.

    `process_batch` is (rows of a batch, state) -> (loss, state).
    """
    batches = tf.shape(rows)[0] // batch_size

    def add_batch(index, total_loss, state):
        loss, state = process_batch(select_batch(rows, index, batch_size), state)
        return index + 1, total_loss + loss, state

    start = (0, 0.0, state)
    _, total_loss, state = tf.while_loop(lambda index, *_: index < batches, add_batch, start)
    return total_loss / tf.cast(batches, tf.float32), state


@lru_cache(MAX_TRACED_STRUCTURES)
def training_epoch(structure: Structure) -> Any:
    """Trace (series, network, training, rows, state) -> (mean loss, state): one epoch."""
    step_optimizer = OPTIMIZER_STEPS[structure.optimizer]

    @trace_now(SERIES_SPEC, NETWORK_SPEC, TRAINING_SPEC, INTEGERS, state_spec(structure))
    def train_epoch(series, network, training, rows, state):
        fresh_states = zero_states(structure, network.units, network.batch_size)

        def train_batch(batch, state):
            x = gather_windows(series.inputs, batch, network.time_steps)
            targets = tf.gather(series.targets, batch)
            seed = tf.stack([training.seed, state.iteration * SEEDS_PER_STEP])
            draw = DropoutDraw(training.dropout_rates, seed)
            states = state.states or fresh_states
            with tf.GradientTape() as tape:
                tape.watch(state.vector)
                weights = split_weights(structure, network, state.vector)
                predicted, last_states = forward(structure, weights, x, states, draw)
                loss = mean_squared_error(predicted, targets)
            gradient = tape.gradient(loss, state.vector)
            iteration = state.iteration + 1
            vector, variables = step_optimizer(
                state.vector, gradient, state.variables, training.learning_rate, iteration
            )
            carried_states = last_states if structure.stateful else ()
            return loss, TrainingState(iteration, vector, variables, carried_states)

        return average_over_batches(rows, network.batch_size, state, train_batch)

    return train_epoch


@lru_cache(MAX_TRACED_STRUCTURES)
def prediction(structure: Structure) -> Any:
    """Trace (inputs, network, rows, weights) -> predictions (rows, horizon) from fresh states."""

    @trace_now(MATRIX, NETWORK_SPEC, INTEGERS, VECTOR)
    def predict(inputs, network, rows, vector):
        weights = split_weights(structure, network, vector)
        x = gather_windows(inputs, rows, network.time_steps)
        states = zero_states(structure, network.units, tf.shape(rows)[0])
        predicted, _ = forward(structure, weights, x, states, None)
        return predicted

    return predict


@lru_cache(MAX_TRACED_STRUCTURES)
def stateful_evaluation(structure: Structure) -> Any:
    """Trace (series, network, rows, weights, states) -> (mean loss, states)."""

    @trace_now(SERIES_SPEC, NETWORK_SPEC, INTEGERS, VECTOR, layer_states_spec(structure))
    def evaluate(series, network, rows, vector, states):
        weights = split_weights(structure, network, vector)

        def evaluate_batch(batch, states):
            x = gather_windows(series.inputs, batch, network.time_steps)
            targets = tf.gather(series.targets, batch)
            predicted, last_states = forward(structure, weights, x, states, None)
            return mean_squared_error(predicted, targets), last_states

        return average_over_batches(rows, network.batch_size, states, evaluate_batch)

    return evaluate
