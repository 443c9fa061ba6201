"""What one hyperparameter does to the objective, as a kernel of a Gaussian process."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.encoding import DimensionEncoder
from app.domain.search_space.parameters import Value

LENGTH_SCALE = 0.5  # a range is 1 long, and two categories are 1 apart
N_VALUES_OF_RANGE = 25  # that stand for all of its values
Floats = NDArray[np.float64]


class MainEffect:
    """What one hyperparameter does: a kernel with mean 0 and mean variance 1 over its values."""

    def __init__(self, dimension: Dimension) -> None:
        self.dimension = dimension
        self.scale = DimensionEncoder(dimension)
        self.values = representative_values(dimension)
        self.encoded_values = np.array([self.scale.encode(value) for value in self.values])
        kernel = matern32(self.encoded_values, self.encoded_values)
        self._mean = float(kernel.mean())
        shared = kernel.mean(axis=1) ** 2 / self._mean
        centred_variances = np.diag(kernel) - shared
        self._mean_variance = float(np.mean(centred_variances))

    @property
    def is_ordered(self) -> bool:
        """Whether its values are numbers."""
        return not self.scale.has_categories

    def covariance(self, left: Floats, right: Floats) -> Floats:
        """The kernel at encoded values (left, coordinates) and (right, coordinates)."""
        left_means = matern32(left, self.encoded_values).mean(axis=1)
        right_means = matern32(right, self.encoded_values).mean(axis=1)
        shared = np.outer(left_means, right_means) / self._mean
        centred = matern32(left, right) - shared
        return np.asarray(centred / self._mean_variance)

    def variances(self, encoded: Floats) -> Floats:
        """The kernel of each encoded value (values, coordinates) with itself."""
        means = matern32(encoded, self.encoded_values).mean(axis=1)
        centred = 1.0 - means**2 / self._mean
        return np.asarray(centred / self._mean_variance)


def representative_values(dimension: Dimension) -> list[Value]:
    """Values that stand for all of a dimension's, in order: the listed ones, or some of a range."""
    if dimension.is_listed:
        values = dimension.values
        if isinstance(values[0], str | bool):
            return list(values)
        return sorted(values, key=float)
    fractions = np.linspace(0, 1, N_VALUES_OF_RANGE)
    return list(
        dict.fromkeys(dimension.value_at_fraction(float(fraction)) for fraction in fractions)
    )


def matern32(left: Floats, right: Floats) -> Floats:
    """The Matern 3/2 kernel with a variance of 1; shape (left, right)."""
    left_squares = (left**2).sum(axis=1)
    right_squares = (right**2).sum(axis=1)
    squares = left_squares[:, None] + right_squares - 2 * left @ right.T
    distance = np.sqrt(np.maximum(squares, 0.0))
    scaled = distance * (sqrt(3) / LENGTH_SCALE)
    decay = np.exp(-scaled)
    return np.asarray((1 + scaled) * decay)
