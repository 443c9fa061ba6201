"""GP: Bayesian optimisation with a Gaussian process (Snoek et al., Practical Bayesian Optimization, 2012).

The next trial is where the most improvement is expected, among random candidates, neighbours of the best trials and
points ever closer to the most promising, or among all that is left of a small space. Under noise it is where the least
is believed and, every other time, where the lower confidence bound is least (Srinivas et al., Gaussian Process
Optimization in the Bandit Setting, 2010): expected improvement stays with what was lucky. Our own process:
scikit-optimize knows no conditions, and takes 7 s to ask at 200 trials. Measured against it by
tests/benchmarks/strategies.py.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.encoding import SpaceEncoder
from app.domain.search_space.parameters import Parameters, Value
from app.domain.search_space.space import SearchSpace
from worker.strategies.base import Observation, Remembering, key, most_telling, random_generator
from worker.strategies.gaussian_process import Process, expected_improvement, fit
from worker.strategies.neighbours import filled, stepped

STARTUP = 6  # trials before the process is used
TOLD = 200  # the most telling trials it is fitted to
SMALL = 1500  # combinations: a space of so many is looked at as a whole
CANDIDATES = 600  # random ones
LEADERS = 5  # the trials believed to be best, whose neighbours are candidates too
NEIGHBOURS = 60  # of each
STEP = 0.1  # to a neighbour, on a range's scale
CLOSER = (
    0.1,
    0.03,
    0.01,
    0.003,
)  # then the steps around the most promising, one round after the other
NEAR = 30  # points around each in a round
NOISY = 0.01  # of a variance of 1: noise worth the name
HOPES = (
    0.0,
    2.5,
)  # under noise, in turn: deviations the lower confidence bound lies below what is believed
Floats = NDArray[np.float64]


class Gp(Remembering):
    """Suggests where improvement over the best trial is to be expected."""

    def ask(self, number: int) -> Parameters | None:
        """A fresh suggestion; the first is the middle of the space, the next cover it evenly."""
        generator = random_generator(self.search.seed, number)
        ranked = (
            self.first_draw(number) if self.is_early(STARTUP) else self._ranked(number, generator)
        )
        return self.first_fresh(ranked, generator)

    def _ranked(self, number: int, generator: np.random.Generator) -> list[Parameters]:
        """Candidates, the most promising first."""
        told = telling(self.observations)
        encoder = SpaceEncoder(self.search.space)
        points, values = (
            encoder.encode([row.parameters for row in told]),
            steadied([row.score for row in told]),
        )
        model = fit(points, values, encoder.groups)
        believed = model.predict(model.points)[
            0
        ]  # without noise: a lucky trial is not taken at its word
        leaders = [
            told[place].parameters for place in np.argsort(believed, kind="stable")[:LEADERS]
        ]
        candidates = self._candidates(leaders, generator)
        if not candidates:
            return []
        pending = [row.parameters for row in self.observations if row.state == "pending"]
        if pending:
            model = believing(model, encoder.encode(pending))
            believed = np.append(believed, model.values[len(told) :])
        best, hope = float(believed.min()), HOPES[number % len(HOPES)]
        return self._refined(
            candidates, lambda rows: gains(model, encoder.encode(rows), best, hope), generator
        )

    def _refined(
        self,
        candidates: list[Parameters],
        gain: Callable[[list[Parameters]], Floats],
        generator: np.random.Generator,
    ) -> list[Parameters]:
        """All candidates and, of a large space, points closer and closer to the best of them; the best first."""
        found = gain(candidates)
        for step in () if self._is_small else CLOSER:
            best = [candidates[place] for place in np.argsort(-found, kind="stable")[:LEADERS]]
            near = [
                neighbour(self.search.space, leader, generator, step)
                for leader in best
                for _ in range(NEAR)
            ]
            near = [parameters for parameters in near if key(parameters) not in self.known]
            if near:
                candidates, found = [*candidates, *near], np.append(found, gain(near))
        return [candidates[place] for place in np.argsort(-found, kind="stable")]

    @property
    def _is_small(self) -> bool:
        """Whether every combination of the space is looked at."""
        size = self.search.space.size()
        return size is not None and size <= SMALL

    def _candidates(
        self, leaders: Sequence[Parameters], generator: np.random.Generator
    ) -> list[Parameters]:
        """Points not tried: all of a small space, else random ones and neighbours of the leaders."""
        space = self.search.space
        if self._is_small:
            return [parameters for parameters in space.grid() if key(parameters) not in self.known]
        found = [space.sample(generator) for _ in range(CANDIDATES)]
        for leader in leaders:
            found += [neighbour(space, leader, generator, STEP) for _ in range(NEIGHBOURS)]
        return [parameters for parameters in found if key(parameters) not in self.known]


def telling(observations: Sequence[Observation]) -> list[Observation]:
    """What the process is fitted to, the best first: of more than TOLD ended trials the best half, and the latest."""
    return most_telling([row for row in observations if row.state != "pending"], TOLD)


def steadied(scores: Sequence[float | None]) -> Floats:
    """Mean 0, deviation 1, after pulling in what is far worse than usual; failures (None) count as the worst."""
    known = np.array([score for score in scores if score is not None], np.float64)
    size = max(float(np.abs(known).max()), 1e-300)
    low, high = np.quantile(known / size, [0.0, 0.75])
    worst = high + 2.0 * max(high - low, 1e-12)
    values = np.array(
        [worst if score is None else min(score / size, worst) for score in scores], np.float64
    )
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-12), np.float64)


def gains(model: Process, places: Floats, best: float, hope: float) -> Floats:
    """What candidates promise: improvement over the best or, under noise, a lower confidence bound that is low."""
    if model.noise <= NOISY:
        return expected_improvement(model, places, best)
    mean, deviation = model.predict(places)
    return hope * deviation - mean


def believing(model: Process, pending: Floats) -> Process:
    """The model as if each pending trial had come out as predicted, so that the next one goes elsewhere.

    What they are believed to reach has to be improved on too, else each goes where the last went. Told as the mean or
    the best of all trials instead, eight in flight end far from the best; averaged draws gain nothing.
    """
    return model.told(pending, model.predict(pending)[0])


def neighbour(
    space: SearchSpace, parameters: Parameters, generator: np.random.Generator, step: float
) -> Parameters:
    """A point near another: one or two of its searched values moved, what becomes active drawn anew."""
    varying = space.searched_values(parameters)
    if not varying:
        return space.sample(generator)
    values = filled(space, varying, generator)
    count = min(len(varying), int(generator.integers(1, 3)))
    for name in generator.choice(list(varying), size=count, replace=False):
        values[name] = _moved(space.dimensions[name], values[name], generator, step)
    return space.to_parameters(values) or space.sample(generator)


def _moved(
    dimension: Dimension, value: Value, generator: np.random.Generator, step: float
) -> Value:
    if dimension.is_listed:
        return dimension.sample(generator)
    return stepped(dimension, value, generator, step)
