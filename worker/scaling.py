"""How columns become the numbers a network sees: level or change, then scaled by the train part alone."""

from dataclasses import dataclass

import numpy as np

LIMIT = 1e30  # keeps a scaled value inside the range of float32
SMALLEST_SPREAD = (
    1e-12  # a column whose spread is less than this share of its size counts as constant
)


@dataclass(frozen=True)
class Scaler:
    """scaled = (value - offset) / scale, one number of each a column."""

    offset: np.ndarray  # float64 (columns,)
    scale: np.ndarray  # float64 (columns,), never 0

    @classmethod
    def fit(cls, values: np.ndarray, scaling: str) -> "Scaler":
        """Fit on float64 (rows, columns). `minmax` maps to [0, 1], `standard` to mean 0 and deviation 1."""
        if scaling == "minmax":
            offset, spread = values.min(axis=0), values.max(axis=0) - values.min(axis=0)
        else:
            offset, spread = values.mean(axis=0), values.std(axis=0)
        constant = spread <= SMALLEST_SPREAD * np.abs(values).max(axis=0)
        return cls(offset, np.where(constant, 1.0, spread))

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Scaled values as float32, shape kept."""
        with np.errstate(over="ignore"):
            scaled: np.ndarray = (values - self.offset) / self.scale
        return scaled.clip(-LIMIT, LIMIT).astype(np.float32)


def changes(values: np.ndarray, logarithmic: np.ndarray) -> np.ndarray:
    """Row t minus row t - 1, of logarithms where `logarithmic` (columns,) says so; row 0 is 0. Shape kept."""
    levels = values.copy()
    levels[:, logarithmic] = np.log(values[:, logarithmic])
    return np.diff(levels, axis=0, prepend=levels[:1])


def positive_columns(values: np.ndarray) -> np.ndarray:
    """Which columns are above zero in every row, bool (columns,)."""
    return np.asarray((values > 0).all(axis=0))
