"""Parameters encoded as coordinates between 0 and 1, as Gaussian processes need them.

A range is encoded on its own scale, a choice of numbers by linear interpolation between evenly
spaced values, and a choice of categories as one-hot. A hyperparameter that is inactive in a trial
is encoded as the middle of its range; one that can be inactive has an extra coordinate that says
whether it is active.
"""

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import Parameters, Value
from app.domain.search_space.space import SearchSpace

MIDDLE = 0.5
ONE_HOT_VALUE = 1 / sqrt(2)  # so that two categories are a distance of 1 apart


class SpaceEncoder:
    """Encodes the parameters of a search space."""

    def __init__(self, space: SearchSpace) -> None:
        self.space = space
        self.encoders = [DimensionEncoder(dimension) for dimension in space.searched]

    @property
    def groups(self) -> list[list[int]]:
        """The indices of the coordinates of each searched hyperparameter."""
        groups = []
        start = 0
        for encoder in self.encoders:
            end = start + encoder.width
            indices = list(range(start, end))
            groups.append(indices)
            start = end
        return groups

    def encode(self, rows: Sequence[Parameters]) -> NDArray[np.float64]:
        """The coordinates of each row's parameters, of shape (rows, coordinates).

        A number outside its dimension counts as the nearest one inside.
        """
        coordinates = [self._encode_row(parameters) for parameters in rows]
        return np.array(coordinates, np.float64)

    def _encode_row(self, parameters: Parameters) -> list[float]:
        coordinates: list[float] = []
        for encoder in self.encoders:
            name = encoder.dimension.name
            is_active = True
            if encoder.can_be_inactive:
                is_active = self.space.is_active(name, parameters)
            if is_active and name in parameters:
                coordinates += encoder.encode(parameters[name])
            else:
                coordinates += encoder.inactive
            if encoder.can_be_inactive:
                coordinates.append(float(is_active))
        return coordinates


class DimensionEncoder:
    """Encodes the values of one dimension. `inactive`: the coordinates while it is inactive."""

    def __init__(self, dimension: Dimension) -> None:
        row = dimension.catalogue[dimension.name]
        values = dimension.values
        self.dimension = dimension
        self.can_be_inactive = bool(dimension.when or row.requires)
        self.has_categories = dimension.is_listed and isinstance(values[0], str | bool)
        self.numbers: list[float] = []
        if self.has_categories:
            self.inactive = [0.0] * len(values)
        else:
            self.inactive = [MIDDLE]
            self.numbers = sorted(map(float, values))
        self.positions = np.linspace(0.0, 1.0, len(self.numbers))

    @property
    def width(self) -> int:
        """How many coordinates the dimension has."""
        coordinates = len(self.inactive)
        return coordinates + self.can_be_inactive

    def encode(self, value: Value) -> list[float]:
        """The coordinates of a value, without the one that says whether it is active."""
        if self.has_categories:
            categories = self.dimension.values
            return [ONE_HOT_VALUE * (value == category) for category in categories]
        number = float(value)
        if not self.dimension.is_listed:
            return [self.dimension.nearest_fraction(number)]
        position = np.interp(number, self.numbers, self.positions)
        return [float(position)]
