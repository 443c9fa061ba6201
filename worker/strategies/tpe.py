"""TPE: tree-structured Parzen estimator.

The next trial is where good trials are dense and the others are not (Bergstra et al., Algorithms
for Hyper-Parameter Optimization, 2011). hyperopt's TPE treats each dimension independently, which
learns early what each value is worth. Ours also models all dimensions jointly, and so learns
interactions (worker/strategies/parzen.py).

Pending trials count a little among the others, so that several in flight lie apart. Failed trials
count like any other. tests/benchmarks/strategies.py compares ours with hyperopt's.
"""

from collections.abc import Sequence
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from app.domain.search_space.parameters import Parameters, Value
from worker.strategies.base import (
    HistoryStrategy,
    Observation,
    make_possible,
    most_informative,
    random_generator,
    ranked_by_score,
    sort_by,
)
from worker.strategies.parzen import Density, decode_value, encode_value

N_STARTUP_TRIALS = 7  # before densities are used
MAX_TRIALS_FOR_DENSITIES = 400
N_EI_CANDIDATES = 48  # drawn jointly from the good trials' density, and as many independently
GOOD_TRIALS_PER_ROOT = 0.5  # of n trials with a score, this times sqrt(n) count as good
MAX_GOOD_TRIALS = 25
KERNEL_WIDTH = 0.1  # around a single trial
PENDING_WEIGHT = 0.3  # to be kept clear of, yet nothing says that its values are bad
Floats = NDArray[np.float64]


class Tpe(HistoryStrategy):
    """Suggests what good trials have and the others have not."""

    def ask(self, number: int) -> Parameters | None:
        """An untried suggestion; the first is the middle of the space, the next cover it evenly."""
        generator = random_generator(self.seed, number)
        if self.is_startup(N_STARTUP_TRIALS):
            draws = self.startup_draws(number)
            return self.first_untried(draws, generator)
        ranked = self._ranked_candidates(generator)
        return self.first_untried(ranked, generator)

    def _ranked_candidates(self, generator: np.random.Generator) -> list[Parameters]:
        """Candidates, the most promising first."""
        trials = trials_to_fit(self.observations)
        good_trials, other_trials = split_by_score(trials)
        good_density = self._density_of(good_trials)
        other_density = self._density_of(other_trials)
        candidates = self._draw_candidates(good_density, generator)
        points = self._encode(candidates)
        good = good_density.log_densities(points)
        others = other_density.log_densities(points)
        log_ratios = good.joint - others.joint + good.independent - others.independent
        return sort_by(candidates, -log_ratios)

    def _draw_candidates(
        self, density: Density, generator: np.random.Generator
    ) -> list[Parameters]:
        joint = density.draw_jointly(generator, N_EI_CANDIDATES)
        independent = density.draw_independently(generator, N_EI_CANDIDATES)
        candidates = []
        for point in np.vstack([joint, independent]):
            parameters = self._decode(point, generator)
            if parameters is not None:
                candidates.append(parameters)
        return candidates

    def _density_of(self, trials: Sequence[Observation]) -> Density:
        weights = []
        for row in trials:
            if row.is_pending:
                weights.append(PENDING_WEIGHT)
            else:
                weights.append(1.0)
        parameters = [row.parameters for row in trials]
        return Density(
            dimensions=self.space.searched,
            points=self._encode(parameters),
            width=KERNEL_WIDTH,
            weights=weights,
        )

    def _encode(self, rows: Sequence[Parameters]) -> Floats:
        """Shape (rows, dimensions); NaN for what is inactive or outside of this space."""
        dimensions = self.space.searched
        shape = (len(rows), len(dimensions))
        points = np.full(shape, np.nan)
        for row, parameters in enumerate(rows):
            values = self.space.searched_values(parameters)
            for column, dimension in enumerate(dimensions):
                value = values.get(dimension.name)
                if value is None:
                    continue
                if dimension.contains(value):
                    points[row, column] = encode_value(dimension, value)
        return points

    def _decode(self, point: Floats, generator: np.random.Generator) -> Parameters | None:
        """Parameters of the space from encoded values (dimensions,): see `make_possible`."""
        space = self.space
        values: dict[str, Value] = {}
        for dimension, number in zip(space.searched, point, strict=True):
            values[dimension.name] = decode_value(dimension, number)
        return make_possible(space, values, generator)


def split_by_score(
    trials: Sequence[Observation],
) -> tuple[list[Observation], list[Observation]]:
    """Good trials, and all others: pending and failed ones are among these."""
    ranked = ranked_by_score(trials)
    n_good = ceil(GOOD_TRIALS_PER_ROOT * sqrt(len(ranked)))
    n_good = min(n_good, MAX_GOOD_TRIALS)
    good = ranked[:n_good]
    good_numbers = {row.number for row in good}
    others = []
    for row in trials:
        if row.number not in good_numbers:
            others.append(row)
    return good, others


def trials_to_fit(observations: Sequence[Observation]) -> list[Observation]:
    """What the densities are made from, in order of number."""
    trials = most_informative(observations, MAX_TRIALS_FOR_DENSITIES)
    trials.sort(key=lambda row: row.number)
    return trials
