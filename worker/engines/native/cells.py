"""One time step of an LSTM or a GRU, forward and back.

All arrays are float32, (batch, …), and written in place; gates have Keras' order. LSTM: Hochreiter
and Schmidhuber 1997. GRU: Cho et al. 2014 with the reset gate after the product (Keras' default).
Backwards by the chain rule. NaN stays NaN.

The compiler may regroup sums and products (see jit.py), so rearranging an expression, even naming a
part of it, can change the last digit of a training.
"""

from typing import Any

import numpy as np

from worker.engines.native.jit import cached_njit, inline_njit

ZERO = np.float32(0)
HALF = np.float32(0.5)
ONE = np.float32(1)
TINY = np.float32(1e-30)

# tanh(x) = x p(x²) / q(x²) in float32 on [-SATURATION, SATURATION], and ±1 beyond. The coefficients
# are a fit of our own to the least largest relative error, which is 1.3e-9 in exact arithmetic.
SATURATION = np.float32(9)
P1 = np.float32(0.136808503)
P2 = np.float32(0.00386950036)
P3 = np.float32(2.80311573e-05)
P4 = np.float32(3.06421602e-08)
P5 = np.float32(-1.22459749e-11)
Q1 = np.float32(0.470141824)
Q2 = np.float32(0.0272501286)
Q3 = np.float32(0.000394069993)
Q4 = np.float32(1.28902439e-06)


@inline_njit
def saturate(x: Any) -> Any:
    """x, clipped to where the fit of tanh holds."""
    if x > SATURATION:
        x = SATURATION
    if x < -SATURATION:
        x = -SATURATION
    return x


@inline_njit
def tanh_numerator(x: Any) -> Any:
    """x p(x²)."""
    s = x * x
    return x * (((((P5 * s + P4) * s + P3) * s + P2) * s + P1) * s + ONE)


@inline_njit
def tanh_denominator(x: Any) -> Any:
    """q(x²), from 1 to 483."""
    s = x * x
    return (((Q4 * s + Q3) * s + Q2) * s + Q1) * s + ONE


@inline_njit
def tanh(x: Any) -> Any:
    """tanh(x), within 4e-7 of the true value."""
    x = saturate(x)
    return tanh_numerator(x) / tanh_denominator(x)


@inline_njit
def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x)), by way of tanh, which never overflows."""
    return HALF + HALF * tanh(HALF * x)


@inline_njit
def flush_to_zero(x: Any) -> Any:
    """Zero in place of numbers so small that processors take a hundred times as long over them."""
    return ZERO if -TINY < x < TINY else x


@inline_njit
def split_in_four(row: Any, units: Any) -> Any:
    """The parts of an LSTM's row (4 units or more,), as views; the last one takes what is left."""
    first = row[:units]
    second = row[units : 2 * units]
    third = row[2 * units : 3 * units]
    fourth = row[3 * units :]
    return first, second, third, fourth


@inline_njit
def split_in_three(row: Any, units: Any) -> Any:
    """The parts of a GRU's row (3 units,), as views."""
    first = row[:units]
    second = row[units : 2 * units]
    third = row[2 * units :]
    return first, second, third


@inline_njit
def activate_lstm(sum_i: Any, sum_f: Any, sum_g: Any, sum_o: Any) -> Any:
    """The gates i, f, o (sigmoid) and the candidate g (tanh) of one unit.

    One division serves all four quotients: it takes as long as ten products.
    """
    x_i = saturate(HALF * sum_i)
    x_f = saturate(HALF * sum_f)
    x_g = saturate(sum_g)
    x_o = saturate(HALF * sum_o)
    q_i = tanh_denominator(x_i)
    q_f = tanh_denominator(x_f)
    q_g = tanh_denominator(x_g)
    q_o = tanh_denominator(x_o)
    q_if = q_i * q_f
    q_go = q_g * q_o
    q = ONE / (q_if * q_go)
    i = HALF + HALF * tanh_numerator(x_i) * q_f * (q_go * q)
    f = HALF + HALF * tanh_numerator(x_f) * q_i * (q_go * q)
    g = tanh_numerator(x_g) * q_o * (q_if * q)
    o = HALF + HALF * tanh_numerator(x_o) * q_g * (q_if * q)
    return i, f, g, o


@cached_njit
def lstm_step(
    gates: np.ndarray,
    previous_c: np.ndarray,
    c: np.ndarray,
    tanh_c: np.ndarray,
    output: np.ndarray,
    h_column: int,
) -> None:
    """From the sums before the gates to the next state.

    `gates` (batch, 4 units) holds the sums and becomes the gates i, f, g (the candidate), o. With
    previous_c (batch, units) that fills c, tanh_c and, in output[:, h_column:], h.
    """
    units = c.shape[1]
    for b in range(c.shape[0]):
        gates_i, gates_f, gates_g, gates_o = split_in_four(gates[b], units)
        row_previous_c = previous_c[b]
        row_c = c[b]
        row_tanh_c = tanh_c[b]
        row_h = output[b, h_column : h_column + units]
        for u in range(units):
            i, f, g, o = activate_lstm(gates_i[u], gates_f[u], gates_g[u], gates_o[u])
            new_c = f * row_previous_c[u] + i * g
            new_tanh_c = tanh(new_c)
            gates_i[u] = i
            gates_f[u] = f
            gates_g[u] = g
            gates_o[u] = o
            row_c[u] = new_c
            row_tanh_c[u] = new_tanh_c
            row_h[u] = o * new_tanh_c


