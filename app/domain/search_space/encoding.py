"""Parameters as coordinates between 0 and 1, as Gaussian processes need them.

Ranges lie on their own scale, numbers to choose from evenly in order, categories on one coordinate each. What is
inactive in a trial lies in the middle, and what can be inactive has a coordinate more that says whether it is.
"""

from collections.abc import Sequence
from itertools import accumulate
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import Parameters, Value
from app.domain.search_space.space import SearchSpace

MIDDLE = 0.5
CORNER = 1 / sqrt(2)  # two categories are a distance of 1 apart


class Coordinates:
    """The coordinates of a space."""

    def __init__(self, space: SearchSpace) -> None:
        self.space = space
        self.scales = [Scale(dimension) for dimension in space.searched]

    @property
    def groups(self) -> list[list[int]]:
        """The coordinates of each hyperparameter."""
        counts = [len(scale.nowhere) + scale.can_be_inactive for scale in self.scales]
        ends = list(accumulate(counts))
        return [list(range(end - count, end)) for count, end in zip(counts, ends, strict=True)]

    def of(self, rows: Sequence[Parameters]) -> NDArray[np.float64]:
        """Shape (rows, coordinates). Values outside their dimension count as the nearest ones inside."""
        return np.array([self._row(row) for row in rows], np.float64)

    def _row(self, parameters: Parameters) -> list[float]:
        found: list[float] = []
        for scale in self.scales:
            name = scale.dimension.name
            active = not scale.can_be_inactive or self.space.is_active(name, parameters)
            found += (
                scale.place(parameters[name]) if active and name in parameters else scale.nowhere
            )
            if scale.can_be_inactive:
                found.append(float(active))
        return found


class Scale:
    """The coordinates of one dimension."""

    def __init__(self, dimension: Dimension) -> None:
        self.dimension = dimension
        self.can_be_inactive = bool(dimension.when or dimension.catalogue[dimension.name].requires)
        self.has_categories = dimension.is_listed and isinstance(dimension.values[0], str | bool)
        self.nowhere = [0.0] * len(dimension.values) if self.has_categories else [MIDDLE]
        self.order = (
            [] if self.has_categories else sorted(float(value) for value in dimension.values)
        )
        self.places = np.linspace(0.0, 1.0, len(self.order))

    def place(self, value: Value) -> list[float]:
        """The coordinates of a value."""
        if self.has_categories:
            return [CORNER * (value == other) for other in self.dimension.values]
        number = float(value)
        if self.dimension.is_listed:
            return [float(np.interp(number, self.order, self.places))]
        return [self.dimension.nearest_share(number)]
