"""The native network against stock Keras cells under the very same dropout masks."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.worker.networks import parameters, prepared, windows_of
from worker.engines.native.sequential import Masks, Stack
from worker.engines.state import cut, flattened
from worker.network import initial_weights


class Recorded(Masks):
    """Masks that are kept for a second look."""

    def __init__(self, seed: int) -> None:
        super().__init__(np.random.default_rng(seed))
        self.drawn: list[np.ndarray] = []

    def draw(self, rate: float, *shape: int) -> np.ndarray:
        """Draw and keep."""
        self.drawn.append(super().draw(rate, *shape))
        return self.drawn[-1]


def cells_of(values: dict, weights: list[tf.Variable]) -> list[keras.Layer]:
    """Stock cells that share the given weights."""
    kind, cells = {"lstm": keras.layers.LSTMCell, "gru": keras.layers.GRUCell}[values["cell"]], []
    for layer in (1, 2):
        recurrent, entering = values[f"recurrent_dropout_{layer}"], values[f"input_dropout_{layer}"]
        cell = kind(values[f"units_{layer}"], dropout=entering, recurrent_dropout=recurrent)
        cell.build((None, (3, values["units_1"])[layer - 1]))
        cell.kernel, cell.recurrent_kernel, cell.bias = weights[3 * layer - 3 : 3 * layer]
        cells.append(cell)
    return cells


def run(cell: keras.Layer, x: tf.Tensor) -> tf.Tensor:
    """All outputs (batch, time, units) of a cell over x (batch, time, width), in training."""
    states, outputs = (
        [tf.zeros((x.shape[0], cell.units))]
        * (2 if isinstance(cell, keras.layers.LSTMCell) else 1),
        [],
    )
    for t in range(x.shape[1]):
        output, states = cell(x[:, t], states, training=True)
        outputs.append(output)
    return tf.stack(outputs, 1)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_gradients_under_every_kind_of_dropout_are_those_of_stock_cells(cell):
    drops = {
        f"{kind}_{layer}": 0.3
        for kind in ("input_dropout", "recurrent_dropout", "dropout")
        for layer in (1, 2)
    }
    values = parameters(cell=cell, recurrent_layers=2, units_1=6, units_2=5, **drops)
    data = prepared(values)
    rows, masks = data.train[:8], Recorded(1)
    weights = initial_weights(values, 3, seed=1)
    stack = Stack(values, 3, 8, flattened(weights))
    errors = stack.forward(data.inputs, rows, masks) - data.targets[rows]
    stack.backward(errors * np.float32(2 / 8))

    variables = [tf.Variable(weight) for weight in weights]
    first, second = cells_of(values, variables)
    x, y = windows_of(data, rows, 5)
    entering_1, state_1, between, entering_2, state_2, after = masks.drawn
    first._dropout_mask, first._recurrent_dropout_mask = list(entering_1), list(state_1)
    second._dropout_mask, second._recurrent_dropout_mask = list(entering_2), list(state_2)
    with tf.GradientTape() as tape:
        h = run(first, tf.constant(x)) * between.transpose(1, 0, 2)
        last = run(second, h)[:, -1] * after
        loss = tf.reduce_mean((tf.matmul(last, variables[6])[:, 0] + variables[7] - y) ** 2)
    expected = tape.gradient(loss, variables)

    assert np.mean(errors**2) == pytest.approx(float(loss), rel=1e-5)
    for found, gradient in zip(
        cut(stack.gradients, [weight.shape for weight in weights]), expected, strict=True
    ):
        np.testing.assert_allclose(found, gradient.numpy(), rtol=1e-4, atol=1e-6)


def test_masks_keep_the_mean_and_drop_the_share_asked_for():
    mask = Masks(np.random.default_rng(1)).draw(0.3, 100, 1000)
    assert (mask == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert mask.mean() == pytest.approx(1, abs=0.01)
    assert set(np.unique(mask)) == {np.float32(0), np.float32(1 / 0.7)}
