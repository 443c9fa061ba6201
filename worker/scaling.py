"""How columns become what a network sees: levels or changes, scaled by the train part alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

MAX_SCALED = 1e30  # keeps scaled values inside the range of float32
CONSTANT_TOLERANCE = 1e-12  # a column whose spread is a smaller fraction of its size is constant


class Scaling(StrEnum):
    """What a column is scaled to."""

    MINMAX = "minmax"  # the interval [0, 1]
    STANDARD = "standard"  # mean 0, standard deviation 1


@dataclass(frozen=True)
class Scaler:
    """scaled = (value - offset) / scale, for each column."""

    offset: np.ndarray  # float64 (columns,)
    scale: np.ndarray  # float64 (columns,), never 0

    @classmethod
    def fit(cls, values: np.ndarray, scaling: Scaling) -> "Scaler":
        """Fit on float64 (rows, columns). Constant columns keep their scale, and become 0."""
        if scaling == Scaling.MINMAX:
            offset = values.min(axis=0)
            spread = values.max(axis=0) - offset
        else:
            offset = values.mean(axis=0)
            spread = values.std(axis=0)
        size = np.abs(values).max(axis=0)
        is_constant = spread <= CONSTANT_TOLERANCE * size
        scale = np.where(is_constant, 1.0, spread)
        return cls(offset, scale)

    @classmethod
    def join(cls, scalers: "Sequence[Scaler]") -> "Scaler":
        """The scaler of the columns of each of these, one after the other."""
        return cls(
            offset=np.concatenate([scaler.offset for scaler in scalers]),
            scale=np.concatenate([scaler.scale for scaler in scalers]),
        )

    def repeat(self, times: int) -> "Scaler":
        """The scaler of each column so many times in a row."""
        return Scaler(np.repeat(self.offset, times), np.repeat(self.scale, times))

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Scale (rows, columns) to float32 of the same shape."""
        with np.errstate(over="ignore"):
            centered = values - self.offset
            scaled: np.ndarray = centered / self.scale
        clipped = scaled.clip(-MAX_SCALED, MAX_SCALED)
        return clipped.astype(np.float32)

    def invert(self, scaled: np.ndarray) -> np.ndarray:
        """The inverse of `apply`, in float64. The last dimension of `scaled` is the columns."""
        exact = np.asarray(scaled, np.float64)
        values: np.ndarray = exact * self.scale + self.offset
        return values


def changes(values: np.ndarray, is_logarithmic: np.ndarray) -> np.ndarray:
    """Row t minus row t - 1 of (rows, columns); row 0 becomes 0.

    Where `is_logarithmic` (columns,) is True, the change is that of the logarithms.
    """
    levels = values.copy()
    logarithms = np.log(values[:, is_logarithmic])
    levels[:, is_logarithmic] = logarithms
    first_row = levels[:1]
    return np.diff(levels, axis=0, prepend=first_row)


def positive_columns(values: np.ndarray) -> np.ndarray:
    """Which columns of (rows, columns) are above zero in every row, bool (columns,)."""
    is_positive = values > 0
    columns = is_positive.all(axis=0)
    return np.asarray(columns)
