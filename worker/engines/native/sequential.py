"""A whole network: recurrent layers, dense layers, dropout between them, forward and back."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from worker import network
from worker.engines.native import optimizers
from worker.engines.native.layers import Dense, Flat, Gru, Lstm, Size, zeros

CELLS: dict[str, type[Lstm] | type[Gru]] = {"lstm": Lstm, "gru": Gru}


class Masks:
    """Draws inverted dropout masks from one stream of random numbers."""

    def __init__(self, generator: np.random.Generator) -> None:
        self.generator = generator

    def draw(self, rate: float, *shape: int) -> np.ndarray:
        """float32 of this shape: 0 with probability `rate`, else 1 / (1 - rate)."""
        mask = self.generator.random(shape, np.float32)
        optimizers.keep(mask.reshape(-1), rate)
        return mask


class Stack:
    """The network for batches of one size, its weights in one flat vector (Keras' order) that is changed in place."""

    def __init__(
        self, parameters: Mapping[str, Any], features: int, batch: int, weights: np.ndarray
    ) -> None:
        self.weights, self.gradients = weights, np.zeros_like(weights)
        flat, time_steps = Flat(self.weights, self.gradients), int(parameters["time_steps"])
        self.dropout, self.input_dropout, self.recurrent_dropout = (
            network.rates(parameters, kind)
            for kind in ("dropout", "input_dropout", "recurrent_dropout")
        )
        widths = [features, *network.units(parameters)]
        self.recurrent = [
            CELLS[parameters["cell"]](
                flat, Size(time_steps, batch, width, units, lowest=place == 0)
            )
            for place, (width, units) in enumerate(pairwise(widths))
        ]
        self.dense, width = [], widths[-1]
        for units in network.dense_units(parameters):
            self.dense.append(Dense(flat, width, units, "relu"))
            width = units
        self.dense.append(Dense(flat, width, 1, parameters["output_activation"]))
        self.none = np.ones((batch, features), np.float32)
        self.top = zeros(1, batch, widths[-1] + 1)[
            :, :, :-1
        ]  # cut, as the gradients between layers are: one type of array
        self.between: list[np.ndarray | None] = [None] * len(
            self.recurrent
        )  # masks of what each layer hands on

    def forward(self, inputs: np.ndarray, rows: np.ndarray, masks: Masks | None) -> np.ndarray:
        """Predictions (batch,) for the windows before `rows` (batch,) of inputs (rows, features)."""
        optimizers.gather(inputs, rows, self._first_mask(masks), self.recurrent[0].inputs)
        for place, layer in enumerate(self.recurrent[:-1]):
            layer.forward(self._gate_masks(place, masks))
            mask = self.between[place] = self._mask_between(place, masks)
            if mask is None:
                self.recurrent[place + 1].inputs[:] = layer.outputs
            else:
                optimizers.masked_copy(layer.outputs, mask, self.recurrent[place + 1].inputs)
        self.recurrent[-1].forward(self._gate_masks(-1, masks))
        x = self.recurrent[-1].outputs[-1]
        self.between[-1] = (
            masks.draw(self.dropout[-1], *x.shape) if masks and self.dropout[-1] else None
        )
        x = np.ascontiguousarray(x) if self.between[-1] is None else x * self.between[-1]
        for dense in self.dense:
            x = dense.forward(x)
        return np.asarray(x[:, 0])

    def backward(self, above: np.ndarray) -> None:
        """Fill `gradients` from the gradient of the predictions (batch,)."""
        d = above[:, None]
        for layer in reversed(self.dense):
            d = layer.backward(d)
        self.top[0] = d if self.between[-1] is None else d * self.between[-1]
        self.recurrent[-1].backward(self.top)
        for upper, lower, mask in zip(
            self.recurrent[:0:-1], self.recurrent[-2::-1], self.between[-2::-1], strict=True
        ):
            if mask is not None:
                optimizers.masked_copy(upper.input_gradient, mask, upper.input_gradient)
            lower.backward(upper.input_gradient)

    def _first_mask(self, masks: Masks | None) -> np.ndarray:
        """Input dropout of the first layer, one mask for all time steps."""
        if masks is None or not self.input_dropout[0] or self.recurrent_dropout[0]:
            return self.none
        return masks.draw(self.input_dropout[0], *self.none.shape)

    def _mask_between(self, place: int, masks: Masks | None) -> np.ndarray | None:
        """Dropout of a layer's outputs times input dropout of the next, or None where there is neither."""
        shape, above = self.recurrent[place].outputs.shape, place + 1
        entering = 0.0 if self.recurrent_dropout[above] else self.input_dropout[above]
        if masks is None or not (self.dropout[place] or entering):
            return None
        mask = (
            masks.draw(self.dropout[place], *shape)
            if self.dropout[place]
            else np.ones(shape, np.float32)
        )
        return mask * masks.draw(entering, *shape[1:]) if entering else mask

    def _gate_masks(self, place: int, masks: Masks | None) -> tuple[np.ndarray, np.ndarray] | None:
        """With recurrent dropout Keras draws masks of inputs and state for each gate; without it None."""
        rate, entering, layer = (
            self.recurrent_dropout[place],
            self.input_dropout[place],
            self.recurrent[place],
        )
        if masks is None or not rate:
            return None
        wide, high = (layer.GATES, *layer.inputs.shape[1:]), (layer.GATES, *layer.outputs.shape[1:])
        return masks.draw(entering, *wide) if entering else np.ones(wide, np.float32), masks.draw(
            rate, *high
        )

    def carry(self) -> None:
        """Let the next windows start from the states in which these ended."""
        for layer in self.recurrent:
            layer.carry()

    @property
    def states(self) -> list[np.ndarray]:
        """What the next windows start from: h (and c) of each layer, views that may be written to."""
        return [part for layer in self.recurrent for part in layer.state]
