"""A density over a search space: a mixture of one kernel around each trial, and one of the whole space.

Joint over all dimensions, so that what goes together is learnt (Falkner et al., BOHB, 2018), or each dimension apart.
Ranges lie on their own scale between 0 and 1 under truncated normal kernels; values to choose from are categories. What
is inactive is NaN and counts for nothing; where a trial says nothing about a dimension, its kernel is that of the whole
space.
"""

from collections.abc import Sequence
from math import erf, log, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import Value

FEW = 12  # values of a range that are learnt one by one
NARROWEST = 0.01
Floats = NDArray[np.float64]


def is_by_place(dimension: Dimension) -> bool:
    """Whether each value is learnt on its own; a range of few values would be smoothed out of recognition."""
    return dimension.is_listed or 0 < dimension.count <= FEW


def encoded(dimension: Dimension, value: Value) -> float:
    """The place of a value to choose from, or its share of a range's scale."""
    if is_by_place(dimension):
        return float(dimension.index_of(value))
    return dimension.nearest_fraction(value)


def decoded(dimension: Dimension, number: float) -> Value:
    """The inverse of `encoded`, for any number."""
    if is_by_place(dimension):
        return dimension.value_at(int(np.clip(number, 0, dimension.count - 1)))
    return dimension.value_at_fraction(float(np.clip(number, 0.0, 1.0)))


class Density:
    """The mixture around points (points, dimensions) of given weights; the kernel of the whole space weighs 1."""

    def __init__(
        self,
        dimensions: Sequence[Dimension],
        points: Floats,
        width: float,
        weights: Sequence[float],
    ) -> None:
        self.dimensions, self.points = dimensions, points
        self.width = max(width * max(len(points), 1) ** (-1 / (4 + len(dimensions))), NARROWEST)
        self.blur = 1 / (1 + len(points))  # how much of a category's weight goes to the others
        self.weights = np.array([*weights, 1.0]) / (sum(weights) + 1)

    def draw(self, generator: np.random.Generator, count: int) -> Floats:
        """Points (count, dimensions), every dimension filled."""
        chosen = self._chosen(generator, count)
        columns = [
            self._draw_column(place, chosen, generator) for place in range(len(self.dimensions))
        ]
        return np.column_stack(columns)

    def draw_apart(self, generator: np.random.Generator, count: int) -> Floats:
        """The same, each dimension drawn for itself, so that what trials have is combined anew."""
        places = range(len(self.dimensions))
        return np.column_stack(
            [
                self._draw_column(place, self._chosen(generator, count), generator)
                for place in places
            ]
        )

    def _chosen(self, generator: np.random.Generator, count: int) -> NDArray[np.int64]:
        """A kernel for each draw."""
        return generator.choice(len(self.points) + 1, size=count, p=self.weights)

    def _draw_column(
        self, place: int, chosen: NDArray[np.int64], generator: np.random.Generator
    ) -> Floats:
        dimension, centres = self.dimensions[place], self._centres(place)[chosen]
        if is_by_place(dimension):
            anywhere = generator.integers(dimension.count, size=len(chosen)).astype(float)
            return np.where(
                np.isnan(centres) | (generator.random(len(chosen)) < self.blur), anywhere, centres
            )
        drawn = centres + self.width * generator.standard_normal(len(chosen))
        for _ in range(20):
            outside = (drawn < 0) | (drawn > 1)
            drawn = np.where(
                outside, centres + self.width * generator.standard_normal(len(chosen)), drawn
            )
        return np.where(np.isnan(centres), generator.random(len(chosen)), np.clip(drawn, 0.0, 1.0))

    def logs(self, points: Floats) -> tuple[Floats, Floats]:
        """Logarithms at points (count, dimensions): of the density, and of each dimension's own, multiplied.

        Both (count,), and of the dimensions that are active there.
        """
        together = np.zeros((len(points), len(self.points) + 1)) + np.log(self.weights)
        apart = np.zeros(len(points))
        for place in range(len(self.dimensions)):
            active = ~np.isnan(points[:, place])
            kernels = self._log_kernels(place, points[active, place])
            together[active] += kernels
            apart[active] += _log_of_sum(kernels + np.log(self.weights))
        return _log_of_sum(together), apart

    def _log_kernels(self, place: int, values: Floats) -> Floats:
        """Shape (values, kernels)."""
        dimension, centres = self.dimensions[place], self._centres(place)
        if is_by_place(dimension):
            even = self.blur / dimension.count
            found = np.where(values[:, None] == centres, log(1 - self.blur + even), log(even))
            return np.where(np.isnan(centres), -log(dimension.count), found)
        inside = [_inside(centre, self.width) for centre in centres]
        found = -0.5 * ((values[:, None] - centres) / self.width) ** 2 - np.log(
            self.width * sqrt(2 * pi) * np.array(inside)
        )
        return np.where(np.isnan(centres), 0.0, found)

    def _centres(self, place: int) -> Floats:
        return np.append(self.points[:, place], np.nan)


def _log_of_sum(logarithms: Floats) -> Floats:
    """The logarithm of the sum of each row of what logarithms are given of."""
    top = logarithms.max(axis=1)
    return np.asarray(top + np.log(np.exp(logarithms - top[:, None]).sum(axis=1)), np.float64)


def _inside(centre: float, width: float) -> float:
    """The part of a normal distribution that lies between 0 and 1."""
    return 0.5 * (erf((1 - centre) / (width * sqrt(2))) + erf(centre / (width * sqrt(2))))
