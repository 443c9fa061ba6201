"""Bands around forecasts: split conformal, from the errors of the rows before each origin.

Half the width at a step is the ceil((n + 1) · level)-th smallest of the last n absolute errors of
that step, n <= WINDOW (Vovk et al. 2005; Lei et al. 2018). If errors were exchangeable, at least
that share of the rows would lie inside; a window that moves on follows errors that grow. An error
counts from the first origin on that knows its row. Where a step has too few errors for a level (19
for 95 %, 4 for 80 %), there is no band: NaN.
"""

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import rank_filter

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

LEVELS = (0.80, 0.95)
WINDOW = 200  # errors of a step: measured in tests/benchmarks/coverage.py
ROUNDING_ERROR = 1e-9  # of a product that should be a whole number


@dataclass(frozen=True, eq=False)
class StepErrors:
    """Errors of forecasts by origin and step.

    origins: row numbers (origins,), ascending. errors: actual minus predicted (origins, H), that of
    step k about row origin + k - 1; NaN where there is no forecast.
    """

    origins: Rows
    errors: Floats

    @classmethod
    def join(cls, parts: Sequence["StepErrors"]) -> "StepErrors":
        """One after the other, in the order of time."""
        return cls(
            origins=np.concatenate([part.origins for part in parts]),
            errors=np.concatenate([part.errors for part in parts]),
        )


@dataclass(frozen=True, eq=False)
class Band:
    """Between which values a share of the rows is expected, in the units of the forecast."""

    lower: Floats
    upper: Floats


def min_errors(level: float) -> int:
    """How many errors a step needs for a band of this level."""
    return ceil(level / (1 - level) - ROUNDING_ERROR)


def bands(predicted: Floats, origins: Rows, known: StepErrors, level: float) -> Band:
    """The band of each forecast (origins, H), from those errors whose rows its origin knows."""
    widths = half_widths(known, origins, level)
    return Band(predicted - widths, predicted + widths)


def future_bands(predicted: Floats, n_rows: int, known: StepErrors, level: float) -> Band:
    """The band of the forecast (H,) of the rows after the last of `n_rows`, from all errors."""
    origin = np.array([n_rows], np.int64)
    widths = half_widths(known, origin, level)[0]
    return Band(predicted - widths, predicted + widths)


def half_widths(known: StepErrors, origins: Rows, level: float) -> Floats:
    """Half the width of each origin's band at each step, (origins, H); NaN: too few errors."""
    n_steps = known.errors.shape[1]
    widths = np.empty((len(origins), n_steps))
    for index in range(n_steps):
        errors = known.errors[:, index]
        is_known = np.isfinite(errors)
        first_knowing = known.origins[is_known] + index + 1
        n_past = np.searchsorted(first_knowing, origins, side="right")
        widths[:, index] = _rolling_quantiles(np.abs(errors[is_known]), level)[n_past]
    return widths


def _rolling_quantiles(sizes: Floats, level: float) -> Floats:
    """The conformal quantile of the last errors after 0, 1, … n of them, (n + 1,)."""
    quantiles = np.full(len(sizes) + 1, np.nan)
    n_needed = min_errors(level)
    ascending: list[float] = []
    for n_errors, size in enumerate(sizes[: WINDOW - 1].tolist(), start=1):
        insort(ascending, size)
        if n_errors >= n_needed:
            quantiles[n_errors] = ascending[_rank(n_errors, level) - 1]
    if len(sizes) >= WINDOW:
        filtered = rank_filter(sizes, _rank(WINDOW, level) - 1, size=WINDOW)
        first = WINDOW // 2  # a filter's window begins half its size before its element
        quantiles[WINDOW:] = filtered[first : first + len(sizes) - WINDOW + 1]
    return quantiles


def _rank(n_errors: int, level: float) -> int:
    return ceil((n_errors + 1) * level - ROUNDING_ERROR)
