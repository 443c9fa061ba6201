"""The layers of a network with their working memory, for batches of one size. All is float32.

A recurrent layer offers `inputs` (time, batch, features), which the layer below fills, `outputs`
(time, batch, units), and after `backward` `input_gradient`, shaped like `inputs`.
"""

from dataclasses import dataclass

import numpy as np

from worker.engines.native import projection, recurrent
from worker.engines.native.matmul import padded_width
from worker.network import Activation

NO_MASKS = np.empty((0, 0, 0), np.float32)


def zeros(*shape: int) -> np.ndarray:
    """Zeros that are float32."""
    return np.zeros(shape, np.float32)


@dataclass
class ParameterBuffer:
    """All weights of a network and their gradients, handed out in Keras' order as views."""

    weights: np.ndarray  # float32 (all,)
    gradients: np.ndarray  # float32 (all,)
    position: int = 0

    def take(self, *shape: int) -> tuple[np.ndarray, np.ndarray]:
        """The next weights in this shape, and their gradients."""
        start = self.position
        self.position += int(np.prod(shape))
        weights = self.weights[start : self.position]
        gradients = self.gradients[start : self.position]
        return weights.reshape(shape), gradients.reshape(shape)


@dataclass(frozen=True)
class GateMasks:
    """Masks that recurrent dropout draws for each gate."""

    inputs: np.ndarray  # (gates, batch, features)
    state: np.ndarray  # (gates, batch, units)


@dataclass(frozen=True)
class LayerSize:
    """The sizes of a recurrent layer."""

    steps: int
    batch: int
    features: int
    units: int
    is_lowest: bool  # nobody needs the gradient of its inputs


class Lstm:
    """An LSTM layer.

    x, the h before it and a 1 lie side by side, so that one product serves kernel, recurrent kernel
    and bias.
    """

    GATES = 4

    def __init__(self, parameters: ParameterBuffer, size: LayerSize) -> None:
        steps = size.steps
        batch = size.batch
        features = size.features
        units = size.units
        kernel_rows = features + units + 1  # kernel, recurrent kernel, bias
        self.kernel, self.kernel_gradient = parameters.take(kernel_rows, 4 * units)
        self.gates = zeros(steps, batch, padded_width(4 * units))
        self.c = zeros(steps + 1, batch, units)
        self.tanh_c = zeros(steps, batch, units)
        self.xh = zeros(steps + 1, batch, kernel_rows)
        self.xh[:, :, -1] = 1
        self.masks = NO_MASKS

        # The lowest layer needs only the gradient of h, of two time steps at once.
        self.first_gradient_column = features if size.is_lowest else 0
        gradient_steps = 2 if size.is_lowest else steps + 1
        gradient_columns = features + units - self.first_gradient_column
        self.xh_gradient = zeros(gradient_steps, batch, gradient_columns)

        self.h = self.xh[:, :, features:-1]  # a view; step t holds what time step t starts from
        self.inputs = self.xh[:steps, :, :features]
        self.outputs = self.h[1:]
        x_columns = features - self.first_gradient_column
        self.input_gradient = self.xh_gradient[:steps, :, :x_columns]

    def forward(self, masks: GateMasks | None) -> None:
        """Fill `outputs` from `inputs` and the state."""
        self.masks = NO_MASKS
        if masks is not None:
            bias_mask = np.ones_like(masks.inputs[:, :, :1])
            self.masks = np.concatenate([masks.inputs, masks.state, bias_mask], axis=2)
        recurrent.lstm_forward(self.xh, self.kernel, self.masks, self.gates, self.c, self.tanh_c)

    def backward(self, output_gradient: np.ndarray) -> None:
        """Fill the gradients from that of `outputs`, or of the last of them alone."""
        recurrent.lstm_backward(
            self.kernel,
            self.first_gradient_column,
            self.masks,
            self.xh,
            self.gates,
            self.c,
            self.tanh_c,
            output_gradient,
            self.xh_gradient,
            self.kernel_gradient,
        )

    @property
    def states(self) -> list[np.ndarray]:
        """The h and c that the next windows start from, (batch, units) each, as views."""
        return [self.h[0], self.c[0]]

    def carry_states(self) -> None:
        """Let the next windows start where these ended."""
        self.h[0] = self.h[-1]
        self.c[0] = self.c[-1]


