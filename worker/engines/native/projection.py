"""Products of inputs or states with their kernel, forward and back, each gate's under its own mask.

All arrays are float32 and time-major, (time, batch, …). With recurrent dropout Keras masks inputs
and state for each gate separately: `masks` is then (gates, batch, width) and `gate_kernels` the
kernel gate by gate, (gates, width, units). Without it both have no rows and cost nothing.
"""

import numpy as np

from worker.engines.native.jit import cached_njit
from worker.engines.native.matmul import add_transposed_product, multiply


@cached_njit
def split_by_gate(kernel: np.ndarray, gates: int) -> np.ndarray:
    """(width, gates * units) as (gates, width, units); no rows where `gates` is 0."""
    units = kernel.shape[1] // max(gates, 1)
    gate_kernels = np.empty((gates, kernel.shape[0], units), np.float32)
    for gate in range(gates):
        read_columns(kernel, gate * units, gate_kernels[gate])
    return gate_kernels


@cached_njit
def read_columns(source: np.ndarray, first: int, out: np.ndarray) -> None:
    """out = the columns of source from `first` on, as many as fit."""
    for row in range(out.shape[0]):
        for column in range(out.shape[1]):
            out[row, column] = source[row, first + column]


@cached_njit
def write_columns(part: np.ndarray, first: int, out: np.ndarray) -> None:
    """The columns of `out` from `first` on = part."""
    for row in range(part.shape[0]):
        for column in range(part.shape[1]):
            out[row, first + column] = part[row, column]


@cached_njit
def add_columns(part: np.ndarray, first: int, out: np.ndarray) -> None:
    """The columns of `out` from `first` on += part."""
    for row in range(part.shape[0]):
        for column in range(part.shape[1]):
            out[row, first + column] += part[row, column]


@cached_njit
def apply_mask(values: np.ndarray, mask: np.ndarray, out: np.ndarray, factor: np.float32) -> None:
    """out = out * factor + values * mask."""
    for row in range(out.shape[0]):
        for column in range(out.shape[1]):
            out[row, column] = out[row, column] * factor + values[row, column] * mask[row, column]


@cached_njit
def transpose(matrix: np.ndarray, out: np.ndarray) -> None:
    """out = matrix.T in memory: products with it are twice as fast as with a transposed view."""
    for row in range(matrix.shape[0]):
        for column in range(matrix.shape[1]):
            out[column, row] = matrix[row, column]


@cached_njit
def project(
    inputs: np.ndarray,
    kernel: np.ndarray,
    gate_kernels: np.ndarray,
    masks: np.ndarray,
    out: np.ndarray,
) -> None:
    """out = inputs @ kernel of one time step, or gate by gate (inputs * mask) @ gate kernel."""
    if masks.shape[0] == 0:
        multiply(inputs, kernel, kernel.shape[1], out)
        return
    units = gate_kernels.shape[2]
    masked = np.zeros_like(inputs)
    gate_out = np.empty((inputs.shape[0], units), np.float32)
    for gate in range(masks.shape[0]):
        apply_mask(inputs, masks[gate], masked, np.float32(0))
        multiply(masked, gate_kernels[gate], units, gate_out)
        write_columns(gate_out, gate * units, out)


@cached_njit
def project_back(
    d_out: np.ndarray,
    transposed: np.ndarray,
    gate_kernels: np.ndarray,
    masks: np.ndarray,
    d_inputs: np.ndarray,
) -> None:
    """The gradient of the inputs of `project` from that of its `out`; `transposed` is kernel.T."""
    if masks.shape[0] == 0:
        multiply(d_out, transposed, d_inputs.shape[1], d_inputs)
        return
    units = gate_kernels.shape[2]
    d_gate = np.empty((d_out.shape[0], units), np.float32)
    d_masked = np.empty_like(d_inputs)
    d_inputs[:] = 0
    for gate in range(masks.shape[0]):
        read_columns(d_out, gate * units, d_gate)
        np.dot(d_gate, gate_kernels[gate].T, d_masked)
        apply_mask(d_masked, masks[gate], d_inputs, np.float32(1))


@cached_njit
def add_kernel_gradient(
    inputs: np.ndarray, d_out: np.ndarray, masks: np.ndarray, d_kernel: np.ndarray
) -> None:
    """Add to d_kernel the gradient of `project`'s kernel over all time steps.

    inputs (time, batch, width), d_out (time, batch, gates * units), d_kernel
    (width, gates * units).
    """
    steps, batch, width = inputs.shape
    rows = steps * batch
    gates = masks.shape[0]
    if gates == 0:
        all_inputs = inputs.reshape((rows, width))
        add_transposed_product(all_inputs, d_out.reshape((rows, d_out.shape[2])), d_kernel)
        return
    units = d_kernel.shape[1] // gates
    masked = np.zeros((steps, batch, width), np.float32)
    d_gate = np.empty((steps, batch, units), np.float32)
    d_gate_kernel = np.empty((width, units), np.float32)
    for gate in range(gates):
        for t in range(steps):
            apply_mask(inputs[t], masks[gate], masked[t], np.float32(0))
            read_columns(d_out[t], gate * units, d_gate[t])
        np.dot(masked.reshape((rows, width)).T, d_gate.reshape((rows, units)), d_gate_kernel)
        add_columns(d_gate_kernel, gate * units, d_kernel)


@cached_njit
def project_all(inputs: np.ndarray, kernel: np.ndarray, masks: np.ndarray, out: np.ndarray) -> None:
    """`project` for all time steps at once: out is (time, batch, gates * units)."""
    rows = inputs.shape[0] * inputs.shape[1]
    gate_kernels = split_by_gate(kernel, masks.shape[0])
    if masks.shape[0] == 0:
        all_inputs = inputs.reshape((rows, inputs.shape[2]))
        np.dot(all_inputs, kernel, out.reshape((rows, out.shape[2])))
        return
    for t in range(inputs.shape[0]):
        project(inputs[t], kernel, gate_kernels, masks, out[t])


@cached_njit
def project_all_back(
    d_out: np.ndarray, kernel: np.ndarray, masks: np.ndarray, d_inputs: np.ndarray
) -> None:
    """`project_back` for all time steps."""
    rows = d_out.shape[0] * d_out.shape[1]
    gate_kernels = split_by_gate(kernel, masks.shape[0])
    transposed = np.empty((kernel.shape[1], kernel.shape[0]), np.float32)
    transpose(kernel, transposed)
    if masks.shape[0] == 0:
        all_d_out = d_out.reshape((rows, d_out.shape[2]))
        np.dot(all_d_out, transposed, d_inputs.reshape((rows, d_inputs.shape[2])))
        return
    for t in range(d_out.shape[0]):
        project_back(d_out[t], transposed, gate_kernels, masks, d_inputs[t])
