"""A recurrent layer over a whole window, forward and back through time.

All arrays are float32 and time-major, (time, batch, …). With recurrent dropout Keras masks the state for each gate
alone: `masks` is then (gates, batch, width), and otherwise has no rows and costs nothing.
"""

import numpy as np

from worker.engines.native.cells import gru_step, gru_step_back, lstm_step, lstm_step_back
from worker.engines.native.jit import native
from worker.engines.native.matmul import add_turned_product, product

TOGETHER = 60  # rows of a kernel's gradient that are summed up at once


@native
def by_gate(kernel: np.ndarray, gates: int) -> np.ndarray:
    """(width, gates * units) as (gates, width, units); nothing where no gate is masked."""
    units = kernel.shape[1] // max(gates, 1)
    parts = np.empty((gates, kernel.shape[0], units), np.float32)
    for gate in range(gates):
        take_columns(kernel, gate * units, parts[gate])
    return parts


@native
def take_columns(source: np.ndarray, first: int, out: np.ndarray) -> None:
    """out = the columns of source from `first` on, as many as fit."""
    for row in range(out.shape[0]):
        for column in range(out.shape[1]):
            out[row, column] = source[row, first + column]


@native
def put_columns(part: np.ndarray, first: int, out: np.ndarray) -> None:
    """The inverse of `take_columns`."""
    for row in range(part.shape[0]):
        for column in range(part.shape[1]):
            out[row, first + column] = part[row, column]


@native
def add_columns(part: np.ndarray, first: int, out: np.ndarray) -> None:
    """Add what `put_columns` would put."""
    for row in range(part.shape[0]):
        for column in range(part.shape[1]):
            out[row, first + column] += part[row, column]


@native
def masked(values: np.ndarray, mask: np.ndarray, out: np.ndarray, keep: np.float32) -> None:
    """out = out * keep + values * mask."""
    for row in range(out.shape[0]):
        for column in range(out.shape[1]):
            out[row, column] = out[row, column] * keep + values[row, column] * mask[row, column]


@native
def project(
    seen: np.ndarray, kernel: np.ndarray, parts: np.ndarray, masks: np.ndarray, out: np.ndarray
) -> None:
    """out = seen @ kernel, or gate for gate (seen * its mask) @ its part of the kernel."""
    if masks.shape[0] == 0:
        product(seen, kernel, kernel.shape[1], out)
        return
    some, part = np.zeros_like(seen), np.empty((seen.shape[0], parts.shape[2]), np.float32)
    for gate in range(masks.shape[0]):
        masked(seen, masks[gate], some, np.float32(0))
        product(some, parts[gate], parts.shape[2], part)
        put_columns(part, gate * parts.shape[2], out)


@native
def project_back(
    d: np.ndarray, turned: np.ndarray, parts: np.ndarray, masks: np.ndarray, out: np.ndarray
) -> None:
    """The gradient of `seen` in `project`; `turned` is the kernel, transposed."""
    if masks.shape[0] == 0:
        product(d, turned, out.shape[1], out)
        return
    some, part = np.empty((d.shape[0], parts.shape[2]), np.float32), np.empty_like(out)
    out[:] = 0
    for gate in range(masks.shape[0]):
        take_columns(d, gate * parts.shape[2], some)
        np.dot(some, parts[gate].T, part)
        masked(part, masks[gate], out, np.float32(1))


@native
def add_kernel_gradient(
    seen: np.ndarray, d: np.ndarray, masks: np.ndarray, total: np.ndarray
) -> None:
    """Add the gradient of the kernel in `project` over all steps; seen (time, batch, width), d (time, batch, gates)."""
    steps, batch, width = seen.shape
    rows, gates = steps * batch, masks.shape[0]
    if gates == 0:
        add_turned_product(seen.reshape((rows, width)), d.reshape((rows, d.shape[2])), total)
        return
    units = total.shape[1] // gates
    some, part = (
        np.zeros((steps, batch, width), np.float32),
        np.empty((steps, batch, units), np.float32),
    )
    found = np.empty((width, units), np.float32)
    for gate in range(gates):
        for t in range(steps):
            masked(seen[t], masks[gate], some[t], np.float32(0))
            take_columns(d[t], gate * units, part[t])
        np.dot(some.reshape((rows, width)).T, part.reshape((rows, units)), found)
        add_columns(found, gate * units, total)


@native
def project_all(seen: np.ndarray, kernel: np.ndarray, masks: np.ndarray, out: np.ndarray) -> None:
    """`project` for all steps at once: seen (time, batch, width), out (time, batch, gates)."""
    rows, parts = seen.shape[0] * seen.shape[1], by_gate(kernel, masks.shape[0])
    if masks.shape[0] == 0:
        np.dot(seen.reshape((rows, seen.shape[2])), kernel, out.reshape((rows, out.shape[2])))
        return
    for t in range(seen.shape[0]):
        project(seen[t], kernel, parts, masks, out[t])