class Gru:
    """A GRU layer. The product of inputs and kernel is taken for all time steps at once."""

    GATES = 3

    def __init__(self, parameters: ParameterBuffer, size: LayerSize) -> None:
        columns = 3 * size.units
        self.kernel, self.kernel_gradient = parameters.take(size.features, columns)
        self.recurrent_kernel, self.recurrent_kernel_gradient = parameters.take(size.units, columns)
        self.bias, self.bias_gradient = parameters.take(2, columns)
        self.is_lowest = size.is_lowest
        self.input_masks = NO_MASKS
        self.state_masks = NO_MASKS

        self.inputs = zeros(size.steps, size.batch, size.features)
        self.input_gradient = zeros(size.steps, size.batch, size.features)
        self.input_sums = zeros(size.steps, size.batch, columns)
        self.state_sums = zeros(size.steps, size.batch, columns)
        self.gates = zeros(size.steps, size.batch, columns)
        self.h = zeros(size.steps + 1, size.batch, size.units)
        self.outputs = self.h[1:]

    def forward(self, masks: GateMasks | None) -> None:
        """Fill `outputs` from `inputs` and the state."""
        self.input_masks = NO_MASKS
        self.state_masks = NO_MASKS
        if masks is not None:
            self.input_masks = masks.inputs
            self.state_masks = masks.state
        projection.project_all(self.inputs, self.kernel, self.input_masks, self.input_sums)
        recurrent.gru_forward(
            self.input_sums,
            self.recurrent_kernel,
            self.bias,
            self.state_masks,
            self.state_sums,
            self.gates,
            self.h,
        )

    def backward(self, output_gradient: np.ndarray) -> None:
        """Fill the gradients from that of `outputs`, or of the last of them alone."""
        recurrent.gru_backward(
            self.recurrent_kernel,
            self.state_masks,
            self.state_sums,
            self.gates,
            self.h,
            output_gradient,
        )
        input_sums_gradient = self.gates
        state_sums_gradient = self.state_sums
        self.kernel_gradient[:] = 0
        self.recurrent_kernel_gradient[:] = 0
        projection.add_kernel_gradient(
            self.inputs, input_sums_gradient, self.input_masks, self.kernel_gradient
        )
        projection.add_kernel_gradient(
            self.h[:-1], state_sums_gradient, self.state_masks, self.recurrent_kernel_gradient
        )
        sum_rows(input_sums_gradient, self.bias_gradient[0])
        sum_rows(state_sums_gradient, self.bias_gradient[1])
        if not self.is_lowest:
            projection.project_all_back(
                input_sums_gradient, self.kernel, self.input_masks, self.input_gradient
            )

    @property
    def states(self) -> list[np.ndarray]:
        """The h that the next windows start from, (batch, units), as a view."""
        return [self.h[0]]

    def carry_states(self) -> None:
        """Let the next windows start where these ended."""
        self.h[0] = self.h[-1]


def sum_rows(values: np.ndarray, out: np.ndarray) -> None:
    """out (width,) = the sum of values (time, batch, width) over time and batch."""
    rows = values.shape[0] * values.shape[1]
    ones = np.ones(rows, np.float32)
    matrix = values.reshape(rows, values.shape[2])
    np.dot(ones, matrix, out)


class Dense:
    """A dense layer over the last output of the recurrent layers."""

    def __init__(
        self, parameters: ParameterBuffer, features: int, units: int, activation: Activation
    ) -> None:
        self.kernel, self.kernel_gradient = parameters.take(features, units)
        self.bias, self.bias_gradient = parameters.take(units)
        self.activation = activation
        self.inputs = zeros(0, 0)
        self.outputs = zeros(0, 0)

    def forward(self, inputs: np.ndarray) -> np.ndarray:
        """Outputs (batch, units) from inputs (batch, features)."""
        sums = inputs @ self.kernel + self.bias
        self.inputs = inputs
        self.outputs = activate(sums, self.activation)
        return self.outputs

    def backward(self, output_gradient: np.ndarray) -> np.ndarray:
        """Fill the gradients, and return that of the inputs."""
        sums_gradient = output_gradient
        if self.activation == Activation.RELU:
            sums_gradient = output_gradient * (self.outputs > 0)
        elif self.activation == Activation.SIGMOID:
            sums_gradient = output_gradient * self.outputs * (1 - self.outputs)
        np.dot(self.inputs.T, sums_gradient, out=self.kernel_gradient)
        np.sum(sums_gradient, axis=0, out=self.bias_gradient)
        return np.asarray(sums_gradient @ self.kernel.T)


def activate(sums: np.ndarray, activation: Activation) -> np.ndarray:
    """The outputs of a dense layer from its sums. The sigmoid is by way of tanh (no overflow)."""
    if activation == Activation.RELU:
        return np.asarray(np.maximum(sums, 0))
    if activation == Activation.SIGMOID:
        return np.asarray(0.5 + 0.5 * np.tanh(0.5 * sums))
    return sums
