"""A density over a search space: a mixture of one kernel around each trial and a uniform one.

Joint over all dimensions, so that interactions are learnt (Falkner et al., BOHB, 2018), or each
dimension independently. Ranges lie on their own scale between 0 and 1 under truncated normal
kernels; listed values are categories. An inactive dimension is NaN and counts for nothing; where a
trial has no value in a dimension, its kernel is uniform.
"""

from collections.abc import Sequence
from math import erf, log, pi, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import Value

MAX_RANGE_CATEGORIES = 12  # a range of more values is not learnt value by value
MIN_KERNEL_WIDTH = 0.01
MAX_REDRAWS = 20  # of draws outside of a range, before they are clipped
Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


class LogDensities(NamedTuple):
    """Logarithms (count,) of the joint density, and of the product of each dimension's own."""

    joint: Floats
    independent: Floats


def is_categorical(dimension: Dimension) -> bool:
    """Whether each value is learnt separately; kernels would smooth a short range too much."""
    if dimension.is_listed:
        return True
    return 0 < dimension.count <= MAX_RANGE_CATEGORIES


def encode_value(dimension: Dimension, value: Value) -> float:
    """The index of a categorical value, or its fraction of a range's scale."""
    if is_categorical(dimension):
        return float(dimension.index_of(value))
    return dimension.nearest_fraction(value)


def decode_value(dimension: Dimension, number: float) -> Value:
    """The inverse of `encode_value`; numbers beyond the ends are clipped."""
    if is_categorical(dimension):
        last = dimension.count - 1
        index = int(np.clip(number, 0, last))
        return dimension.value_at(index)
    fraction = float(np.clip(number, 0.0, 1.0))
    return dimension.value_at_fraction(fraction)


