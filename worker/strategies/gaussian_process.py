"""A Gaussian process on numpy and scipy: fitting, prediction, expected improvement.

A hyperparameter mostly does what it does whatever the others are, so the process is a sum: one function of each
hyperparameter alone, and one of all together for what goes together (Duvenaud et al., Additive Gaussian Processes,
2011). Matern 5/2 kernels with one length scale per coordinate, fitted by the highest posterior density (Rasmussen and
Williams, Gaussian Processes for Machine Learning, 2006, equations 2.25, 4.17 and 5.8).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log, pi, sqrt

import numpy as np
from numpy.typing import NDArray

FIT_STEPS = 40
JITTER = 1e-8
SQRT5 = sqrt(5.0)
LENGTH = (log(0.7), 1.0)  # mean and deviation of the prior of a logarithmic length scale
HEIGHT = (
    log(0.5),
    1.5,
)  # of the logarithmic variance of what each does alone, and of what all do together
NOISE = (log(0.001), 2.0)  # of the logarithmic variance of the noise: there may be none
START = (log(0.7), log(0.5), log(0.05))  # of a fit: length scales, variances, noise
BOUNDS = ((log(0.05), log(20.0)), (log(0.01), log(100.0)), (log(1e-6), 0.0))
Floats = NDArray[np.float64]
Groups = Sequence[list[int]]  # the coordinates of each hyperparameter, each coordinate in one group


@dataclass(frozen=True, eq=False)
class Process:
    """Points (rows, coordinates) between 0 and 1 with values (rows,) of mean 0 and deviation 1.

    theta: the logarithmic length scale of each coordinate, then the logarithmic variances of what hyperparameters do
    alone (their sum), of what they do together, and of the noise.
    """

    points: Floats
    values: Floats
    theta: Floats
    groups: Groups

    @property
    def noise(self) -> float:
        """The variance of the noise."""
        return float(np.exp(self.theta[-1]))

    def predict(self, candidates: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation, both (candidates,), of the function without its noise."""
        from scipy.linalg import solve_triangular

        lower, weights = self._solved
        cross = covariance(self.points, candidates, self.theta, self.groups)
        spread = solve_triangular(lower, cross, lower=True)
        height = float(np.exp(self.theta[-3:-1]).sum())
        return cross.T @ weights, np.sqrt(
            np.maximum(height - np.sum(spread**2, axis=0), 1e-12 * height)
        )

    def told(self, points: Floats, values: Floats) -> "Process":
        """The same process with more points."""
        return Process(
            np.vstack([self.points, points]),
            np.append(self.values, values),
            self.theta,
            self.groups,
        )

    @cached_property
    def _solved(self) -> tuple[Floats, Floats]:
        """The covariance's root, and what the values weigh."""
        return solved(
            covariance(self.points, self.points, self.theta, self.groups), self.values, self.theta
        )


def fit(points: Floats, values: Floats, groups: Groups) -> Process:
    """Length scales, variances and noise of the highest posterior density, from one sensible start."""
    from scipy.optimize import minimize

    (length, height, noise), (lengths, heights, noises) = START, BOUNDS
    coordinates, options = points.shape[1], {"maxiter": FIT_STEPS}
    start = np.array([length] * coordinates + [height] * 2 + [noise])
    bounds = [lengths] * coordinates + [heights] * 2 + [noises]
    known = (points, values, groups)
    found = minimize(
        loss, start, args=known, jac=True, method="L-BFGS-B", bounds=bounds, options=options
    )
    return Process(points, values, np.asarray(found.x), groups)


def loss(theta: Floats, points: Floats, values: Floats, groups: Groups) -> tuple[float, Floats]:
    """The negative logarithmic posterior, and its gradient by theta."""
    from scipy.linalg import cho_solve

    scaled, parts = points / np.exp(theta[:-3]), parts_of(theta, groups)
    kernels = [kernel(distances(scaled[:, columns], scaled[:, columns])) for columns, _ in parts]
    shares = [height * value for (value, _), (_, height) in zip(kernels, parts, strict=True)]
    alone, together = np.sum(shares[:-1], axis=0), shares[-1]
    lower, weights = solved(alone + together, values, theta)
    slopes = cho_solve((lower, True), np.eye(len(points))) - np.outer(
        weights, weights
    )  # by the covariance, doubled
    by_length = np.zeros(points.shape[1])
    for (_, fall), (columns, height) in zip(kernels, parts, strict=True):
        falling, place = height * slopes * fall, scaled[:, columns]
        by_length[columns] += falling.sum(axis=1) @ place**2 - np.einsum(
            "ik,ik->k", place, falling @ place
        )
    on_diagonal = np.trace(slopes)
    sums = np.array([np.sum(slopes * alone), np.sum(slopes * together)])
    by_height = 0.5 * (sums + JITTER * np.exp(theta[-3:-1]) * on_diagonal)
    prior = np.array([*[LENGTH] * points.shape[1], HEIGHT, HEIGHT, NOISE])
    away = (theta - prior[:, 0]) / prior[:, 1]
    value = 0.5 * values @ weights + np.log(np.diag(lower)).sum() + 0.5 * away @ away
    by_noise = 0.5 * np.exp(theta[-1]) * on_diagonal
    return float(value), np.concatenate([by_length, by_height, [by_noise]]) + away / prior[:, 1]


def parts_of(theta: Floats, groups: Groups) -> list[tuple[list[int], float]]:
    """The functions the process is the sum of: the coordinates of each and its variance; that of all comes last."""
    alone, together = np.exp(theta[-3:-1])
    every = [column for columns in groups for column in columns]
    return [*((columns, alone / len(groups)) for columns in groups), (every, together)]


def covariance(left: Floats, right: Floats, theta: Floats, groups: Groups) -> Floats:
    """How much points have in common, shape (left, right)."""
    scales = np.exp(theta[:-3])
    left, right = left / scales, right / scales
    parts = parts_of(theta, groups)
    return np.asarray(
        sum(height * kernel(distances(left[:, some], right[:, some]))[0] for some, height in parts)
    )


def solved(shared: Floats, values: Floats, theta: Floats) -> tuple[Floats, Floats]:
    """The root of a covariance (rows, rows) and its noise, and the covariance's inverse times the values (rows,)."""
    from scipy.linalg import cho_solve, cholesky

    height, noise = np.exp(theta[-3:-1]).sum(), np.exp(theta[-1])
    lower = cholesky(shared + (noise + JITTER * height) * np.eye(len(shared)), lower=True)
    return np.asarray(lower), np.asarray(cho_solve((lower, True), values))


def distances(left: Floats, right: Floats) -> Floats:
    """Distances of points, shape (left, right)."""
    from scipy.spatial.distance import cdist

    return np.asarray(cdist(left, right))


def kernel(distance: Floats) -> tuple[Floats, Floats]:
    """Matern 5/2 with unit variance, and by how much it falls per half squared distance."""
    far = SQRT5 * distance
    decay = np.exp(-far)
    fall = 5 / 3 * (1 + far) * decay
    return np.asarray(fall * 3 / 5 + far**2 / 3 * decay), fall


def expected_improvement(model: Process, candidates: Floats, best: float) -> Floats:
    """By how much each candidate is expected to come out lower than `best` (Jones et al., 1998, equation 15)."""
    from scipy.special import ndtr

    mean, deviation = model.predict(candidates)
    gap = (best - mean) / deviation
    density = np.exp(-0.5 * gap**2) / sqrt(2 * pi)
    return np.asarray((best - mean) * ndtr(gap) + deviation * density)
