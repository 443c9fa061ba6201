"""TPE: tree-structured Parzen estimator (Bergstra et al., Algorithms for Hyper-Parameter Optimization, 2011).

The next trial is where good trials are dense and the others are not. Our own: hyperopt's knows each dimension by
itself, which learns early what each value is worth; ours also knows all dimensions at once, and so what goes together
(worker/strategies/parzen.py). Trials that run count a little among the others, so that several in flight lie apart, and
failed ones count as any. Measured against hyperopt by tests/benchmarks/strategies.py.
"""

from collections.abc import Sequence
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from app.domain.search_space.branches import INTERDEPENDENT
from app.domain.search_space.parameters import Parameters, Value
from worker.strategies.base import (
    Observation,
    Remembering,
    most_telling,
    random_generator,
    ranked_by_score,
)
from worker.strategies.parzen import Density, decoded, encoded

STARTUP = 7  # trials before densities are used
TOLD = 400  # trials the densities are made from at most
CANDIDATES = 48  # drawn from the density of good trials, and as many with each dimension by itself
SHARE, MOST = 0.5, 25  # of n trials, SHARE * sqrt(n) count as good, and never more than MOST
WIDTH = 0.1  # of the kernel around the only trial
PENDING = 0.3  # of an ended trial's weight: it is to be kept clear of, yet nothing says that its values are bad
Floats = NDArray[np.float64]


class Tpe(Remembering):
    """Suggests what good trials have and bad ones have not."""

    def ask(self, number: int) -> Parameters | None:
        """A fresh suggestion; the first is the middle of the space, the next cover it evenly."""
        generator = random_generator(self.search.seed, number)
        ranked = self.first_draw(number) if self.is_early(STARTUP) else self._ranked(generator)
        return self.first_fresh(ranked, generator)

    def _ranked(self, generator: np.random.Generator) -> list[Parameters]:
        """Candidates, the most promising first."""
        good, others = split(telling(self.observations))
        dense, rest = self._density(good), self._density(others)
        rows = np.vstack(
            [dense.draw(generator, CANDIDATES), dense.draw_apart(generator, CANDIDATES)]
        )
        drawn = [self._settled(row, generator) for row in rows]
        candidates = [parameters for parameters in drawn if parameters is not None]
        points = self._points(candidates)
        (together, apart), (rest_together, rest_apart) = dense.logs(points), rest.logs(points)
        promise = together - rest_together + apart - rest_apart
        return [candidates[place] for place in np.argsort(-promise, kind="stable")]

    def _density(self, rows: Sequence[Observation]) -> Density:
        weights = [PENDING if row.state == "pending" else 1.0 for row in rows]
        return Density(
            self.search.space.searched,
            self._points([row.parameters for row in rows]),
            WIDTH,
            weights,
        )

    def _points(self, rows: Sequence[Parameters]) -> Floats:
        """Shape (rows, dimensions); NaN for what is inactive or of another space."""
        dimensions = self.search.space.searched
        found = np.full((len(rows), len(dimensions)), np.nan)
        for row, parameters in enumerate(rows):
            values = self.search.space.searched_values(parameters)
            for place, dimension in enumerate(dimensions):
                if dimension.name in values and dimension.contains(values[dimension.name]):
                    found[row, place] = encoded(dimension, values[dimension.name])
        return found

    def _settled(self, row: Floats, generator: np.random.Generator) -> Parameters | None:
        """Parameters of the space; values that are impossible together are drawn anew, the rest kept."""
        space = self.search.space
        values = {
            dimension.name: decoded(dimension, number)
            for dimension, number in zip(space.searched, row, strict=True)
        }
        return space.to_parameters(values) or space.to_parameters(
            values | particular(space.searched_values(space.sample(generator)))
        )


def split(rows: Sequence[Observation]) -> tuple[list[Observation], list[Observation]]:
    """Good trials and all others, pending and failed ones among these."""
    ranked = ranked_by_score(rows)
    good = ranked[: min(ceil(SHARE * sqrt(len(ranked))), MOST)]
    chosen = {row.number for row in good}
    return good, [row for row in rows if row.number not in chosen]


def telling(observations: Sequence[Observation]) -> list[Observation]:
    """What the densities are made from, in order of number: of more than TOLD trials the best half, and the latest."""
    return sorted(most_telling(observations, TOLD), key=lambda row: row.number)


def particular(values: dict[str, Value]) -> dict[str, Value]:
    """Those of the values on which it depends what is possible."""
    return {name: value for name, value in values.items() if name in INTERDEPENDENT}
