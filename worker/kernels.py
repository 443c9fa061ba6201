"""Recurrent steps as native code, compiled by Numba once per installation and for every size at the same time.

All arrays are float32 and time-major: (time, batch, …). Weights have Keras' layout and gate order. Where the formulas
come from: Hochreiter and Schmidhuber 1997 (LSTM), Cho et al. 2014 with the reset gate after the product (GRU), both
backwards through time by the chain rule. A NaN anywhere stays one, so that a diverged training shows it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

REORDERED = {"contract", "nsz", "reassoc", "arcp"}  # every fast-math licence but those that assume away NaN
ONE, HALF = np.float32(1), np.float32(0.5)
EDGE = np.float32(7.90531110763549805)  # tanh is 1 in float32 from here
# tanh(x) = x p(x²) / q(x²) on [-EDGE, EDGE], the minimax quotient of degree 13 over 6 that Eigen uses too
P0, P1, P2, P3 = np.float32(4.89352455891786e-03), np.float32(6.37261928875436e-04), np.float32(1.48572235717979e-05), np.float32(5.12229709037114e-08)  # fmt: skip
P4, P5, P6 = np.float32(-8.60467152213735e-11), np.float32(2.00018790482477e-13), np.float32(-2.76076847742355e-16)
Q0, Q1, Q2, Q3 = np.float32(4.89352518554385e-03), np.float32(2.26843463243900e-03), np.float32(1.18534705686654e-04), np.float32(1.19825839466702e-06)  # fmt: skip


def native(function: Callable[..., Any]) -> Any:
    """Compile on the first call and keep the result on disk, where there is a place to keep it."""
    options = {"fastmath": REORDERED, "error_model": "numpy", "nogil": True}
    try:
        return njit(cache=True, **options)(function)
    except RuntimeError:  # no folder that may be written to
        return njit(**options)(function)


@njit(inline="always")
def tanh(x: Any) -> Any:
    """Within 3e-7 of the true value."""
    if x > EDGE:
        x = EDGE
    if x < -EDGE:
        x = -EDGE
    s = x * x
    p = ((((((P6 * s + P5) * s + P4) * s + P3) * s + P2) * s + P1) * s + P0) * x
    return p / (((Q3 * s + Q2) * s + Q1) * s + Q0)


@njit(inline="always")
def sigmoid(x: Any) -> Any:
    """By way of tanh, which overflows nowhere."""
    return HALF + HALF * tanh(HALF * x)


@native
def gather(inputs: np.ndarray, rows: np.ndarray, steps: int, mask: np.ndarray, out: np.ndarray) -> None:
    """The windows of `steps` rows before each of `rows` into out[:steps, :, :features], times mask (batch, features)."""
    for t in range(steps):
        for b in range(rows.shape[0]):
            row = rows[b] - steps + t
            for k in range(inputs.shape[1]):
                out[t, b, k] = inputs[row, k] * mask[b, k]


@native
def masked_copy(source: np.ndarray, mask: np.ndarray, out: np.ndarray) -> None:
    """out[t, b, k] = source[t, b, k] * mask[t or 0, b, k], over the extent of source."""
    repeated = mask.shape[0] == 1
    for t in range(source.shape[0]):
        rates = mask[0 if repeated else t]
        for b in range(source.shape[1]):
            for k in range(source.shape[2]):
                out[t, b, k] = source[t, b, k] * rates[b, k]


@native
def keep(noise: np.ndarray, rate: float) -> None:
    """Uniform noise to an inverted dropout mask, in place: 0 with probability `rate`, else 1 / (1 - rate)."""
    values, threshold, scale = noise.reshape(-1), np.float32(rate), np.float32(1 / (1 - rate))
    for n in range(values.size):
        values[n] = scale if values[n] >= threshold else np.float32(0)


@native
def lstm_gates(z: np.ndarray, bias: np.ndarray, before: np.ndarray, cell: np.ndarray, squashed: np.ndarray,
               output: np.ndarray, at: int) -> None:  # fmt: skip
    """One step: z (batch, 4 units) becomes i, f, c, o; the cell state, its tanh, and h into output[:, at:]."""
    units = cell.shape[1]
    bi, bf, bg, bo = bias[:units], bias[units : 2 * units], bias[2 * units : 3 * units], bias[3 * units :]
    for b in range(cell.shape[0]):
        zi, zf, zg, zo = z[b, :units], z[b, units : 2 * units], z[b, 2 * units : 3 * units], z[b, 3 * units :]
        was, now, tan, out = before[b], cell[b], squashed[b], output[b, at:]
        for u in range(units):
            i, f, g, o = sigmoid(zi[u] + bi[u]), sigmoid(zf[u] + bf[u]), tanh(zg[u] + bg[u]), sigmoid(zo[u] + bo[u])
            c = f * was[u] + i * g
            s = tanh(c)
            zi[u], zf[u], zg[u], zo[u] = i, f, g, o
            now[u], tan[u], out[u] = c, s, o * s


@native
def lstm_gates_backward(z: np.ndarray, before: np.ndarray, squashed: np.ndarray, above: np.ndarray, later: np.ndarray,
                        at: int, carried: np.ndarray, bias: np.ndarray) -> None:  # fmt: skip
    """One step back: z (gates) becomes the gradient before the gates; `carried` is that of the cell state."""
    units = before.shape[1]
    for b in range(before.shape[0]):
        for u in range(units):
            i, f, g, o = z[b, u], z[b, units + u], z[b, 2 * units + u], z[b, 3 * units + u]
            s, h = squashed[b, u], above[b, u] + later[b, at + u]
            c = carried[b, u] + h * o * (ONE - s * s)
            carried[b, u] = c * f
            di, df, dg = c * g * i * (ONE - i), c * before[b, u] * f * (ONE - f), c * i * (ONE - g * g)
            do = h * s * o * (ONE - o)
            z[b, u], z[b, units + u], z[b, 2 * units + u], z[b, 3 * units + u] = di, df, dg, do
            bias[u] += di
            bias[units + u] += df
            bias[2 * units + u] += dg
            bias[3 * units + u] += do


@native
def lstm_forward(xh: np.ndarray, kernel: np.ndarray, bias: np.ndarray, gates: np.ndarray, cells: np.ndarray,
                 squashed: np.ndarray) -> None:  # fmt: skip
    """xh (time + 1, batch, features + units) holds x of step t beside h of step t - 1; cells (time + 1, batch, units)."""
    at = xh.shape[2] - cells.shape[2]
    for t in range(gates.shape[0]):
        np.dot(xh[t], kernel, gates[t])
        lstm_gates(gates[t], bias, cells[t], cells[t + 1], squashed[t], xh[t + 1], at)


@native
def lstm_predict(xh: np.ndarray, kernel: np.ndarray, bias: np.ndarray, gates: np.ndarray, cell: np.ndarray,
                 squashed: np.ndarray) -> None:  # fmt: skip
    """`lstm_forward` without keeping what only the way back needs."""
    at = xh.shape[2] - cell.shape[1]
    for t in range(xh.shape[0] - 1):
        np.dot(xh[t], kernel, gates)
        lstm_gates(gates, bias, cell, cell, squashed, xh[t + 1], at)


@native
def lstm_backward(kernel: np.ndarray, gates: np.ndarray, cells: np.ndarray, squashed: np.ndarray, above: np.ndarray,
                  dxh: np.ndarray, bias: np.ndarray) -> None:  # fmt: skip
    """Gates become their gradients; dxh (time + 1, …) those of x and h; `above` is (time or the last one, batch, units)."""
    steps, at = gates.shape[0], dxh.shape[2] - cells.shape[2]
    turned, carried, none = np.ascontiguousarray(kernel.T), np.zeros_like(cells[0]), np.zeros_like(cells[0])
    dxh[steps] = 0
    bias[:] = 0
    for t in range(steps - 1, -1, -1):
        ahead = above[t] if above.shape[0] == steps else (above[0] if t == steps - 1 else none)
        lstm_gates_backward(gates[t], cells[t], squashed[t], ahead, dxh[t + 1], at, carried, bias)
        np.dot(gates[t], turned, dxh[t])
