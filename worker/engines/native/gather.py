"""What stands around recurrent layers: windows gathered from the series, dropout masks applied."""

import numpy as np

from worker.engines.native.jit import cached_njit


@cached_njit
def gather_windows(inputs: np.ndarray, rows: np.ndarray, mask: np.ndarray, out: np.ndarray) -> None:
    """The windows of inputs (rows, features) before `rows` (batch,), times a mask.

    Fills out (time, batch, features); the mask (batch, features) is the same at each time step.
    """
    steps = out.shape[0]
    for t in range(steps):
        for b in range(rows.shape[0]):
            row = rows[b] - steps + t
            for k in range(inputs.shape[1]):
                out[t, b, k] = inputs[row, k] * mask[b, k]


@cached_njit
def multiply_mask(source: np.ndarray, mask: np.ndarray, out: np.ndarray) -> None:
    """out = source * mask, all (time, batch, width)."""
    for t in range(source.shape[0]):
        for b in range(source.shape[1]):
            source_row = source[t, b]
            mask_row = mask[t, b]
            out_row = out[t, b]
            for k in range(source_row.shape[0]):
                out_row[k] = source_row[k] * mask_row[k]


@cached_njit
def make_mask(noise: np.ndarray, rate: float) -> None:
    """Turn uniform noise (n,) into an inverted dropout mask, in place.

    It is 0 with probability `rate`, else 1 / (1 - rate).
    """
    threshold = np.float32(rate)
    scale = np.float32(1 / (1 - rate))
    for n in range(noise.size):
        noise[n] = scale if noise[n] >= threshold else np.float32(0)