class Density:
    """A mixture of kernels around encoded points (points, dimensions) and a uniform kernel.

    `weights` (points,) are relative to the uniform kernel's weight of 1. `width`: standard
    deviation of a kernel around a single point; it falls with more points by Scott's rule.
    """

    def __init__(
        self,
        dimensions: Sequence[Dimension],
        points: Floats,
        width: float,
        weights: Sequence[float],
    ) -> None:
        self.dimensions = dimensions
        self.points = points
        n_points = len(points)
        exponent = -1 / (4 + len(dimensions))
        scott_factor = max(n_points, 1) ** exponent
        self.width = max(width * scott_factor, MIN_KERNEL_WIDTH)
        self.uniform_fraction = 1 / (1 + n_points)  # of a category's weight, spread over all
        total_weight = sum(weights) + 1
        self.weights = np.array([*weights, 1.0]) / total_weight

    def draw_jointly(self, generator: np.random.Generator, count: int) -> Floats:
        """Points (count, dimensions), each from one kernel; no value is NaN."""
        kernels = self._draw_kernels(generator, count)
        columns = []
        for index in range(len(self.dimensions)):
            column = self._draw_column(index, kernels, generator)
            columns.append(column)
        return np.column_stack(columns)

    def draw_independently(self, generator: np.random.Generator, count: int) -> Floats:
        """Points (count, dimensions), each value from a kernel of its own, to combine trials."""
        columns = []
        for index in range(len(self.dimensions)):
            kernels = self._draw_kernels(generator, count)
            column = self._draw_column(index, kernels, generator)
            columns.append(column)
        return np.column_stack(columns)

    def log_densities(self, points: Floats) -> LogDensities:
        """At points (count, dimensions), over the dimensions that are active in each."""
        log_weights = np.log(self.weights)
        n_kernels = len(log_weights)
        joint = np.zeros((len(points), n_kernels)) + log_weights
        independent = np.zeros(len(points))
        for index in range(len(self.dimensions)):
            column = points[:, index]
            active = ~np.isnan(column)
            log_kernels = self._log_kernels(index, column[active])
            joint[active] += log_kernels
            weighted = log_kernels + log_weights
            independent[active] += _log_sum_exp(weighted)
        return LogDensities(_log_sum_exp(joint), independent)

    def _draw_kernels(self, generator: np.random.Generator, count: int) -> Indices:
        """The index of a kernel for each draw; the last index is the uniform one's."""
        n_kernels = len(self.points) + 1
        return generator.choice(
            n_kernels,
            size=count,
            p=self.weights,
        )

    def _draw_column(self, index: int, kernels: Indices, generator: np.random.Generator) -> Floats:
        """One value from each of these kernels in a dimension, (kernels,)."""
        dimension = self.dimensions[index]
        all_centres = self._centres(index)
        centres = all_centres[kernels]
        if is_categorical(dimension):
            return self._draw_categories(dimension, centres, generator)
        return self._draw_fractions(centres, generator)

    def _draw_categories(
        self, dimension: Dimension, centres: Floats, generator: np.random.Generator
    ) -> Floats:
        n_draws = len(centres)
        uniform = generator.integers(dimension.count, size=n_draws)
        chances = generator.random(n_draws)
        is_spread = chances < self.uniform_fraction
        is_uniform = np.isnan(centres) | is_spread
        return np.where(is_uniform, uniform.astype(float), centres)

    def _draw_fractions(self, centres: Floats, generator: np.random.Generator) -> Floats:
        n_draws = len(centres)
        drawn = self._draw_normal(centres, generator)
        for _ in range(MAX_REDRAWS):
            redrawn = self._draw_normal(centres, generator)
            is_outside = (drawn < 0) | (drawn > 1)
            drawn = np.where(is_outside, redrawn, drawn)
        uniform = generator.random(n_draws)
        clipped = np.clip(drawn, 0.0, 1.0)
        return np.where(np.isnan(centres), uniform, clipped)

    def _draw_normal(self, centres: Floats, generator: np.random.Generator) -> Floats:
        """A draw around each centre, inside of the range or not."""
        deviations = generator.standard_normal(len(centres))
        drawn: Floats = centres + self.width * deviations
        return drawn

    def _log_kernels(self, index: int, values: Floats) -> Floats:
        """The logarithm of each kernel at values (values,) of a dimension: (values, kernels)."""
        dimension = self.dimensions[index]
        centres = self._centres(index)
        if is_categorical(dimension):
            log_kernels = self._log_category_kernels(dimension, centres, values)
            log_uniform = -log(dimension.count)
        else:
            log_kernels = self._log_range_kernels(centres, values)
            log_uniform = 0.0
        is_uniform = np.isnan(centres)
        return np.where(is_uniform, log_uniform, log_kernels)

    def _log_category_kernels(
        self, dimension: Dimension, centres: Floats, values: Floats
    ) -> Floats:
        """Most of a kernel's weight at its centre, the rest spread over all categories."""
        elsewhere = self.uniform_fraction / dimension.count
        at_centre = 1 - self.uniform_fraction + elsewhere
        is_centre = values[:, None] == centres
        return np.where(
            is_centre,
            log(at_centre),
            log(elsewhere),
        )

    def _log_range_kernels(self, centres: Floats, values: Floats) -> Floats:
        """Normal kernels that are cut off at 0 and at 1."""
        fractions = [_fraction_inside(centre, self.width) for centre in centres]
        inside = np.array(fractions)
        differences = values[:, None] - centres
        z_scores = differences / self.width
        log_norms = np.log(self.width * sqrt(2 * pi) * inside)
        log_kernels: Floats = -0.5 * z_scores**2 - log_norms
        return log_kernels

    def _centres(self, index: int) -> Floats:
        """The centre of each kernel in a dimension; NaN where it is uniform."""
        around_points = self.points[:, index]
        return np.append(around_points, np.nan)


def _log_sum_exp(logarithms: Floats) -> Floats:
    """The logarithm of the sum of exponentials in each row."""
    largest = logarithms.max(axis=1, keepdims=True)
    relative = np.exp(logarithms - largest)
    sums = relative.sum(axis=1)
    log_sums = largest[:, 0] + np.log(sums)
    return np.asarray(log_sums, np.float64)


def _fraction_inside(centre: float, width: float) -> float:
    """The fraction of a normal distribution that lies between 0 and 1."""
    scale = width * sqrt(2)
    to_one = 1 - centre
    above_centre = erf(to_one / scale)
    below_centre = erf(centre / scale)
    both = above_centre + below_centre
    return 0.5 * both
