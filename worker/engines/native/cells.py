"""One time step of an LSTM or a GRU, forward and back.

All arrays are float32, (batch, …); gates have Keras' order. LSTM: Hochreiter and Schmidhuber 1997; GRU: Cho et al. 2014
with the reset gate after the product (Keras' default); backwards by the chain rule. NaN stays NaN.
"""

from typing import Any

import numpy as np

from worker.engines.native.jit import inlined, native

ONE, HALF, NOTHING, TINY = np.float32(1), np.float32(0.5), np.float32(0), np.float32(1e-30)
EDGE = np.float32(9)  # tanh is 1 in float32 from here
# tanh(x) = x p(x²) / q(x²) on [-EDGE, EDGE]: a quotient fitted to the least greatest relative error, 1.3e-9
P1, P2, P3 = np.float32(0.136808503), np.float32(0.00386950036), np.float32(2.80311573e-05)
P4, P5 = np.float32(3.06421602e-08), np.float32(-1.22459749e-11)
Q1, Q2, Q3 = np.float32(0.470141824), np.float32(0.0272501286), np.float32(0.000394069993)
Q4 = np.float32(1.28902439e-06)


@inlined
def within(x: Any) -> Any:
    """x, no further from 0 than EDGE."""
    if x > EDGE:
        x = EDGE
    if x < -EDGE:
        x = -EDGE
    return x


@inlined
def above(x: Any) -> Any:
    """The numerator of tanh(x)."""
    s = x * x
    return x * (((((P5 * s + P4) * s + P3) * s + P2) * s + P1) * s + ONE)


@inlined
def under(x: Any) -> Any:
    """The denominator of tanh(x): from 1 to 483."""
    s = x * x
    return (((Q4 * s + Q3) * s + Q2) * s + Q1) * s + ONE


@inlined
def tanh(x: Any) -> Any:
    """Within 4e-7 of the true value."""
    x = within(x)
    return above(x) / under(x)


@inlined
def sigmoid(x: Any) -> Any:
    """By way of tanh, which overflows nowhere."""
    return HALF + HALF * tanh(HALF * x)


@inlined
def normal(x: Any) -> Any:
    """Zero in place of numbers so small that the processor would take a hundred times as long over them."""
    return NOTHING if -TINY < x < TINY else x


@native
def lstm_step(z: np.ndarray, before: np.ndarray, cell: np.ndarray, squashed: np.ndarray, output: np.ndarray,
              at: int) -> None:  # fmt: skip
    """z (batch, 4 units) becomes the gates i, f, c, o; the cell state, its tanh, and h into output[:, at:]."""
    units = cell.shape[1]
    for b in range(cell.shape[0]):
        zi, zf, zg, zo = (
            z[b, :units],
            z[b, units : 2 * units],
            z[b, 2 * units : 3 * units],
            z[b, 3 * units :],
        )
        was, now, tan, out = before[b], cell[b], squashed[b], output[b, at : at + units]
        for u in range(units):
            xi, xf, xg, xo = (
                within(HALF * zi[u]),
                within(HALF * zf[u]),
                within(zg[u]),
                within(HALF * zo[u]),
            )
            qi, qf, qg, qo = under(xi), under(xf), under(xg), under(xo)
            qif, qgo = qi * qf, qg * qo
            q = ONE / (qif * qgo)  # one division for four: it takes as long as ten products
            i, f = (
                HALF + HALF * above(xi) * qf * (qgo * q),
                HALF + HALF * above(xf) * qi * (qgo * q),
            )
            g, o = above(xg) * qo * (qif * q), HALF + HALF * above(xo) * qg * (qif * q)
            c = f * was[u] + i * g
            s = tanh(c)
            zi[u], zf[u], zg[u], zo[u] = i, f, g, o
            now[u], tan[u], out[u] = c, s, o * s


@native
def lstm_step_back(z: np.ndarray, before: np.ndarray, squashed: np.ndarray, above: np.ndarray, later: np.ndarray,
                   at: int, carried: np.ndarray, d: np.ndarray) -> None:  # fmt: skip
    """The gradient d (batch, 4 units) of what went into the gates z.

    h has the gradient above + later[:, at:], the cell state `carried`, which becomes that of the step before.
    """
    units = before.shape[1]
    for b in range(before.shape[0]):
        zi, zf, zg, zo = (
            z[b, :units],
            z[b, units : 2 * units],
            z[b, 2 * units : 3 * units],
            z[b, 3 * units :],
        )
        di, df, dg, do = (
            d[b, :units],
            d[b, units : 2 * units],
            d[b, 2 * units : 3 * units],
            d[b, 3 * units :],
        )
        was, tan, up, on, cell = (
            before[b],
            squashed[b],
            above[b],
            later[b, at : at + units],
            carried[b],
        )
        for u in range(units):
            i, f, g, o, s = zi[u], zf[u], zg[u], zo[u], tan[u]
            h = normal(up[u] + on[u])
            c = normal(cell[u] + h * o * (ONE - s * s))
            cell[u] = c * f
            di[u], df[u] = c * g * i * (ONE - i), c * was[u] * f * (ONE - f)
            dg[u], do[u] = c * i * (ONE - g * g), h * s * o * (ONE - o)


@native
def gru_step(x: np.ndarray, inner: np.ndarray, bias: np.ndarray, before: np.ndarray, gates: np.ndarray,
             output: np.ndarray) -> None:  # fmt: skip
    """From both products (batch, 3 units) to the gates z, r, h; the last third of `inner` gets its bias."""
    units = before.shape[1]
    outer_bias, inner_bias = bias[0], bias[1]
    for b in range(before.shape[0]):
        xz, xr, xh = x[b, :units], x[b, units : 2 * units], x[b, 2 * units :]
        nz, nr, nh = inner[b, :units], inner[b, units : 2 * units], inner[b, 2 * units :]
        gz, gr, gh = gates[b, :units], gates[b, units : 2 * units], gates[b, 2 * units :]
        was, out = before[b], output[b]
        for u in range(units):
            z = sigmoid(xz[u] + nz[u] + outer_bias[u] + inner_bias[u])
            r = sigmoid(xr[u] + nr[u] + outer_bias[units + u] + inner_bias[units + u])
            n = nh[u] + inner_bias[2 * units + u]
            h = tanh(xh[u] + outer_bias[2 * units + u] + r * n)
            nh[u], gz[u], gr[u], gh[u] = n, z, r, h
            out[u] = z * was[u] + (ONE - z) * h


@native
def gru_step_back(gates: np.ndarray, inner: np.ndarray, before: np.ndarray, above: np.ndarray, later: np.ndarray,
                  direct: np.ndarray) -> None:  # fmt: skip
    """`gates` and `inner` become the gradients of both products.

    h has the gradient above + later + direct; `direct` becomes what reaches the step before past the gates.
    """
    units = before.shape[1]
    for b in range(before.shape[0]):
        gz, gr, gh = gates[b, :units], gates[b, units : 2 * units], gates[b, 2 * units :]
        nz, nr, nh = inner[b, :units], inner[b, units : 2 * units], inner[b, 2 * units :]
        was, up, on, past = before[b], above[b], later[b], direct[b]
        for u in range(units):
            z, r, h, n = gz[u], gr[u], gh[u], nh[u]
            d = normal(up[u] + on[u] + past[u])
            dz, dh = d * (was[u] - h) * z * (ONE - z), d * (ONE - z) * (ONE - h * h)
            dr = dh * n * r * (ONE - r)
            gz[u], gr[u], gh[u] = dz, dr, dh
            nz[u], nr[u], nh[u] = dz, dr, dh * r
            past[u] = d * z
