"""A recurrent layer over a whole window, forward and back through time.

All arrays are float32 and time-major, (time, batch, …). States have one step more than the window:
step t holds what time step t starts from. `masks` are those of projection.py.
"""

import numpy as np

from worker.engines.native.cells import gru_step, gru_step_back, lstm_step, lstm_step_back
from worker.engines.native.jit import cached_njit
from worker.engines.native.projection import (
    add_kernel_gradient,
    project,
    project_back,
    split_by_gate,
    transpose,
)

ROWS_PER_SUM = 60  # of a kernel's gradient at once: few enough to be in the cache still


@cached_njit
def pad_rows(matrix: np.ndarray, width: int) -> np.ndarray:
    """A copy of the matrix whose rows are `width` columns apart."""
    padded = np.empty((matrix.shape[0], width), np.float32)
    for row in range(matrix.shape[0]):
        for column in range(matrix.shape[1]):
            padded[row, column] = matrix[row, column]
    return padded[:, : matrix.shape[1]]


@cached_njit
def lstm_forward(
    xh: np.ndarray,
    kernel: np.ndarray,
    masks: np.ndarray,
    gates: np.ndarray,
    c: np.ndarray,
    tanh_c: np.ndarray,
) -> None:
    """Fill the gates, c, tanh_c and, in xh, the h of every time step.

    xh (time + 1, batch, features + units + 1) holds x of step t, h of step t - 1 and a 1. `kernel`
    (features + units + 1, 4 units) is Keras' kernel on top of its recurrent kernel on top of its
    bias. `gates` is (time, batch, 4 units or more: see matmul.padded_width).
    """
    h_column = xh.shape[2] - 1 - c.shape[2]
    gate_kernels = split_by_gate(kernel, masks.shape[0])
    padded_kernel = pad_rows(kernel, gates.shape[2])
    for t in range(gates.shape[0]):
        project(xh[t], padded_kernel, gate_kernels, masks, gates[t])
        lstm_step(gates[t], c[t], c[t + 1], tanh_c[t], xh[t + 1], h_column)


@cached_njit
def lstm_backward(kernel: np.ndarray, first_row: int, masks: np.ndarray, xh: np.ndarray,
                  gates: np.ndarray, c: np.ndarray, tanh_c: np.ndarray, d_outputs: np.ndarray,
                  dxh: np.ndarray, d_kernel: np.ndarray) -> None:  # fmt: skip
    """Gradients of the kernel and, in dxh, of xh from column `first_row` of it on.

    d_outputs is (time, batch, units), or (1, …) where only the last output has a gradient. dxh has
    as many steps as xh, or two that are used in turns where nobody needs the gradient of x.
    """
    steps, batch, columns = gates.shape
    kept_steps = dxh.shape[0]
    h_column = dxh.shape[2] - c.shape[2]
    inner_kernel = kernel[first_row:-1]
    inner_masks = masks[:, :, first_row:-1]
    transposed = np.empty((inner_kernel.shape[1], inner_kernel.shape[0]), np.float32)
    gate_kernels = split_by_gate(inner_kernel, masks.shape[0])
    transpose(inner_kernel, transposed)
    d_c = np.zeros_like(c[0])
    no_gradient = np.zeros_like(c[0])
    span = max(1, ROWS_PER_SUM // batch)
    d_gates = np.empty((min(span, steps), batch, columns), np.float32)
    dxh[steps % kept_steps] = 0
    d_kernel[:] = 0
    for t in range(steps - 1, -1, -1):
        d_output = select_output_gradient(d_outputs, t, steps, no_gradient)
        d_next = dxh[(t + 1) % kept_steps]
        d_sums = d_gates[t % span]
        lstm_step_back(gates[t], c[t], tanh_c[t], d_output, d_next, h_column, d_c, d_sums)
        project_back(d_sums, transposed, gate_kernels, inner_masks, dxh[t % kept_steps])
        if t % span == 0:
            end = min(t + span, steps)
            add_kernel_gradient(xh[t:end], d_gates[: end - t], masks, d_kernel)


@cached_njit
def gru_forward(
    input_sums: np.ndarray,
    recurrent_kernel: np.ndarray,
    bias: np.ndarray,
    masks: np.ndarray,
    state_sums: np.ndarray,
    gates: np.ndarray,
    h: np.ndarray,
) -> None:
    """Fill the gates, state_sums and h of every time step.

    input_sums (time, batch, 3 units) is the product of the inputs and their kernel; h
    (time + 1, batch, units) starts with the state.
    """
    gate_kernels = split_by_gate(recurrent_kernel, masks.shape[0])
    for t in range(input_sums.shape[0]):
        project(h[t], recurrent_kernel, gate_kernels, masks, state_sums[t])
        gru_step(input_sums[t], state_sums[t], bias, h[t], gates[t], h[t + 1])


@cached_njit
def gru_backward(
    recurrent_kernel: np.ndarray,
    masks: np.ndarray,
    state_sums: np.ndarray,
    gates: np.ndarray,
    h: np.ndarray,
    d_outputs: np.ndarray,
) -> None:
    """`gates` and `state_sums` become the gradients of the sums of inputs and of states.

    d_outputs is (time, batch, units), or (1, …) where only the last output has a gradient.
    """
    steps = gates.shape[0]
    gate_kernels = split_by_gate(recurrent_kernel, masks.shape[0])
    transposed = np.empty((recurrent_kernel.shape[1], recurrent_kernel.shape[0]), np.float32)
    transpose(recurrent_kernel, transposed)
    d_next = np.zeros_like(h[0])
    d_direct = np.zeros_like(h[0])
    no_gradient = np.zeros_like(h[0])
    for t in range(steps - 1, -1, -1):
        d_output = select_output_gradient(d_outputs, t, steps, no_gradient)
        gru_step_back(gates[t], state_sums[t], h[t], d_output, d_next, d_direct)
        project_back(state_sums[t], transposed, gate_kernels, masks, d_next)


@cached_njit
def select_output_gradient(
    d_outputs: np.ndarray, t: int, steps: int, no_gradient: np.ndarray
) -> np.ndarray:
    """The gradient of the output of time step t: d_outputs may hold the last step's alone."""
    gradient: np.ndarray = no_gradient
    if d_outputs.shape[0] == steps:
        gradient = d_outputs[t]
    elif t == steps - 1:
        gradient = d_outputs[0]
    return gradient