@cached_njit
def lstm_step_back(
    gates: np.ndarray,
    previous_c: np.ndarray,
    tanh_c: np.ndarray,
    d_output: np.ndarray,
    d_next: np.ndarray,
    h_column: int,
    d_c: np.ndarray,
    d_gates: np.ndarray,
) -> None:
    """The gradient d_gates (batch, 4 units) of the sums before the gates.

    The gradient of h is d_output (from the layer above) + d_next[:, h_column:] (from the next
    step). d_c (batch, units) holds that of c and becomes that of the previous step's.
    """
    units = previous_c.shape[1]
    for b in range(previous_c.shape[0]):
        gates_i, gates_f, gates_g, gates_o = split_in_four(gates[b], units)
        d_i, d_f, d_g, d_o = split_in_four(d_gates[b], units)
        row_previous_c = previous_c[b]
        row_tanh_c = tanh_c[b]
        row_d_output = d_output[b]
        row_d_next = d_next[b, h_column : h_column + units]
        row_d_c = d_c[b]
        for u in range(units):
            i = gates_i[u]
            f = gates_f[u]
            g = gates_g[u]
            o = gates_o[u]
            t = row_tanh_c[u]
            dh = flush_to_zero(row_d_output[u] + row_d_next[u])
            dc = flush_to_zero(row_d_c[u] + dh * o * (ONE - t * t))
            row_d_c[u] = dc * f
            d_i[u] = dc * g * i * (ONE - i)
            d_f[u] = dc * row_previous_c[u] * f * (ONE - f)
            d_g[u] = dc * i * (ONE - g * g)
            d_o[u] = dh * t * o * (ONE - o)


@cached_njit
def gru_step(
    input_sums: np.ndarray,
    state_sums: np.ndarray,
    bias: np.ndarray,
    previous_h: np.ndarray,
    gates: np.ndarray,
    h: np.ndarray,
) -> None:
    """From the products of the inputs and of the state with their kernels to the next state.

    Both sums are (batch, 3 units) without `bias` (2, 3 units), which has one row for each of them.
    Fills the gates z, r, n (the candidate) and h; the last third of state_sums gets its bias.
    """
    units = previous_h.shape[1]
    input_bias = bias[0]
    state_bias = bias[1]
    for b in range(previous_h.shape[0]):
        input_z, input_r, input_n = split_in_three(input_sums[b], units)
        state_z, state_r, state_n = split_in_three(state_sums[b], units)
        gates_z, gates_r, gates_n = split_in_three(gates[b], units)
        row_previous_h = previous_h[b]
        row_h = h[b]
        for u in range(units):
            z = sigmoid(input_z[u] + state_z[u] + input_bias[u] + state_bias[u])
            r = sigmoid(input_r[u] + state_r[u] + input_bias[units + u] + state_bias[units + u])
            s = state_n[u] + state_bias[2 * units + u]
            n = tanh(input_n[u] + input_bias[2 * units + u] + r * s)
            state_n[u] = s
            gates_z[u] = z
            gates_r[u] = r
            gates_n[u] = n
            row_h[u] = z * row_previous_h[u] + (ONE - z) * n


@cached_njit
def gru_step_back(
    gates: np.ndarray,
    state_sums: np.ndarray,
    previous_h: np.ndarray,
    d_output: np.ndarray,
    d_next: np.ndarray,
    d_direct: np.ndarray,
) -> None:
    """`gates` and `state_sums` become the gradients of the inputs' sums and of the state's sums.

    The gradient of h is d_output (from the layer above) + d_next (from the next step's sums) +
    d_direct, which becomes what reaches the previous step without passing through the sums.
    """
    units = previous_h.shape[1]
    for b in range(previous_h.shape[0]):
        gates_z, gates_r, gates_n = split_in_three(gates[b], units)
        state_z, state_r, state_n = split_in_three(state_sums[b], units)
        row_previous_h = previous_h[b]
        row_d_output = d_output[b]
        row_d_next = d_next[b]
        row_d_direct = d_direct[b]
        for u in range(units):
            z = gates_z[u]
            r = gates_r[u]
            n = gates_n[u]
            s = state_n[u]
            dh = flush_to_zero(row_d_output[u] + row_d_next[u] + row_d_direct[u])
            dz = dh * (row_previous_h[u] - n) * z * (ONE - z)
            dn = dh * (ONE - z) * (ONE - n * n)
            dr = dn * s * r * (ONE - r)
            gates_z[u] = dz
            gates_r[u] = dr
            gates_n[u] = dn
            state_z[u] = dz
            state_r[u] = dr
            state_n[u] = dn * r
            row_d_direct[u] = dh * z
