"""Bands around forecasts: split conformal, from the errors of the rows before each origin.

Half the width at a step is the ceil((n + 1) · level)-th smallest of the last n absolute errors of
that step, n <= WINDOW (Vovk et al. 2005; Lei et al. 2018). If errors were exchangeable, at least
that share of the rows would lie inside; a window that moves on follows errors that grow. An error
counts from the first origin on that knows its row. Where a step has too few errors for a level (19
for 95 %, 4 for 80 %), there is no band: NaN.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, nan
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

LEVELS = (0.80, 0.95)
WINDOW = 200  # errors of a step: measured in tests/benchmarks/coverage.py
FEW_ORIGINS = 20  # up to which one sort for each is faster than a pass over all errors
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


def _rank(n_errors: int, level: float) -> int:
    return ceil((n_errors + 1) * level - ROUNDING_ERROR)


def min_errors(level: float) -> int:
    """How many errors a step needs for a band of this level."""
    return ceil(level / (1 - level) - ROUNDING_ERROR)


def bands(predicted: Floats, origins: Rows, known: StepErrors) -> dict[float, Band]:
    """The bands of forecasts (origins, H) by level, from the errors whose rows an origin knows."""
    widths_by_level = half_widths(known, origins)
    bands_by_level = {}
    for level, widths in widths_by_level.items():
        bands_by_level[level] = Band(predicted - widths, predicted + widths)
    return bands_by_level


def future_bands(predicted: Floats, n_rows: int, known: StepErrors) -> dict[float, Band]:
    """The bands by level of the forecast (H,) of the rows after `n_rows`, from all errors."""
    origin = np.array([n_rows], np.int64)
    bands_by_level = {}
    for level, band in bands(predicted[None], origin, known).items():
        bands_by_level[level] = Band(band.lower[0], band.upper[0])
    return bands_by_level


def bands_of_step(
    predicted: Floats, origins: Rows, known: StepErrors, step: int
) -> dict[float, Band]:
    """The bands of forecasts (origins,) so many rows ahead, by level."""
    bands_by_level = {}
    for level, widths in _step_widths(known, origins, step - 1).items():
        bands_by_level[level] = Band(predicted - widths, predicted + widths)
    return bands_by_level


def half_widths(known: StepErrors, origins: Rows) -> dict[float, Floats]:
    """Half the width of each origin's band at each step, (origins, H), by level.

    NaN where there are too few errors.
    """
    shape = (len(origins), known.errors.shape[1])
    widths_by_level = {level: np.empty(shape) for level in LEVELS}
    for index in range(known.errors.shape[1]):
        for level, widths in _step_widths(known, origins, index).items():
            widths_by_level[level][:, index] = widths
    return widths_by_level


def _step_widths(known: StepErrors, origins: Rows, index: int) -> dict[float, Floats]:
    """Half the widths at the step of that index, (origins,), by level."""
    errors = known.errors[:, index]
    is_known = np.isfinite(errors)
    first_knowing = known.origins[is_known] + index + 1
    n_past = np.searchsorted(first_knowing, origins, side="right")
    sizes = np.abs(errors[is_known])
    if len(origins) <= FEW_ORIGINS:
        return _latest_quantiles(sizes, n_past)
    quantiles = _rolling_quantiles(sizes)
    return {level: values[n_past] for level, values in quantiles.items()}


def _latest_quantiles(sizes: Floats, n_past: Rows) -> dict[float, Floats]:
    """The conformal quantiles of the last errors after so many of them, (origins,), by level.

    The same as _rolling_quantiles has there, without those of all other rows.
    """
    quantiles = {level: np.full(len(n_past), nan) for level in LEVELS}
    for position, n_errors in enumerate(n_past):
        ascending = np.sort(sizes[max(0, n_errors - WINDOW) : n_errors])
        for level, values in quantiles.items():
            rank = _rank(len(ascending), level)
            if rank <= len(ascending):
                values[position] = ascending[rank - 1]
    return quantiles


def _rolling_quantiles(sizes: Floats) -> dict[float, Floats]:
    """The conformal quantiles of the last errors after 0, 1, … n of them, (n + 1,), by level."""
    first_sizes = sizes[:WINDOW].tolist()
    ascending: list[float] = []
    quantiles: dict[float, list[float]] = {level: [nan] for level in LEVELS}
    for n_errors, size in enumerate(first_sizes, start=1):
        insort(ascending, size)
        for level, values in quantiles.items():
            rank = _rank(n_errors, level)
            values.append(ascending[rank - 1] if rank <= n_errors else nan)
    indices = [_rank(WINDOW, level) - 1 for level in LEVELS]
    later = _roll(ascending, sizes.tolist(), itemgetter(*indices))
    for column, values in enumerate(quantiles.values()):
        values.extend(chosen[column] for chosen in later)
    return {level: np.array(values) for level, values in quantiles.items()}


def _roll(
    ascending: list[float], sizes: list[float], choose: Callable[[list[float]], tuple[float, ...]]
) -> list[tuple[float, ...]]:
    """What is chosen of the last WINDOW sizes, in ascending order, after each later one.

    ascending: the first WINDOW sizes. One pass in Python is faster than a filter of scipy or pandas
    for two quantiles of a short window.
    """
    chosen = []
    for oldest, newest in zip(sizes, sizes[WINDOW:], strict=False):
        del ascending[bisect_left(ascending, oldest)]
        insort(ascending, newest)
        chosen.append(choose(ascending))
    return chosen
