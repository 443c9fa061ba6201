"""A whole network, forward and back: recurrent layers, dense layers, dropout between them."""

from itertools import pairwise

import numpy as np

from worker.engines.native import gather
from worker.engines.native.layers import (
    Dense,
    GateMasks,
    Gru,
    LayerSize,
    Lstm,
    ParameterBuffer,
    zeros,
)
from worker.network import Activation, Cell, NetworkConfig

LAYER_TYPES: dict[Cell, type[Lstm] | type[Gru]] = {Cell.LSTM: Lstm, Cell.GRU: Gru}


class MaskSource:
    """Draws inverted dropout masks from one stream of random numbers."""

    def __init__(self, generator: np.random.Generator) -> None:
        self.generator = generator

    def draw(self, rate: float, *shape: int) -> np.ndarray:
        """float32 of this shape: 0 with probability `rate`, else 1 / (1 - rate)."""
        mask = self.generator.random(shape, np.float32)
        gather.make_mask(mask.reshape(-1), rate)
        return mask


class Sequential:
    """The network for batches of one size.

    Its weights are one float32 vector in Keras' order, `weights`, which may be changed in place;
    `gradients` has the same order. A mask source means training: without one nothing is dropped.
    """

    def __init__(
        self, config: NetworkConfig, features: int, batch_size: int, weights: np.ndarray
    ) -> None:
        self.config = config
        self.weights = weights
        self.gradients = np.zeros_like(weights)
        parameters = ParameterBuffer(self.weights, self.gradients)

        units = [layer.units for layer in config.recurrent_layers]
        layer_type = LAYER_TYPES[config.cell]
        self.recurrent: list[Lstm | Gru] = []
        for index, (width, layer_units) in enumerate(pairwise([features, *units])):
            size = LayerSize(
                config.time_steps, batch_size, width, layer_units, is_lowest=index == 0
            )
            self.recurrent.append(layer_type(parameters, size))

        self.dense: list[Dense] = []
        dense_widths = [units[-1], *config.dense_units]
        for width, dense_units in pairwise(dense_widths):
            self.dense.append(Dense(parameters, width, dense_units, Activation.RELU))
        output = Dense(parameters, dense_widths[-1], config.horizon, config.output_activation)
        self.dense.append(output)

        self.no_input_mask = np.ones((batch_size, features), np.float32)
        self.output_masks: list[np.ndarray | None] = [None] * len(units)  # of each recurrent layer
        # The gradient of the last output. It is a view with a stride, like those between layers, so
        # that native functions are compiled for one type of array.
        self.last_gradient = zeros(1, batch_size, units[-1] + 1)[:, :, :-1]

    def forward(self, inputs: np.ndarray, rows: np.ndarray, masks: MaskSource | None) -> np.ndarray:
        """Predictions (batch, horizon) for the windows of inputs (rows, features) before `rows`."""
        input_mask = self._draw_input_mask(masks)
        gather.gather_windows(inputs, rows, input_mask, self.recurrent[0].inputs)
        for index, (lower, upper) in enumerate(pairwise(self.recurrent)):
            lower.forward(self._draw_gate_masks(index, masks))
            mask = self._draw_mask_between(index, masks)
            self.output_masks[index] = mask
            if mask is None:
                upper.inputs[:] = lower.outputs
            else:
                gather.multiply_mask(lower.outputs, mask, upper.inputs)
        last = len(self.recurrent) - 1
        self.recurrent[last].forward(self._draw_gate_masks(last, masks))
        x = self._drop_last_output(self.recurrent[last].outputs[-1], masks)
        for dense in self.dense:
            x = dense.forward(x)
        return x

    def backward(self, prediction_gradient: np.ndarray) -> None:
        """Fill `gradients` from the gradient of the predictions (batch, horizon)."""
        gradient = prediction_gradient
        for dense in reversed(self.dense):
            gradient = dense.backward(gradient)
        last_mask = self.output_masks[-1]
        if last_mask is not None:
            gradient = gradient * last_mask
        self.last_gradient[0] = gradient
        self.recurrent[-1].backward(self.last_gradient)
        for index in range(len(self.recurrent) - 2, -1, -1):
            gradient = self.recurrent[index + 1].input_gradient
            mask = self.output_masks[index]
            if mask is not None:
                gather.multiply_mask(gradient, mask, gradient)
            self.recurrent[index].backward(gradient)

    def carry_states(self) -> None:
        """Let the next windows start from the states in which these ended."""
        for layer in self.recurrent:
            layer.carry_states()

    @property
    def states(self) -> list[np.ndarray]:
        """What the next windows start from: h (and c) of each layer, views that may be set."""
        return [state for layer in self.recurrent for state in layer.states]

    def _draw_input_mask(self, masks: MaskSource | None) -> np.ndarray:
        """Input dropout of the first layer, one mask for all time steps."""
        layer = self.config.recurrent_layers[0]
        if masks is None or layer.recurrent_dropout or not layer.input_dropout:
            return self.no_input_mask
        return masks.draw(layer.input_dropout, *self.no_input_mask.shape)

    def _draw_mask_between(self, index: int, masks: MaskSource | None) -> np.ndarray | None:
        """Dropout of a layer's outputs times input dropout of the next; None if there is neither.

        With recurrent dropout the next layer masks its inputs itself, for each gate.
        """
        if masks is None:
            return None
        shape = self.recurrent[index].outputs.shape
        dropout = self.config.recurrent_layers[index].dropout
        upper = self.config.recurrent_layers[index + 1]
        mask = masks.draw(dropout, *shape) if dropout else None
        if upper.recurrent_dropout or not upper.input_dropout:
            return mask
        input_mask = masks.draw(upper.input_dropout, *shape[1:])
        if mask is None:
            mask = np.ones(shape, np.float32)
        return np.asarray(mask * input_mask)

    def _draw_gate_masks(self, index: int, masks: MaskSource | None) -> GateMasks | None:
        """Masks of a layer's inputs and state; None without recurrent dropout, as in Keras."""
        config = self.config.recurrent_layers[index]
        if masks is None or not config.recurrent_dropout:
            return None
        layer = self.recurrent[index]
        input_shape = (layer.GATES, *layer.inputs.shape[1:])
        state_shape = (layer.GATES, *layer.outputs.shape[1:])
        input_masks = np.ones(input_shape, np.float32)
        if config.input_dropout:
            input_masks = masks.draw(config.input_dropout, *input_shape)
        return GateMasks(input_masks, masks.draw(config.recurrent_dropout, *state_shape))

    def _drop_last_output(self, output: np.ndarray, masks: MaskSource | None) -> np.ndarray:
        """The last output (batch, units), contiguous, under its dropout mask."""
        dropout = self.config.recurrent_layers[-1].dropout
        if masks is None or not dropout:
            self.output_masks[-1] = None
            return np.ascontiguousarray(output)
        mask = masks.draw(dropout, *output.shape)
        self.output_masks[-1] = mask
        return np.asarray(output * mask)