@native
def project_all_back(d: np.ndarray, kernel: np.ndarray, masks: np.ndarray, out: np.ndarray) -> None:
    """`project_back` for all steps at once."""
    rows, parts = d.shape[0] * d.shape[1], by_gate(kernel, masks.shape[0])
    turned = np.empty((kernel.shape[1], kernel.shape[0]), np.float32)
    transpose(kernel, turned)
    if masks.shape[0] == 0:
        np.dot(d.reshape((rows, d.shape[2])), turned, out.reshape((rows, out.shape[2])))
        return
    for t in range(d.shape[0]):
        project_back(d[t], turned, parts, masks, out[t])


@native
def transpose(matrix: np.ndarray, out: np.ndarray) -> None:
    """out = matrix, turned: a product with it so is twice as fast as one that turns it each time."""
    for row in range(matrix.shape[0]):
        for column in range(matrix.shape[1]):
            out[column, row] = matrix[row, column]


@native
def spread(matrix: np.ndarray, width: int) -> np.ndarray:
    """The matrix with its rows so far apart."""
    rows = np.empty((matrix.shape[0], width), np.float32)
    for row in range(matrix.shape[0]):
        for column in range(matrix.shape[1]):
            rows[row, column] = matrix[row, column]
    return rows[:, : matrix.shape[1]]


@native
def lstm_forward(xh: np.ndarray, kernel: np.ndarray, masks: np.ndarray, gates: np.ndarray, cells: np.ndarray,
                 squashed: np.ndarray) -> None:  # fmt: skip
    """xh (time + 1, batch, features + units + 1) holds x of step t, h of step t - 1 and a 1; cells c of step t - 1.

    `kernel` (features + units + 1, 4 units) is Keras' kernel on top of its recurrent kernel, on top of its bias; gates
    (time, batch, 4 units or more: see products.wide).
    """
    at, parts = xh.shape[2] - 1 - cells.shape[2], by_gate(kernel, masks.shape[0])
    apart = spread(kernel, gates.shape[2])
    for t in range(gates.shape[0]):
        project(xh[t], apart, parts, masks, gates[t])
        lstm_step(gates[t], cells[t], cells[t + 1], squashed[t], xh[t + 1], at)


@native
def lstm_backward(kernel: np.ndarray, below: int, masks: np.ndarray, xh: np.ndarray, gates: np.ndarray,
                  cells: np.ndarray, squashed: np.ndarray, above: np.ndarray, dxh: np.ndarray,
                  dkernel: np.ndarray) -> None:  # fmt: skip
    """Gradients of the kernel, and in dxh (time + 1, batch, features + units - below) of xh from column `below` on.

    `above` is the gradient of the outputs, or of the last of them alone, (time or 1, batch, units). Where nobody needs
    that of x, dxh has two steps, used in turns. The kernel's gradient is summed up while a few steps are in the cache.
    """
    steps, kept, at = gates.shape[0], dxh.shape[0], dxh.shape[2] - cells.shape[2]
    inner, some = kernel[below:-1], masks[:, :, below:-1]
    turned, parts = (
        np.empty((inner.shape[1], inner.shape[0]), np.float32),
        by_gate(inner, masks.shape[0]),
    )
    transpose(inner, turned)
    carried, none = np.zeros_like(cells[0]), np.zeros_like(cells[0])
    span = max(1, TOGETHER // gates.shape[1])
    d = np.empty((min(span, steps), gates.shape[1], gates.shape[2]), np.float32)
    dxh[steps % kept] = 0
    dkernel[:] = 0
    for t in range(steps - 1, -1, -1):
        ahead = above[t] if above.shape[0] == steps else (above[0] if t == steps - 1 else none)
        now = d[t % span]
        lstm_step_back(
            gates[t], cells[t], squashed[t], ahead, dxh[(t + 1) % kept], at, carried, now
        )
        project_back(now, turned, parts, some, dxh[t % kept])
        if t % span == 0:
            end = min(t + span, steps)
            add_kernel_gradient(xh[t:end], d[: end - t], masks, dkernel)


@native
def gru_forward(x: np.ndarray, recurrent: np.ndarray, bias: np.ndarray, masks: np.ndarray, inner: np.ndarray,
                gates: np.ndarray, h: np.ndarray) -> None:  # fmt: skip
    """x (time, batch, 3 units) is the product of inputs and kernel; h (time + 1, …) starts with the state."""
    parts = by_gate(recurrent, masks.shape[0])
    for t in range(x.shape[0]):
        project(h[t], recurrent, parts, masks, inner[t])
        gru_step(x[t], inner[t], bias, h[t], gates[t], h[t + 1])


@native
def gru_backward(recurrent: np.ndarray, masks: np.ndarray, inner: np.ndarray, gates: np.ndarray, h: np.ndarray,
                 above: np.ndarray) -> None:  # fmt: skip
    """`gates` and `inner` become the gradients of both products; `above` (time or only the last, batch, units)."""
    steps, parts = gates.shape[0], by_gate(recurrent, masks.shape[0])
    turned = np.empty((recurrent.shape[1], recurrent.shape[0]), np.float32)
    transpose(recurrent, turned)
    later, direct, none = np.zeros_like(h[0]), np.zeros_like(h[0]), np.zeros_like(h[0])
    for t in range(steps - 1, -1, -1):
        ahead = above[t] if above.shape[0] == steps else (above[0] if t == steps - 1 else none)
        gru_step_back(gates[t], inner[t], h[t], ahead, later, direct)
        project_back(inner[t], turned, parts, masks, later)
