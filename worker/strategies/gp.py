"""GP: Bayesian optimisation with a Gaussian process (Snoek et al., Practical Bayesian Optimization, 2012).

Matern 5/2 kernel with one length scale per coordinate, fitted by marginal likelihood; expected improvement over
random candidates and neighbours of the best trials. Written here on numpy and scipy because the libraries at hand
know no conditions: a hyperparameter that is inactive in a trial lies at the middle of its scale, with a coordinate
of its own that says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np
from numpy.typing import NDArray

from app.domain.dimensions import Dimension
from app.domain.hyperparameters import CATALOGUE, Parameters
from app.domain.space import SearchSpace
from worker.strategies.base import Observation, Search, fresh, key, random_generator

STARTUP = 8  # random trials before the process is used
TOLD = 200  # the most telling trials it is fitted to
CANDIDATES = 600
NEIGHBOURS = 60  # of each of the best LEADERS
LEADERS = 5
FIT_STEPS = 40
SQRT5 = sqrt(5.0)
Floats = NDArray[np.float64]


class Gp:
    """Suggests where improvement over the best trial is to be expected."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.observations: Sequence[Observation] = ()

    def tell(self, observations: Sequence[Observation]) -> None:
        """Remember all trials."""
        self.observations = observations

    def ask(self, number: int) -> Parameters | None:
        """A fresh suggestion; the first trials are random."""
        generator = random_generator(self.search.seed, number)
        space = self.search.space
        learnt = [row for row in self.observations if row.objective is not None and isfinite(row.objective)]
        if len(learnt) < STARTUP or not space.searched:
            return fresh(space, self.observations, lambda: space.sample(generator), generator)
        ranked = iter(self._ranked(learnt, generator))

        def draw() -> Parameters:
            return next(ranked, None) or space.sample(generator)

        return fresh(space, self.observations, draw, generator)

    def _ranked(self, learnt: Sequence[Observation], generator: np.random.Generator) -> list[Parameters]:
        """Candidates, the most promising first."""
        told = telling(learnt)
        coding = Coding(self.search.space)
        values = steadied(np.array([row.objective for row in told], np.float64))
        pending = [row.parameters for row in self.observations if row.state == "pending"]
        points = coding.encode([row.parameters for row in told])
        model = fit(points, values)
        if pending:  # a constant liar: what is being tried is taken to be as good as the median
            waiting = coding.encode(pending)
            model = Process(
                np.vstack([points, waiting]), np.append(values, np.full(len(pending), np.median(values))), model.theta
            )
        candidates = self._candidates(told, generator)
        gains = expected_improvement(model, coding.encode(candidates), float(values.min()))
        return [candidates[place] for place in np.argsort(-gains, kind="stable")]

    def _candidates(self, told: Sequence[Observation], generator: np.random.Generator) -> list[Parameters]:
        space = self.search.space
        found = [space.sample(generator) for _ in range(CANDIDATES)]
        leaders = sorted(told, key=lambda row: row.objective or 0.0)[:LEADERS]
        for leader in leaders:
            found += [neighbour(space, leader.parameters, generator) for _ in range(NEIGHBOURS)]
        return list({key(parameters): parameters for parameters in found}.values())


