"""Seasons that are added to a recursion, or that its values are divided by.

Bundles copy this module: it needs numpy alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SeasonalIndices:
    """A season as one number for each of its rows; the first belongs to row 0 of the series.

    The values are divided by them where they are multiplicative.
    """

    pattern: tuple[float, ...]
    is_multiplicative: bool

    def remove(self, values: Floats, first_row: int = 0) -> Floats:
        """Values that begin with row `first_row`, without the season."""
        if self.is_multiplicative:
            return values / self.repeat(first_row, len(values))
        return values - self.repeat(first_row, len(values))

    def restore(self, values: Floats, first_row: int = 0) -> Floats:
        """The inverse of `remove`; values (rows, …), shifted by one row in each further column."""
        rows = np.arange(values.shape[0])
        steps = np.arange(int(np.prod(values.shape[1:])))
        numbers = self.repeat(first_row, len(rows) + len(steps))
        repeated = numbers[rows[:, np.newaxis] + steps].reshape(values.shape)
        if self.is_multiplicative:
            return np.asarray(values * repeated)
        return np.asarray(values + repeated)

    def repeat(self, first_row: int, count: int) -> Floats:
        """The indices of so many rows."""
        places = np.arange(first_row, first_row + count) % len(self.pattern)
        return np.asarray(self.pattern)[places]

    def to_document(self) -> dict[str, Any]:
        """As a bundle stores it: JSON."""
        return {"pattern": list(self.pattern), "is_multiplicative": self.is_multiplicative}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "SeasonalIndices":
        """The inverse of `to_document`."""
        return cls(tuple(document["pattern"]), bool(document["is_multiplicative"]))


NO_SEASON = SeasonalIndices((0.0,), is_multiplicative=False)


@dataclass(frozen=True)
class FourierTerms:
    """Sines and cosines of seasons, by the number of a row; weights: as in `fourier_columns`."""

    seasons: tuple[int, ...]
    harmonics: int
    weights: tuple[float, ...]

    def values(self, rows: range) -> Floats:
        """Their sum, shape (rows,)."""
        columns = fourier_columns(rows, self.seasons, self.harmonics)
        return columns @ np.asarray(self.weights, np.float64)

    def to_document(self) -> dict[str, Any]:
        """As a bundle stores it: JSON."""
        return {
            "seasons": list(self.seasons),
            "harmonics": self.harmonics,
            "weights": list(self.weights),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "FourierTerms":
        """The inverse of `to_document`."""
        return cls(
            tuple(document["seasons"]), int(document["harmonics"]), tuple(document["weights"])
        )


def fourier_columns(rows: range, seasons: Sequence[int], harmonics: int) -> Floats:
    """Sine and cosine of up to so many harmonics of each season: shape (rows, columns)."""
    row_numbers = np.arange(rows.start, rows.stop)
    columns = []
    for season in seasons:
        for harmonic in range(1, min(harmonics, (season - 1) // 2) + 1):
            angle = 2 * np.pi * harmonic * row_numbers / season
            columns += [np.sin(angle), np.cos(angle)]
    if not columns:
        return np.zeros((len(rows), 0))
    return np.column_stack(columns)
