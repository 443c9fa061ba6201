"""The native network against stock Keras cells under the very same dropout masks."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.worker.networks import cut_windows, tiny_config, tiny_data
from worker.engines.native.sequential import MaskSource, Sequential
from worker.engines.state import flatten, unflatten
from worker.network import Cell, NetworkConfig, initial_weights

FEATURES = 3
BATCH_SIZE = 8
KERAS_CELLS = {Cell.LSTM: keras.layers.LSTMCell, Cell.GRU: keras.layers.GRUCell}


class RecordingMaskSource(MaskSource):
    """Keeps the masks that it drew."""

    def __init__(self, seed: int) -> None:
        super().__init__(np.random.default_rng(seed))
        self.drawn: list[np.ndarray] = []

    def draw(self, rate: float, *shape: int) -> np.ndarray:
        """Draw a mask and keep it."""
        mask = super().draw(rate, *shape)
        self.drawn.append(mask)
        return mask


def build_cells(config: NetworkConfig, weights: list[tf.Variable]) -> list[keras.Layer]:
    """Stock cells that share these weights."""
    cells = []
    width = FEATURES
    for index, layer in enumerate(config.recurrent_layers):
        cell = KERAS_CELLS[config.cell](
            layer.units, dropout=layer.input_dropout, recurrent_dropout=layer.recurrent_dropout
        )
        cell.build((None, width))
        cell.kernel, cell.recurrent_kernel, cell.bias = weights[3 * index : 3 * index + 3]
        cells.append(cell)
        width = layer.units
    return cells


def run_cell(cell: keras.Layer, x: tf.Tensor) -> tf.Tensor:
    """All outputs (batch, time, units) of a cell over x (batch, time, width), in training."""
    count = 2 if isinstance(cell, keras.layers.LSTMCell) else 1
    states = [tf.zeros((x.shape[0], cell.units))] * count
    outputs = []
    for t in range(x.shape[1]):
        output, states = cell(x[:, t], states, training=True)
        outputs.append(output)
    return tf.stack(outputs, 1)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_gradients_under_every_kind_of_dropout_are_those_of_stock_cells(cell):
    network = {"cell": cell, "recurrent_layers": 2, "units_1": 6, "units_2": 5}
    for kind in ("input_dropout", "recurrent_dropout", "dropout"):
        network |= {f"{kind}_1": 0.3, f"{kind}_2": 0.3}
    config = tiny_config(**network)
    data = tiny_data(**network)
    rows = data.train[:BATCH_SIZE]
    masks = RecordingMaskSource(1)
    weights = initial_weights(config, FEATURES, seed=1)

    native = Sequential(config, FEATURES, BATCH_SIZE, flatten(weights))
    errors = native.forward(data.inputs, rows, masks) - data.targets[rows]
    native.backward(errors * np.float32(2 / BATCH_SIZE))

    variables = [tf.Variable(weight) for weight in weights]
    first, second = build_cells(config, variables)
    inputs_1, state_1, between, inputs_2, state_2, after = masks.drawn
    first._dropout_mask = list(inputs_1)
    first._recurrent_dropout_mask = list(state_1)
    second._dropout_mask = list(inputs_2)
    second._recurrent_dropout_mask = list(state_2)
    x, y = cut_windows(data, rows, config.time_steps)
    with tf.GradientTape() as tape:
        h = run_cell(first, tf.constant(x)) * between.transpose(1, 0, 2)
        last_output = run_cell(second, h)[:, -1] * after
        predicted = tf.matmul(last_output, variables[6]) + variables[7]
        loss = tf.reduce_mean((predicted - y) ** 2)
    keras_gradients = tape.gradient(loss, variables)

    assert np.mean(errors**2) == pytest.approx(float(loss), rel=1e-5)
    gradients = unflatten(native.gradients, [weight.shape for weight in weights])
    for gradient, keras_gradient in zip(gradients, keras_gradients, strict=True):
        np.testing.assert_allclose(gradient, keras_gradient.numpy(), rtol=1e-4, atol=1e-6)


def test_masks_keep_the_mean_and_drop_the_fraction_asked_for():
    mask = MaskSource(np.random.default_rng(1)).draw(0.3, 100, 1000)

    assert (mask == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert mask.mean() == pytest.approx(1, abs=0.01)
    assert set(np.unique(mask)) == {np.float32(0), np.float32(1 / 0.7)}
