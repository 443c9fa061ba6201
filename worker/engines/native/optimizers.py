"""What a training step does around its recurrent layers: gather windows, draw masks, move weights."""

import numpy as np

from worker.engines.native.jit import native


@native
def gather(inputs: np.ndarray, rows: np.ndarray, mask: np.ndarray, out: np.ndarray) -> None:
    """The windows of len(out) rows before each of `rows`, into out (time, batch, features), times mask (batch, …)."""
    steps = out.shape[0]
    for t in range(steps):
        for b in range(rows.shape[0]):
            row = rows[b] - steps + t
            for k in range(inputs.shape[1]):
                out[t, b, k] = inputs[row, k] * mask[b, k]


@native
def masked_copy(source: np.ndarray, mask: np.ndarray, out: np.ndarray) -> None:
    """out = source * mask, all (time, batch, width)."""
    for t in range(source.shape[0]):
        for b in range(source.shape[1]):
            given, weight, taken = source[t, b], mask[t, b], out[t, b]
            for k in range(given.shape[0]):
                taken[k] = given[k] * weight[k]


@native
def keep(noise: np.ndarray, rate: float) -> None:
    """Uniform noise (n,) becomes an inverted dropout mask: 0 with probability `rate`, else 1 / (1 - rate)."""
    threshold, scale = np.float32(rate), np.float32(1 / (1 - rate))
    for n in range(noise.size):
        noise[n] = scale if noise[n] >= threshold else np.float32(0)


@native
def sgd(
    weights: np.ndarray, gradient: np.ndarray, slots: np.ndarray, rate: float, momentum: float
) -> None:
    """Nesterov momentum (Sutskever et al. 2013), as keras.optimizers.SGD(momentum, nesterov=True)."""
    pace, share, slot = np.float32(rate), np.float32(momentum), slots[0]
    for n in range(weights.size):
        move = pace * gradient[n]
        slot[n] = slot[n] * share - move
        weights[n] += slot[n] * share - move


@native
def rmsprop(weights: np.ndarray, gradient: np.ndarray, slots: np.ndarray, rate: float, rho: float,
            epsilon: float) -> None:  # fmt: skip
    """As keras.optimizers.RMSprop: epsilon inside the root."""
    old, fresh, slot = np.float32(rho), np.float32(1 - rho), slots[0]
    pace, least = np.float32(rate), np.float32(epsilon)
    for n in range(weights.size):
        slot[n] = old * slot[n] + fresh * gradient[n] * gradient[n]
        weights[n] -= pace * gradient[n] / np.sqrt(slot[n] + least)


@native
def adam(weights: np.ndarray, gradient: np.ndarray, slots: np.ndarray, alpha: float, beta_1: float, beta_2: float,
         epsilon: float) -> None:  # fmt: skip
    """Kingma and Ba 2015, as keras.optimizers.Adam; alpha is the rate with both biases corrected."""
    fresh_1, fresh_2, first, second = (
        np.float32(1 - beta_1),
        np.float32(1 - beta_2),
        slots[0],
        slots[1],
    )
    pace, least = np.float32(alpha), np.float32(epsilon)
    for n in range(weights.size):
        first[n] += (gradient[n] - first[n]) * fresh_1
        second[n] += (gradient[n] * gradient[n] - second[n]) * fresh_2
        weights[n] -= first[n] * pace / (np.sqrt(second[n]) + least)
