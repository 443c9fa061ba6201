"""Recurrent networks on TensorFlow's fused CPU kernels: pure functions of tensors, every dimension dynamic.

One trace serves every number of units, rows, time steps and windows: only what changes the graph's structure (a
`Structure`) makes another. Weights are one flat vector, so that an optimizer steps once and not once a weight.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from worker import network
from worker.network import Parameters

State = tuple[tf.Tensor, ...]  # c and h of a layer, each (batch, units)
TO_KERNEL = (
    0,
    2,
    1,
    3,
)  # Keras orders the gates i, f, c, o; the kernel i, c, f, o (its own inverse)


@dataclass(frozen=True)
class Structure:
    """What a trace depends on."""

    recurrent_layers: int
    dense_layers: int
    output_activation: str
    optimizer: str
    stateful: bool
    input_dropout: tuple[bool, ...]  # a recurrent layer each: is its mask drawn at all?
    dropout: tuple[bool, ...]


def structure(parameters: Parameters) -> Structure:
    """The structure of a network and its training."""
    return Structure(
        recurrent_layers=int(parameters["recurrent_layers"]),
        dense_layers=int(parameters["dense_layers"]),
        output_activation=str(parameters["output_activation"]),
        optimizer=str(parameters["optimizer"]),
        stateful=bool(parameters["stateful"]),
        input_dropout=tuple(rate > 0 for rate in network.rates(parameters, "input_dropout")),
        dropout=tuple(rate > 0 for rate in network.rates(parameters, "dropout")),
    )


def permuted(columns: np.ndarray) -> np.ndarray:
    """The four blocks of columns in the kernel's order, or back in Keras'."""
    blocks = np.split(columns, 4, axis=-1)
    return np.concatenate([blocks[gate] for gate in TO_KERNEL], axis=-1)


def pack(weights: Sequence[np.ndarray], recurrent_layers: int) -> list[np.ndarray]:
    """Weights in Keras' order as the kernel takes them: [kernel; recurrent kernel] and bias of a layer, then dense."""
    packed: list[np.ndarray] = []
    for layer in range(recurrent_layers):
        kernel, recurrent, bias = weights[3 * layer : 3 * layer + 3]
        packed += [permuted(np.concatenate([kernel, recurrent])), permuted(bias)]
    return [
        np.asarray(weight, np.float32) for weight in [*packed, *weights[3 * recurrent_layers :]]
    ]


def unpack(packed: Sequence[np.ndarray], recurrent_layers: int) -> list[np.ndarray]:
    """The inverse of `pack`."""
    weights: list[np.ndarray] = []
    for layer in range(recurrent_layers):
        both, bias = packed[2 * layer : 2 * layer + 2]
        inputs = len(both) - len(bias) // 4
        weights += [permuted(both[:inputs]), permuted(both[inputs:]), permuted(bias)]
    return [*weights, *packed[2 * recurrent_layers :]]


@tf.custom_gradient  # type: ignore[untyped-decorator]
def lstm(
    x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor, cell: tf.Tensor, output: tf.Tensor
) -> tuple[Any, Any]:
    """An LSTM over x (time, batch, features) from a state (c, h); returns every h (time, batch, units) and every c."""
    steps = tf.shape(x, out_type=tf.int64)[0]
    no_peephole = tf.zeros([tf.shape(cell)[1]])
    common = {
        "seq_len_max": steps,
        "x": x,
        "cs_prev": cell,
        "h_prev": output,
        "w": kernel,
        "b": bias,
    }
    common |= {"wci": no_peephole, "wcf": no_peephole, "wco": no_peephole, "use_peephole": False}
    made = tf.raw_ops.BlockLSTM(**common, forget_bias=0.0, cell_clip=-1.0)

    def gradient(h_grad: tf.Tensor, _cs_grad: tf.Tensor) -> tuple[Any, ...]:
        seen = {
            "i": made.i,
            "cs": made.cs,
            "f": made.f,
            "o": made.o,
            "ci": made.ci,
            "co": made.co,
            "h": made.h,
        }
        grads = tf.raw_ops.BlockLSTMGrad(
            **common, **seen, cs_grad=tf.zeros_like(made.cs), h_grad=h_grad
        )
        return grads.x_grad, grads.w_grad, grads.b_grad, None, None

    return (made.h, made.cs), gradient


def windows(inputs: tf.Tensor, rows: tf.Tensor, time_steps: tf.Tensor) -> tf.Tensor:
    """The windows before `rows`, (time, rows, features), gathered from the scaled series."""
    return tf.gather(inputs, tf.range(-time_steps, 0)[:, None] + rows[None, :])


def dropped(x: tf.Tensor, rate: tf.Tensor, seed: tf.Tensor, shape: tf.Tensor) -> tf.Tensor:
    """Inverted dropout with a mask of `shape` (broadcast) that depends on the seed alone."""
    kept = tf.random.stateless_uniform(shape, seed) >= rate
    return x * tf.where(kept, 1 / (1 - rate), 0.0)


@dataclass(frozen=True)
class Draw:
    """Where dropout masks come from: rates (2, recurrent layers) of inputs and outputs, and this step's seed (2,)."""

    rates: tf.Tensor
    seed: tf.Tensor

    def at(self, kind: int, layer: int) -> tuple[tf.Tensor, tf.Tensor]:
        """Rate and seed of one mask of this step."""
        return self.rates[kind, layer], self.seed + tf.constant([0, 2 * layer + kind], tf.int64)


def forward(
    shape: Structure,
    weights: Sequence[tf.Tensor],
    x: tf.Tensor,
    states: Sequence[State],
    draw: Draw | None,
) -> tuple[tf.Tensor, tuple[State, ...]]:
    """Predictions (batch,) of windows x (time, batch, features), and the state each layer ends in."""
    ends: list[State] = []
    for layer in range(shape.recurrent_layers):
        if draw and shape.input_dropout[layer]:
            x = dropped(x, *draw.at(0, layer), tf.shape(x)[1:])
        h, cs = lstm(x, weights[2 * layer], weights[2 * layer + 1], *states[layer])
        x = h if layer < shape.recurrent_layers - 1 else h[-1]
        ends.append((cs[-1], h[-1]))
        if draw and shape.dropout[layer]:
            x = dropped(x, *draw.at(1, layer), tf.shape(x))
    return head(shape, weights[2 * shape.recurrent_layers :], x), tuple(ends)


def head(shape: Structure, weights: Sequence[tf.Tensor], x: tf.Tensor) -> tf.Tensor:
    """Hidden dense layers and the output, (batch,)."""
    for layer in range(shape.dense_layers):
        x = tf.nn.relu(tf.matmul(x, weights[2 * layer]) + weights[2 * layer + 1])
    x = tf.matmul(x, weights[-2]) + weights[-1]
    return tf.reshape(tf.sigmoid(x) if shape.output_activation == "sigmoid" else x, [-1])
