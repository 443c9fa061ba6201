"""A function of hyperparameters as a sum: of what each does alone, what any two do together, and a rest.

Each part is a Gaussian process whose mean over the search space is 0 (Durrande et al., ANOVA kernels and RKHS of zero
mean functions for model-based sensitivity analysis, 2013), so that none holds what belongs to another, whichever trials
a strategy chose. How large the parts are follows from the trials, by minorisation and maximisation of the posterior
(Zhou et al., MM Algorithms for Variance Components Models, 2019).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.encoding import DimensionEncoder
from app.domain.search_space.parameters import Parameters, Value
from app.domain.search_space.space import SearchSpace

STEPS = 40  # of fitting
LENGTH = 0.5  # of the kernel, where a range is 1 long and two categories are 1 apart
PARTS = (
    0.25,
    1.0,
)  # power and rate: the prior of a part's variance v is proportional to v^power exp(-rate v)
REST = (1.0, 1.0)  # the same of the rest: few trials are never taken to be all told
LEAST = 1e-4  # of any of these variances, where all values together have 1
LEVEL = 4.0  # variance of the level, which no part holds
PLACES = 25  # of a range that stand for all of it
DRAWS = 300  # of the space, to see how often a hyperparameter plays a part
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """Points as the parts see them: coordinates of each, (rows, coordinates), and which are active, (parts, rows)."""

    places: Sequence[Floats]
    active: Floats


class Part:
    """What one hyperparameter does: a kernel of mean 0 and mean variance 1 over its values."""

    def __init__(self, dimension: Dimension) -> None:
        self.dimension, self.scale = dimension, DimensionEncoder(dimension)
        self.values = values_of(dimension)
        self.grid = np.array([self.scale.encode(value) for value in self.values])
        inner = kernel(self.grid, self.grid)
        self._mean = float(inner.mean())
        self._height = float(np.mean(np.diag(inner) - inner.mean(axis=1) ** 2 / self._mean))

    @property
    def is_ordered(self) -> bool:
        """Its values are numbers."""
        return not self.scale.has_categories

    def covariance(self, left: Floats, right: Floats) -> Floats:
        """Shape (left, right)."""
        shared = np.outer(
            kernel(left, self.grid).mean(axis=1), kernel(right, self.grid).mean(axis=1)
        )
        return np.asarray((kernel(left, right) - shared / self._mean) / self._height)


class Components:
    """The parts of a search space's function, fitted to rows with values (rows,) of mean 0 and deviation 1."""

    def __init__(self, space: SearchSpace, rows: Sequence[Parameters], values: Floats) -> None:
        self.space = space
        self.parts = [Part(dimension) for dimension in space.searched]
        self.pairs = list(combinations(range(len(self.parts)), 2))
        self._rows = self.seen(rows)
        self._fit(values)

    def seen(self, rows: Sequence[Parameters]) -> Rows:
        """Points as the parts see them. A hyperparameter that plays no part in a row is where nothing is added."""
        places, active = [], np.zeros((len(self.parts), len(rows)))
        for number, part in enumerate(self.parts):
            name = part.dimension.name
            active[number] = [name in row and self.space.is_active(name, row) for row in rows]
            found = [
                part.scale.encode(row[name]) if is_active else part.scale.inactive
                for row, is_active in zip(rows, active[number], strict=True)
            ]
            places.append(np.array(found, np.float64))
        return Rows(places, active)

    def predict(self, rows: Rows) -> tuple[Floats, Floats]:
        """Mean (rows,) and covariance (rows, rows) of the function without its rest."""
        cross = LEVEL + np.tensordot(self.sizes, self._kernels(rows, self._rows), 1)
        prior = LEVEL + np.tensordot(self.sizes, self._kernels(rows, rows), 1)
        return cross @ self._weights, prior - cross @ self._inverse @ cross.T

    def alone(self, number: int) -> tuple[Floats, Floats]:
        """What a hyperparameter does alone at each of its part's values: mean (values,) and covariance."""
        part, size = self.parts[number], self.sizes[number]
        cross = size * self._crosses[number]
        return cross @ self._weights, size * part.covariance(
            part.grid, part.grid
        ) - cross @ self._inverse @ cross.T

    @cached_property
    def variances(self) -> tuple[Floats, Floats]:
        """How much each hyperparameter alone (parts,) and each pair (pairs,) is expected to vary over the space."""
        alone = [
            frequency * spread(*self.alone(number))
            for number, frequency in enumerate(self._frequencies)
        ]
        together = []
        for left, right in self.pairs:
            size = self.sizes[-1] / len(self.pairs)
            mean = size * (self._crosses[left] * self._weights) @ self._crosses[right].T
            frequency = min(self._frequencies[left], self._frequencies[right])
            together.append(frequency * float(np.mean(mean**2)))
        return np.array(alone), np.array(together)

    @cached_property
    def _crosses(self) -> list[Floats]:
        """For each part the covariance of its values with the rows, as if the part had a variance of 1."""
        found = zip(self.parts, self._rows.places, self._rows.active, strict=True)
        return [part.covariance(part.grid, places) * active for part, places, active in found]

    @cached_property
    def _frequencies(self) -> list[float]:
        """In which share of the space each hyperparameter plays a part."""
        generator = np.random.default_rng(0)
        draws = self.seen([self.space.sample(generator) for _ in range(DRAWS)])
        return [float(share) for share in draws.active.mean(axis=1)]

    def _kernels(self, left: Rows, right: Rows) -> Floats:
        """The covariance of each part and, last, of all pairs together; shape (parts + 1, left, right)."""
        found = np.array(
            [
                part.covariance(left.places[number], right.places[number])
                * np.outer(left.active[number], right.active[number])
                for number, part in enumerate(self.parts)
            ]
        )
        together = (found.sum(axis=0) ** 2 - (found**2).sum(axis=0)) / (2 * max(1, len(self.pairs)))
        return np.concatenate([found, together[None]])

    def _fit(self, values: Floats) -> None:
        kernels, count = self._kernels(self._rows, self._rows), len(values)
        flat = np.concatenate(
            [kernels.reshape(len(kernels), -1), np.eye(count).reshape(1, -1)]
        )  # the rest is the last
        power, rate = (
            np.array([part] * len(kernels) + [rest]) for part, rest in zip(PARTS, REST, strict=True)
        )
        sizes = np.full(len(flat), 1 / len(flat))
        for _ in range(STEPS):
            inverse = self._inverted(flat, sizes)
            weights = inverse @ values
            explained = np.maximum(flat @ np.outer(weights, weights).ravel(), 0.0)
            slope = np.maximum(flat @ inverse.ravel(), 0.0) + 2 * rate
            sizes = np.maximum(
                (power + np.sqrt(power**2 + slope * sizes**2 * explained)) / slope, LEAST
            )
        self.sizes, self.rest = sizes[:-1], float(sizes[-1])
        self._inverse = self._inverted(flat, sizes)
        self._weights = self._inverse @ values

    @staticmethod
    def _inverted(flat: Floats, sizes: Floats) -> Floats:
        count = int(sqrt(flat.shape[1]))
        return np.asarray(np.linalg.inv(LEVEL + (sizes @ flat).reshape(count, count)))


def spread(mean: Floats, covariance: Floats) -> float:
    """The expected variance over equally likely places, where the mean there is 0."""
    return float(np.mean(mean**2)) + max(float(np.mean(np.diag(covariance))), 0.0)


def values_of(dimension: Dimension) -> list[Value]:
    """The values that stand for all of a dimension's, in order: those of a choice, or an even PLACES of a range."""
    if dimension.is_listed:
        values = dimension.values
        return list(values) if isinstance(values[0], str | bool) else sorted(values, key=float)
    return list(
        dict.fromkeys(
            dimension.value_at_fraction(float(share)) for share in np.linspace(0, 1, PLACES)
        )
    )


def kernel(left: Floats, right: Floats) -> Floats:
    """Matern 3/2 with unit variance; shape (left, right)."""
    squares = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1) - 2 * left @ right.T
    far = np.sqrt(np.maximum(squares, 0.0)) * (sqrt(3) / LENGTH)
    return np.asarray((1 + far) * np.exp(-far))
