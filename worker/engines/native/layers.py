"""The layers of a network with their working memory. Weights and gradients are views of two flat vectors.

A recurrent layer offers `inputs` (time, batch, features), where whoever stands below writes, `outputs` (time, batch,
units), and after `backward` `input_gradient` like `inputs`.
"""

from dataclasses import dataclass

import numpy as np

from worker.engines.native import recurrent
from worker.engines.native.matmul import wide

NO_MASKS = np.empty((0, 0, 0), np.float32)


def zeros(*shape: int) -> np.ndarray:
    """Zeros that are float32."""
    return np.zeros(shape, np.float32)


@dataclass
class Flat:
    """All weights of a network and their gradients, handed out from the front in Keras' order."""

    weights: np.ndarray  # float32 (all,)
    gradients: np.ndarray  # float32 (all,)
    taken: int = 0

    def take(self, *shape: int) -> tuple[np.ndarray, np.ndarray]:
        """The next weights in this shape, and where their gradients go."""
        start, self.taken = self.taken, self.taken + int(np.prod(shape))
        span = slice(start, self.taken)
        return self.weights[span].reshape(shape), self.gradients[span].reshape(shape)


@dataclass(frozen=True)
class Size:
    """Of a recurrent layer."""

    steps: int
    batch: int
    features: int
    units: int
    lowest: bool  # nobody below wants a gradient


class Lstm:
    """x, the h before it and a 1 lie side by side, so that one product serves both kernels and the bias."""

    GATES = 4

    def __init__(self, flat: Flat, size: Size) -> None:
        steps, batch, features, units = size.steps, size.batch, size.features, size.units
        self.features, self.steps = features, steps
        self.kernel, self.kernel_gradient = flat.take(
            features + units + 1, 4 * units
        )  # kernel, recurrent kernel, bias
        self.gates, self.cells = (
            zeros(steps, batch, wide(4 * units)),
            zeros(steps + 1, batch, units),
        )
        self.squashed, self.xh = (
            zeros(steps, batch, units),
            zeros(steps + 1, batch, features + units + 1),
        )
        self.xh[:, :, -1] = 1
        self.below = (
            features if size.lowest else 0
        )  # where the part of the kernel starts that hands gradients on
        self.dxh = zeros(2 if size.lowest else steps + 1, batch, features + units - self.below)
        self.masks = NO_MASKS
        self.inputs, self.outputs = self.xh[:steps, :, :features], self.xh[1:, :, features:-1]
        self.input_gradient = self.dxh[:steps, :, : features - self.below]

    def forward(self, masks: tuple[np.ndarray, np.ndarray] | None) -> None:
        """Fill `outputs`. `masks` (4, batch, features) and (4, batch, units) are of the inputs and the state."""
        self.masks = NO_MASKS
        if masks is not None:
            self.masks = np.concatenate([*masks, np.ones_like(masks[0][:, :, :1])], axis=2)
        recurrent.lstm_forward(
            self.xh, self.kernel, self.masks, self.gates, self.cells, self.squashed
        )

    def backward(self, above: np.ndarray) -> None:
        """Fill the gradients from that of `outputs`, or of the last of them alone."""
        recurrent.lstm_backward(
            self.kernel, self.below, self.masks, self.xh, self.gates, self.cells, self.squashed, above, self.dxh,
            self.kernel_gradient,
        )  # fmt: skip

    @property
    def state(self) -> list[np.ndarray]:
        """h and c that the next windows start from, (batch, units) each."""
        return [self.xh[0, :, self.features : -1], self.cells[0]]

    def carry(self) -> None:
        """Let the next windows start where these ended."""
        self.xh[0, :, self.features : -1], self.cells[0] = (
            self.xh[-1, :, self.features : -1],
            self.cells[-1],
        )


class Gru:
    """The product of inputs and kernel is taken for all steps at once."""

    GATES = 3

    def __init__(self, flat: Flat, size: Size) -> None:
        steps, batch, features, units = size.steps, size.batch, size.features, size.units
        self.kernel, self.kernel_gradient = flat.take(features, 3 * units)
        self.recurrent, self.recurrent_gradient = flat.take(units, 3 * units)
        self.bias, self.bias_gradient = flat.take(2, 3 * units)
        self.x, self.inner, self.gates = (zeros(steps, batch, 3 * units) for _ in range(3))
        self.h = zeros(steps + 1, batch, units)
        self.inputs, self.input_gradient = (
            zeros(steps, batch, features),
            zeros(steps, batch, features),
        )
        self.outputs, self.lowest = self.h[1:], size.lowest
        self.masks, self.input_masks = NO_MASKS, NO_MASKS

    def forward(self, masks: tuple[np.ndarray, np.ndarray] | None) -> None:
        """Fill `outputs`. `masks` (3, batch, features) and (3, batch, units) are of the inputs and the state."""
        self.input_masks, self.masks = (NO_MASKS, NO_MASKS) if masks is None else masks
        recurrent.project_all(self.inputs, self.kernel, self.input_masks, self.x)
        recurrent.gru_forward(
            self.x, self.recurrent, self.bias, self.masks, self.inner, self.gates, self.h
        )

    def backward(self, above: np.ndarray) -> None:
        """Fill the gradients from that of `outputs`, or of the last of them alone."""
        recurrent.gru_backward(self.recurrent, self.masks, self.inner, self.gates, self.h, above)
        self.kernel_gradient[:], self.recurrent_gradient[:] = 0, 0
        recurrent.add_kernel_gradient(
            self.inputs, self.gates, self.input_masks, self.kernel_gradient
        )
        recurrent.add_kernel_gradient(self.h[:-1], self.inner, self.masks, self.recurrent_gradient)
        for place, d in enumerate((self.gates, self.inner)):
            np.dot(
                np.ones(d.shape[0] * d.shape[1], np.float32),
                d.reshape(-1, d.shape[2]),
                self.bias_gradient[place],
            )
        if not self.lowest:
            recurrent.project_all_back(
                self.gates, self.kernel, self.input_masks, self.input_gradient
            )

    @property
    def state(self) -> list[np.ndarray]:
        """h that the next windows start from, (batch, units)."""
        return [self.h[0]]

    def carry(self) -> None:
        """Let the next windows start where these ended."""
        self.h[0] = self.h[-1]


class Dense:
    """A layer over the last output."""

    def __init__(self, flat: Flat, features: int, units: int, activation: str) -> None:
        self.kernel, self.kernel_gradient = flat.take(features, units)
        self.bias, self.bias_gradient = flat.take(units)
        self.activation = activation
        self.inputs = self.outputs = zeros(0, 0)

    def forward(self, inputs: np.ndarray) -> np.ndarray:
        """(batch, units) of (batch, features)."""
        self.inputs, x = inputs, inputs @ self.kernel + self.bias
        if self.activation == "relu":
            x = np.maximum(x, 0)
        elif self.activation == "sigmoid":
            x = 0.5 + 0.5 * np.tanh(0.5 * x)
        self.outputs = x
        return self.outputs

    def backward(self, above: np.ndarray) -> np.ndarray:
        """The gradient of the inputs from that of the outputs."""
        if self.activation == "relu":
            above = above * (self.outputs > 0)
        elif self.activation == "sigmoid":
            above = above * self.outputs * (1 - self.outputs)
        np.dot(self.inputs.T, above, out=self.kernel_gradient)
        np.sum(above, axis=0, out=self.bias_gradient)
        return np.asarray(above @ self.kernel.T)
