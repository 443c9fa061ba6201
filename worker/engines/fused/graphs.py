"""The traced functions of the fused engine, one set a structure, kept for the next training of the same structure."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import tensorflow as tf

from worker.engines.fused.kernels import Draw, State, Structure, forward, windows
from worker.engines.fused.optimizers import STEPS
from worker.engines.optimizers import SLOTS

KEPT = 32  # structures
SEEDS_A_STEP = 16  # a step's masks have seeds of their own
TRACES = {"count": 0}


def trace_count() -> int:
    """How often this process traced a function."""
    return TRACES["count"]


def count_trace() -> None:
    """Note that a function is being traced."""
    TRACES["count"] += 1


Flat = tf.TensorSpec([None], tf.float32)
Number = tf.TensorSpec([], tf.float32)
Count = tf.TensorSpec([], tf.int32)
Rows = tf.TensorSpec([None], tf.int32)
Layout = (Rows, tf.TensorSpec([None, 2], tf.int32))
Series = (tf.TensorSpec([None, None], tf.float32), Flat)
Matrix = tf.TensorSpec([None, None], tf.float32)


class Weights:
    """Cuts a flat vector into the weights of a network: sizes (weights,), shapes (weights, 2), biases as rows."""

    def __init__(self, shape: Structure, sizes: tf.Tensor, shapes: tf.Tensor) -> None:
        count = 2 * (shape.recurrent_layers + shape.dense_layers + 1)
        self.sizes, self.shapes = sizes, [shapes[place] for place in range(count)]

    def cut(self, flat: tf.Tensor) -> list[tf.Tensor]:
        """The weights, kernels and biases in turns."""
        pieces = tf.split(flat, self.sizes, num=len(self.shapes))
        return [
            piece if place % 2 else tf.reshape(piece, shape)
            for place, (piece, shape) in enumerate(zip(pieces, self.shapes, strict=True))
        ]


def fresh_states(shape: Structure, units: tf.Tensor, batch: tf.Tensor) -> tuple[State, ...]:
    """Zero states of every layer."""
    empty = [tf.zeros([batch, units[layer]]) for layer in range(shape.recurrent_layers)]
    return tuple((zeros, zeros) for zeros in empty)


def traced(specs: Sequence[Any]) -> Callable[[Callable[..., Any]], Any]:
    """Trace once, now, for these arguments."""

    def trace(function: Callable[..., Any]) -> Any:
        count_trace()
        return tf.function(function, input_signature=specs, autograph=False).get_concrete_function()

    return trace


def state_specs(shape: Structure) -> tuple[Any, ...]:
    """Carried states, or none."""
    return ((Matrix, Matrix),) * shape.recurrent_layers if shape.stateful else ()


@lru_cache(KEPT)
def training_epoch(shape: Structure) -> Any:
    """One epoch: (series, layout, units, rows, batch size, time steps, weights, slots, iteration, rate, rates, seed,
    states) -> (mean loss, weights, slots, states)."""
    slots = (Flat,) * SLOTS[shape.optimizer]
    rates, seed = tf.TensorSpec([2, None], tf.float32), tf.TensorSpec([], tf.int64)
    iteration = tf.TensorSpec([], tf.int64)
    specs = [
        Series,
        Layout,
        Rows,
        Rows,
        Count,
        Count,
        Flat,
        slots,
        iteration,
        Number,
        rates,
        seed,
        state_specs(shape),
    ]
    step = STEPS[shape.optimizer]

    def epoch(
        series,
        layout,
        units,
        rows,
        batch,
        time_steps,
        flat,
        slots,
        iteration,
        rate,
        rates,
        seed,
        states,
    ):
        weights = Weights(shape, *layout)
        zeros = fresh_states(shape, units, batch)
        count = tf.shape(rows)[0] // batch

        def body(index, total, flat, slots, states):
            now = rows[index * batch : (index + 1) * batch]
            done = iteration + tf.cast(index, tf.int64)
            draw = Draw(rates, tf.stack([seed, done * SEEDS_A_STEP]))
            x, y = windows(series[0], now, time_steps), tf.gather(series[1], now)
            with tf.GradientTape() as tape:
                tape.watch(flat)
                predicted, ends = forward(shape, weights.cut(flat), x, states or zeros, draw)
                loss = tf.reduce_mean(tf.math.squared_difference(predicted, y))
            gradient = tape.gradient(loss, flat)
            flat, slots = step(flat, gradient, slots, rate, done + 1)
            return index + 1, total + loss, flat, slots, ends if shape.stateful else ()

        start = (0, 0.0, flat, slots, states)
        end = tf.while_loop(lambda index, *_: index < count, body, start)
        return end[1] / tf.cast(count, tf.float32), *end[2:]

    return traced(specs)(epoch)


@lru_cache(KEPT)
def prediction(shape: Structure) -> Any:
    """(inputs, layout, units, rows, time steps, weights) -> predictions (rows,), each from a fresh state."""
    specs = [Series[0], Layout, Rows, Rows, Count, Flat]

    def predict(inputs, layout, units, rows, time_steps, flat):
        zeros = fresh_states(shape, units, tf.shape(rows)[0])
        return forward(
            shape, Weights(shape, *layout).cut(flat), windows(inputs, rows, time_steps), zeros, None
        )[0]

    return traced(specs)(predict)


@lru_cache(KEPT)
def carried_validation(shape: Structure) -> Any:
    """(series, layout, rows, batch size, time steps, weights, states) -> (mean loss, states), state carried through."""
    specs = [Series, Layout, Rows, Count, Count, Flat, state_specs(shape)]

    def validate(series, layout, rows, batch, time_steps, flat, states):
        weights = Weights(shape, *layout).cut(flat)
        count = tf.shape(rows)[0] // batch

        def body(index, total, states):
            now = rows[index * batch : (index + 1) * batch]
            x, y = windows(series[0], now, time_steps), tf.gather(series[1], now)
            predicted, ends = forward(shape, weights, x, states, None)
            return index + 1, total + tf.reduce_mean(tf.math.squared_difference(predicted, y)), ends

        end = tf.while_loop(lambda index, *_: index < count, body, (0, 0.0, states))
        return end[1] / tf.cast(count, tf.float32), end[2]

    return traced(specs)(validate)
