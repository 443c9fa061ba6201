"""GP: Bayesian optimisation with a Gaussian process.

The next trial is where the most improvement is expected (Snoek et al., Practical Bayesian
Optimization of Machine Learning Algorithms, 2012), among random candidates, neighbours of the best
trials and points ever closer to the most promising ones, or among all that is left of a small
space.

Under noise, expected improvement stays with trials that were lucky. The next trial is then where
the lowest value is predicted and, every other time, where the lower confidence bound is lowest
(Srinivas et al., Gaussian Process Optimization in the Bandit Setting, 2010).

The process is our own, because scikit-optimize knows no conditions and takes 7 s to ask at 200
trials. tests/benchmarks/strategies.py compares the two.
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.encoding import SpaceEncoder
from app.domain.search_space.parameters import Parameters, Value
from app.domain.search_space.space import SearchSpace
from worker.strategies.base import (
    HistoryStrategy,
    Observation,
    most_informative,
    parameters_key,
    random_generator,
    sort_by,
)
from worker.strategies.gaussian_process import Process, expected_improvement, fit
from worker.strategies.neighbours import step_from, with_inactive_drawn

N_STARTUP_TRIALS = 6  # before the process is used
MAX_TRIALS_FOR_PROCESS = 200
MAX_ENUMERATED_COMBINATIONS = 1500  # in so small a space, every combination is a candidate
N_RANDOM_CANDIDATES = 600
N_LEADERS = 5  # the trials predicted to be best, whose neighbours are candidates too
N_NEIGHBOURS_PER_LEADER = 60
NEIGHBOUR_STEP = 0.1  # standard deviation on a range's scale of 0 to 1
REFINEMENT_STEPS = (0.1, 0.03, 0.01, 0.003)  # around the most promising, round after round
N_REFINED_PER_LEADER = 30
MIN_NOISE = 0.01  # variance of noise worth the name, where the scores have 1
CONFIDENCE_WIDTHS = (0.0, 2.5)  # standard deviations below the mean, in turn, under noise
OUTLIER_SPREAD = 2.0  # spreads of the better scores above which a score is an outlier
MIN_SPREAD = 1e-12
SMALLEST_SCALE = 1e-300  # scores may all be 0
Floats = NDArray[np.float64]


class Gp(HistoryStrategy):
    """Suggests where improvement over the best trial is to be expected."""

    def ask(self, number: int) -> Parameters | None:
        """An untried suggestion; the first is the middle of the space, the next cover it evenly."""
        generator = random_generator(self.seed, number)
        if self.is_startup(N_STARTUP_TRIALS):
            draws = self.startup_draws(number)
            return self.first_untried(draws, generator)
        ranked = self._ranked_candidates(number, generator)
        return self.first_untried(ranked, generator)

    def _ranked_candidates(self, number: int, generator: np.random.Generator) -> list[Parameters]:
        """Candidates, the most promising first."""
        trials = trials_to_fit(self.observations)
        encoder = SpaceEncoder(self.space)
        parameters = [row.parameters for row in trials]
        points = encoder.encode(parameters)
        measured = [row.score for row in trials]
        scores = standardised_scores(measured)
        model = fit(points, scores, encoder.groups)
        predicted, _ = model.predict(model.points)  # without noise: luck does not count

        ranked = sort_by(parameters, predicted)
        leaders = ranked[:N_LEADERS]
        candidates = self._draw_candidates(leaders, generator)
        if not candidates:
            return []

        pending = [row.parameters for row in self.observations if row.is_pending]
        if pending:
            pending_points = encoder.encode(pending)
            model = with_pending(model, pending_points)
            predicted_pending = model.values[len(trials) :]
            predicted = np.append(predicted, predicted_pending)
        best = float(predicted.min())
        width = CONFIDENCE_WIDTHS[number % len(CONFIDENCE_WIDTHS)]

        def score_candidates(rows: list[Parameters]) -> Floats:
            points = encoder.encode(rows)
            return acquisition(model, points, best, width)

        return self._refine(candidates, score_candidates, generator)

    def _refine(
        self,
        candidates: list[Parameters],
        score_candidates: Callable[[list[Parameters]], Floats],
        generator: np.random.Generator,
    ) -> list[Parameters]:
        """Rank the candidates, the best first, and points ever closer to the best of them."""
        scores = score_candidates(candidates)
        if self._is_small:
            return sort_by(candidates, -scores)
        for step in REFINEMENT_STEPS:
            ranked = sort_by(candidates, -scores)
            close = self._draw_neighbours(
                ranked[:N_LEADERS],
                N_REFINED_PER_LEADER,
                step,
                generator,
            )
            untried = self._untried(close)
            if untried:
                candidates = [*candidates, *untried]
                untried_scores = score_candidates(untried)
                scores = np.append(scores, untried_scores)
        return sort_by(candidates, -scores)

    @property
    def _is_small(self) -> bool:
        """Whether every combination of the space is a candidate."""
        size = self.space.size()
        if size is None:
            return False
        return size <= MAX_ENUMERATED_COMBINATIONS

    def _draw_candidates(
        self, leaders: Sequence[Parameters], generator: np.random.Generator
    ) -> list[Parameters]:
        """All untried points of a small space, else random ones and neighbours of the leaders."""
        space = self.space
        if self._is_small:
            return self._untried(space.grid())
        candidates = [space.sample(generator) for _ in range(N_RANDOM_CANDIDATES)]
        candidates += self._draw_neighbours(
            leaders,
            N_NEIGHBOURS_PER_LEADER,
            NEIGHBOUR_STEP,
            generator,
        )
        return self._untried(candidates)

    def _draw_neighbours(
        self,
        leaders: Sequence[Parameters],
        count: int,
        step: float,
        generator: np.random.Generator,
    ) -> list[Parameters]:
        """So many neighbours of each leader."""
        neighbours = []
        for leader in leaders:
            for _ in range(count):
                neighbour = draw_neighbour(self.space, leader, generator, step)
                neighbours.append(neighbour)
        return neighbours

    def _untried(self, candidates: Iterable[Parameters]) -> list[Parameters]:
        untried = []
        for parameters in candidates:
            key = parameters_key(parameters)
            if key not in self.tried:
                untried.append(parameters)
        return untried


def trials_to_fit(observations: Sequence[Observation]) -> list[Observation]:
    """What the process is fitted to, the best trial first."""
    ended = [row for row in observations if not row.is_pending]
    return most_informative(ended, MAX_TRIALS_FOR_PROCESS)


def standardised_scores(scores: Sequence[float | None]) -> Floats:
    """Scores (trials,) with a mean of 0 and a standard deviation of 1, outliers pulled in.

    A failed trial (None) counts as an outlier. One score at least is not None.
    """
    valid_scores = [score for score in scores if score is not None]
    valid = np.array(valid_scores, np.float64)
    largest = float(np.abs(valid).max())
    scale = max(largest, SMALLEST_SCALE)
    quantiles = np.quantile(valid / scale, [0.0, 0.75])
    lowest, upper_quartile = quantiles
    spread = max(upper_quartile - lowest, MIN_SPREAD)
    worst = upper_quartile + OUTLIER_SPREAD * spread

    n_trials = len(scores)
    values = np.full(n_trials, worst, np.float64)
    for index, score in enumerate(scores):
        if score is not None:
            scaled = score / scale
            values[index] = min(scaled, worst)
    deviation = max(float(values.std()), MIN_SPREAD)
    centred = values - values.mean()
    return np.asarray(centred / deviation, np.float64)


def acquisition(model: Process, points: Floats, best: float, width: float) -> Floats:
    """How promising points (rows, coordinates) are, shape (rows,): the higher the better.

    Expected improvement over `best`; under noise how low the lower confidence bound is, `width`
    standard deviations below the mean.
    """
    if model.noise <= MIN_NOISE:
        return expected_improvement(model, points, best)
    mean, deviation = model.predict(points)
    return width * deviation - mean


def with_pending(model: Process, pending: Floats) -> Process:
    """The model as if pending trials (rows, coordinates) had ended as predicted.

    The next trial then goes elsewhere, and has to improve on what they are predicted to reach. If
    they counted as the mean or the best of all trials instead, eight in flight would end far from
    the best. Averaging over draws of their results gains nothing.
    """
    mean, _ = model.predict(pending)
    return model.with_points(pending, mean)


def draw_neighbour(
    space: SearchSpace, parameters: Parameters, generator: np.random.Generator, step: float
) -> Parameters:
    """A point near another: one or two searched values moved, what becomes active drawn anew."""
    varying = space.searched_values(parameters)
    if not varying:
        return space.sample(generator)
    values = with_inactive_drawn(space, varying, generator)
    one_or_two = int(generator.integers(1, 3))
    n_moved = min(len(varying), one_or_two)
    names = list(varying)
    for name in generator.choice(names, size=n_moved, replace=False):
        dimension = space.dimensions[name]
        values[name] = _moved_value(dimension, values[name], generator, step)
    moved = space.to_parameters(values)
    if moved is None:
        return space.sample(generator)
    return moved


def _moved_value(
    dimension: Dimension, value: Value, generator: np.random.Generator, step: float
) -> Value:
    if dimension.is_listed:
        return dimension.sample(generator)
    return step_from(dimension, value, generator, step)