def telling(learnt: Sequence[Observation]) -> list[Observation]:
    """At most TOLD trials: the better half of them by objective, the rest the latest."""
    if len(learnt) <= TOLD:
        return list(learnt)
    best = sorted(learnt, key=lambda row: row.objective or 0.0)[: TOLD // 2]
    chosen = {row.number for row in best}
    latest = [row for row in learnt if row.number not in chosen][-(TOLD - len(best)) :]
    return [*best, *latest]


def steadied(values: Floats) -> Floats:
    """Mean 0, deviation 1, after pulling in what is far worse than usual (a diverging network says little)."""
    low, high = np.quantile(values, [0.0, 0.75])
    clipped = np.minimum(values, high + 2.0 * max(high - low, 1e-12))
    return np.asarray((clipped - clipped.mean()) / max(float(clipped.std()), 1e-12), np.float64)


def neighbour(space: SearchSpace, parameters: Parameters, generator: np.random.Generator) -> Parameters:
    """A point near another: one or two of its searched values moved."""
    for _ in range(20):
        values = dict(space.varying(parameters))
        active = [name for name in space.dimensions if space.dimensions[name].is_searched and name in values]
        if not active:
            break
        for name in generator.choice(active, size=min(len(active), int(generator.integers(1, 3))), replace=False):
            values[name] = _moved(space.dimensions[name], values[name], generator)
        full = {name: values.get(name, dimension.sample(generator)) for name, dimension in space.dimensions.items()}
        settled = space.settle({name: value for name, value in full.items() if space.is_active(name, full)})
        if settled is not None:
            return settled
    return space.sample(generator)


def _moved(dimension: Dimension, value: object, generator: np.random.Generator) -> str | int | float | bool:
    if dimension.kind in ("fixed", "choice"):
        return dimension.sample(generator)
    assert isinstance(value, int | float)
    return dimension.at(float(np.clip(dimension.share(value) + generator.normal(scale=0.1), 0.0, 1.0)))


class Coding:
    """Parameters as coordinates between 0 and 1."""

    def __init__(self, space: SearchSpace) -> None:
        self.space = space
        self.dimensions = space.searched

    def encode(self, rows: Sequence[Parameters]) -> Floats:
        """Shape (rows, coordinates)."""
        return np.array([self._encode(row) for row in rows], np.float64)

    def _encode(self, parameters: Parameters) -> list[float]:
        coordinates: list[float] = []
        for dimension in self.dimensions:
            active = self.space.is_active(dimension.name, parameters)
            coordinates += self._coordinates(dimension, parameters, active)
            if dimension.when or CATALOGUE[dimension.name].requires:
                coordinates.append(1.0 if active else 0.0)
        return coordinates

    def _coordinates(self, dimension: Dimension, parameters: Parameters, active: bool) -> list[float]:
        categories = dimension.kind == "choice" and not isinstance(dimension.values[0], int | float)
        if categories or isinstance(dimension.values[0] if dimension.values else 0.0, bool):
            width = len(dimension.values)
            value = parameters.get(dimension.name)
            return [float(active and value == other) / sqrt(2) for other in dimension.values] or [0.0] * width
        if not active:
            return [0.5]
        value = parameters[dimension.name]
        if dimension.kind == "choice":
            order = sorted(float(other) for other in dimension.values)
            return [order.index(float(value)) / max(1, len(order) - 1)]
        return [dimension.share(value)]


@dataclass(frozen=True)
class Process:
    """A Gaussian process. theta: log length scale of each coordinate, then log noise; values (points,) are steadied."""

    points: Floats
    values: Floats
    theta: Floats

    def predict(self, candidates: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation at candidates (rows, coordinates)."""
        from scipy.linalg import cho_solve, cholesky, solve_triangular

        lower = cholesky(covariance(self.points, self.theta), lower=True)
        cross = kernel(distances(self.points, candidates, self.theta))
        mean = cross.T @ cho_solve((lower, True), self.values)
        spread = solve_triangular(lower, cross, lower=True)
        return np.asarray(mean), np.sqrt(np.maximum(1.0 - np.sum(spread**2, axis=0), 1e-12))


def distances(left: Floats, right: Floats, theta: Floats) -> Floats:
    """Distances in units of the length scales, shape (left, right)."""
    from scipy.spatial.distance import cdist

    scales = np.exp(theta[:-1])
    return np.asarray(cdist(left / scales, right / scales))


def kernel(distance: Floats) -> Floats:
    """Matern 5/2 with unit variance."""
    return np.asarray((1 + SQRT5 * distance + 5 / 3 * distance**2) * np.exp(-SQRT5 * distance), np.float64)


def covariance(points: Floats, theta: Floats) -> Floats:
    """Kernel matrix with noise on the diagonal."""
    return kernel(distances(points, points, theta)) + (np.exp(theta[-1]) + 1e-8) * np.eye(len(points))


def fit(points: Floats, values: Floats) -> Process:
    """Length scales and noise of the highest posterior density, from one sensible start."""
    from scipy.optimize import minimize

    start = np.append(np.full(points.shape[1], np.log(0.5)), np.log(0.05))
    bounds = [(np.log(0.05), np.log(20.0))] * points.shape[1] + [(np.log(1e-6), np.log(1.0))]
    found = minimize(
        _loss, start, args=(points, values), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": FIT_STEPS}
    )
    return Process(points, values, np.asarray(found.x))


def _loss(theta: Floats, points: Floats, values: Floats) -> tuple[float, Floats]:
    """Negative log posterior and its gradient; length scales have a log-normal prior around 0.7, noise around 0.02."""
    from scipy.linalg import cho_solve, cholesky

    distance = distances(points, points, theta)
    noise = float(np.exp(theta[-1]))
    lower = cholesky(kernel(distance) + (noise + 1e-8) * np.eye(len(points)), lower=True)
    weights = cho_solve((lower, True), values)
    outer = cho_solve((lower, True), np.eye(len(points))) - np.outer(weights, weights)
    centre = np.append(np.full(len(theta) - 1, np.log(0.7)), np.log(0.02))
    width = np.append(np.full(len(theta) - 1, 1.0), 1.5)
    prior = (theta - centre) / width
    loss = 0.5 * values @ weights + np.log(np.diag(lower)).sum() + 0.5 * prior @ prior
    falling = outer * (5 / 3 * (1 + SQRT5 * distance) * np.exp(-SQRT5 * distance))
    scaled = points / np.exp(theta[:-1])
    # d kernel / d log l_k = falling factor * (difference_k / l_k)^2, summed against `outer`
    row_sums = falling.sum(axis=1)
    gradient = row_sums @ scaled**2 - np.einsum("ik,ik->k", scaled, falling @ scaled)
    slope = np.append(gradient, 0.5 * noise * np.trace(outer)) + prior / width
    return float(loss), slope


def expected_improvement(model: Process, candidates: Floats, best: float) -> Floats:
    """How much lower than `best` each candidate is expected to come out."""
    from scipy.special import ndtr

    mean, deviation = model.predict(candidates)
    gap = (best - mean) / deviation
    density = np.exp(-0.5 * gap**2) / sqrt(2 * np.pi)
    return np.asarray((best - mean) * ndtr(gap) + deviation * density)
