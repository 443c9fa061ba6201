"""Standard errors of forecast errors, by the moving-block bootstrap.

Errors of neighbouring rows are alike, so whole blocks of rows are drawn with replacement (Künsch
1989); blocks have about n ** (1 / 3) rows. Forecasts of several rows from neighbouring origins are
about the same rows, so their blocks are at least as long as the horizon, where there are enough.
"""

from math import ceil

import numpy as np
from numpy.typing import NDArray

from app.domain.metrics import Measure

Floats = NDArray[np.float64]
N_RESAMPLES = 400
MIN_ROWS = 4  # with fewer rows, a standard error says nothing
MIN_BLOCKS = 4  # so many blocks fit into the rows, however many rows are forecast at once
SEED = 20_260_101  # so that a page says the same each time it is drawn


def block_length(rows: int) -> int:
    """How many rows of an error series are drawn together."""
    cube_root = float(rows ** (1 / 3))
    return max(1, ceil(cube_root))


def resampled_means(values: Floats, *, resamples: int = N_RESAMPLES, horizon: int = 1) -> Floats:
    """The means of `values` (rows, …) over resamples of its rows, shape (resamples, …).

    Every array of as many rows is resampled alike, so that two means can be compared pairwise.
    horizon: how many rows of the series each of them is about.
    """
    rows = len(values)
    length = max(block_length(rows), min(horizon, rows // MIN_BLOCKS))
    n_starts = rows - length + 1
    n_blocks = ceil(rows / length)
    generator = np.random.default_rng(SEED)
    starts = generator.integers(n_starts, size=(resamples, n_blocks))
    sums = np.cumsum(values, axis=0, dtype=np.float64)
    zero = np.zeros((1, *values.shape[1:]))
    cumulative = np.concatenate([zero, sums])
    block_sums = cumulative[length:] - cumulative[:n_starts]
    total = block_sums[starts].sum(axis=1)
    return np.asarray(total / (n_blocks * length))


def estimate_standard_error(errors: Floats, measure: Measure) -> float | None:
    """The standard error of a measure of forecast errors; None for too few rows.

    errors: (rows,), or (origins, horizon): then origins are drawn, each with all its steps.
    """
    if len(errors) < MIN_ROWS:
        return None
    losses = resampled_means(mean_losses(errors, measure), horizon=_horizon_of(errors))
    return float(np.std(measure.total(losses), ddof=1))


def compare_errors(
    errors: Floats, other_errors: Floats, measure: Measure
) -> tuple[float, float | None]:
    """How much lower a measure is of `errors` than of `other_errors`, and its standard error.

    Both have shape (rows,) or (origins, horizon) and are errors of the same rows. Positive:
    `errors` are smaller.
    """
    losses = np.column_stack([mean_losses(errors, measure), mean_losses(other_errors, measure)])
    total, other_total = measure.total(losses.mean(axis=0))
    gain = float(other_total - total)
    if len(errors) < MIN_ROWS:
        return gain, None
    totals = measure.total(resampled_means(losses, horizon=_horizon_of(errors)))
    gains = totals[:, 1] - totals[:, 0]
    return gain, float(np.std(gains, ddof=1))


def mean_losses(errors: Floats, measure: Measure) -> Floats:
    """The losses of errors (rows,); of (origins, horizon), their means over the steps."""
    losses: Floats = measure.losses(errors)
    if losses.ndim == 1:
        return losses
    return np.asarray(losses.mean(axis=1))


def _horizon_of(errors: Floats) -> int:
    return int(errors.shape[1]) if errors.ndim == 2 else 1
