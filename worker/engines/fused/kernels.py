"""LSTM networks on TensorFlow's fused CPU kernel: pure functions of tensors.

Every dimension is dynamic, so that one trace serves any number of units, rows, time steps and
windows: only what changes the graph's structure (a `Structure`) makes another. Weights are one
vector, so that an optimizer steps once and not once for each weight array.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from worker.network import Activation, NetworkConfig, Optimizer

State = tuple[tf.Tensor, ...]  # c and h of a layer, each (batch, units)

# Keras orders the gates i, f, c, o, the kernel i, c, f, o. The same swap leads back.
GATE_ORDER = (0, 2, 1, 3)
INPUT_MASK = 0  # row of DropoutDraw.rates
OUTPUT_MASK = 1


@dataclass(frozen=True)
class Structure:
    """What a trace depends on."""

    recurrent_layers: int
    dense_layers: int
    output_activation: Activation
    optimizer: Optimizer
    stateful: bool
    input_dropout: tuple[bool, ...]  # for each recurrent layer, whether it draws masks at all
    dropout: tuple[bool, ...]

    @classmethod
    def of(cls, config: NetworkConfig) -> "Structure":
        """The structure of a network and its training."""
        return cls(
            recurrent_layers=len(config.recurrent_layers),
            dense_layers=len(config.dense_units),
            output_activation=config.output_activation,
            optimizer=config.optimizer,
            stateful=config.stateful,
            input_dropout=tuple(layer.input_dropout > 0 for layer in config.recurrent_layers),
            dropout=tuple(layer.dropout > 0 for layer in config.recurrent_layers),
        )


def swap_gates(columns: np.ndarray) -> np.ndarray:
    """The four blocks of columns in the kernel's order, or back in Keras'."""
    blocks = np.split(columns, 4, axis=-1)
    swapped = [blocks[gate] for gate in GATE_ORDER]
    return np.concatenate(swapped, axis=-1)


def pack_weights(weights: Sequence[np.ndarray], recurrent_layers: int) -> list[np.ndarray]:
    """Weights in Keras' order as the kernel takes them.

    [kernel; recurrent kernel] and bias of each recurrent layer, then the dense layers' weights.
    """
    packed: list[np.ndarray] = []
    for layer in range(recurrent_layers):
        kernel, recurrent_kernel, bias = weights[3 * layer : 3 * layer + 3]
        both_kernels = np.concatenate([kernel, recurrent_kernel])
        packed.append(swap_gates(both_kernels))
        packed.append(swap_gates(bias))
    packed += weights[3 * recurrent_layers :]
    return [np.asarray(weight, np.float32) for weight in packed]


def unpack_weights(packed: Sequence[np.ndarray], recurrent_layers: int) -> list[np.ndarray]:
    """The inverse of `pack_weights`."""
    weights: list[np.ndarray] = []
    for layer in range(recurrent_layers):
        both_kernels, bias = packed[2 * layer : 2 * layer + 2]
        units = len(bias) // 4
        weights.append(swap_gates(both_kernels[:-units]))
        weights.append(swap_gates(both_kernels[-units:]))
        weights.append(swap_gates(bias))
    return [*weights, *packed[2 * recurrent_layers :]]


@tf.custom_gradient  # type: ignore[untyped-decorator]
def lstm(
    x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor, c: tf.Tensor, h: tf.Tensor
) -> tuple[Any, Any]:
    """An LSTM over x (time, batch, features) that starts from c and h (batch, units).

    Returns h and c after every time step, (time, batch, units) each. c has no gradient.
    """
    no_peephole = tf.zeros([tf.shape(c)[1]])
    arguments = {
        "seq_len_max": tf.shape(x, out_type=tf.int64)[0],
        "x": x,
        "cs_prev": c,
        "h_prev": h,
        "w": kernel,
        "wci": no_peephole,
        "wcf": no_peephole,
        "wco": no_peephole,
        "b": bias,
        "use_peephole": False,
    }
    forward_pass = tf.raw_ops.BlockLSTM(**arguments, forget_bias=0.0, cell_clip=-1.0)

    def gradient(h_gradient: tf.Tensor, _c_gradient: tf.Tensor) -> tuple[Any, ...]:
        gradients = tf.raw_ops.BlockLSTMGrad(
            **arguments,
            **forward_pass._asdict(),
            cs_grad=tf.zeros_like(forward_pass.cs),
            h_grad=h_gradient,
        )
        return gradients.x_grad, gradients.w_grad, gradients.b_grad, None, None

    return (forward_pass.h, forward_pass.cs), gradient


def gather_windows(inputs: tf.Tensor, rows: tf.Tensor, time_steps: tf.Tensor) -> tf.Tensor:
    """The windows before `rows` (batch,), (time, batch, features), from inputs (rows, features)."""
    steps_back = tf.range(-time_steps, 0)
    indices = steps_back[:, None] + rows[None, :]
    return tf.gather(inputs, indices)


def drop(x: tf.Tensor, rate: tf.Tensor, seed: tf.Tensor, mask_shape: tf.Tensor) -> tf.Tensor:
    """Inverted dropout under a mask that depends on the seed alone and is broadcast to x."""
    noise = tf.random.stateless_uniform(mask_shape, seed)
    mask = tf.where(noise >= rate, 1 / (1 - rate), 0.0)
    return x * mask


@dataclass(frozen=True)
class DropoutDraw:
    """Where the dropout masks of one training step come from."""

    rates: tf.Tensor  # (2, recurrent layers): of inputs, of outputs
    seed: tf.Tensor  # int64 (2,), this step's

    def drop_inputs(self, x: tf.Tensor, layer: int) -> tf.Tensor:
        """Inputs (time, batch, features) under one mask for all time steps."""
        rate = self.rates[INPUT_MASK, layer]
        mask_shape = tf.shape(x)[1:]
        return drop(x, rate, self._mask_seed(INPUT_MASK, layer), mask_shape)

    def drop_outputs(self, x: tf.Tensor, layer: int) -> tf.Tensor:
        """Outputs of a layer, of any shape, under a mask of that shape."""
        rate = self.rates[OUTPUT_MASK, layer]
        return drop(x, rate, self._mask_seed(OUTPUT_MASK, layer), tf.shape(x))

    def _mask_seed(self, kind: int, layer: int) -> tf.Tensor:
        """The seed of one mask of this training step."""
        mask_number = 2 * layer + kind
        return self.seed + tf.constant([0, mask_number], tf.int64)


def forward(
    structure: Structure,
    weights: Sequence[tf.Tensor],
    x: tf.Tensor,
    states: Sequence[State],
    draw: DropoutDraw | None,
) -> tuple[tf.Tensor, tuple[State, ...]]:
    """Predictions (batch, horizon) of windows x (time, batch, features), and the last states.

    Without a draw nothing is dropped.
    """
    last_states: list[State] = []
    for layer in range(structure.recurrent_layers):
        if draw and structure.input_dropout[layer]:
            x = draw.drop_inputs(x, layer)
        kernel, bias = weights[2 * layer : 2 * layer + 2]
        h, c = lstm(x, kernel, bias, *states[layer])
        last_states.append((c[-1], h[-1]))
        is_last = layer == structure.recurrent_layers - 1
        x = h[-1] if is_last else h
        if draw and structure.dropout[layer]:
            x = draw.drop_outputs(x, layer)
    dense_weights = weights[2 * structure.recurrent_layers :]
    return apply_dense(structure, dense_weights, x), tuple(last_states)


def apply_dense(structure: Structure, weights: Sequence[tf.Tensor], x: tf.Tensor) -> tf.Tensor:
    """Hidden dense layers and the output layer: (batch, horizon) from x (batch, units)."""
    for layer in range(structure.dense_layers):
        kernel, bias = weights[2 * layer : 2 * layer + 2]
        x = tf.nn.relu(tf.matmul(x, kernel) + bias)
    kernel, bias = weights[-2:]
    x = tf.matmul(x, kernel) + bias
    if structure.output_activation == Activation.SIGMOID:
        x = tf.sigmoid(x)
    return x
