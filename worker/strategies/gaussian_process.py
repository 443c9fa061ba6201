"""A Gaussian process on numpy and scipy: fitting, prediction, expected improvement.

Matern 5/2 kernel with one length scale per coordinate, fitted by the highest posterior density (Rasmussen and
Williams, Gaussian Processes for Machine Learning, 2006, equations 2.25, 4.17 and 5.8).
"""

from dataclasses import dataclass
from math import log, pi, sqrt

import numpy as np
from numpy.typing import NDArray

FIT_STEPS = 40
JITTER = 1e-8
SQRT5 = sqrt(5.0)
LENGTH = (log(0.7), 1.0)  # mean and deviation of the prior of a logarithmic length scale
HEIGHT = (0.0, 1.5)  # of the logarithmic variance of the function
NOISE = (log(0.001), 2.0)  # of the logarithmic variance of the noise: there may be none
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Process:
    """Points (rows, coordinates) between 0 and 1 with values (rows,) of mean 0 and deviation 1.

    theta: the logarithmic length scale of each coordinate, then the logarithmic variances of function and noise.
    """

    points: Floats
    values: Floats
    theta: Floats

    @property
    def noise(self) -> float:
        """The variance of the noise."""
        return float(np.exp(self.theta[-1]))

    def predict(self, candidates: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation, both (candidates,), of the function without its noise."""
        from scipy.linalg import cho_solve, cholesky, solve_triangular

        height, noise = np.exp(self.theta[-2:])
        covariance = height * kernel(distances(self.points, self.points, self.theta))
        lower = cholesky(covariance + (noise + JITTER * height) * np.eye(len(self.points)), lower=True)
        cross = height * kernel(distances(self.points, candidates, self.theta))
        mean = cross.T @ cho_solve((lower, True), self.values)
        spread = solve_triangular(lower, cross, lower=True)
        return np.asarray(mean), np.sqrt(np.maximum(height - np.sum(spread**2, axis=0), 1e-12 * height))

    def told(self, points: Floats, values: Floats) -> "Process":
        """The same process with more points."""
        return Process(np.vstack([self.points, points]), np.append(self.values, values), self.theta)


def fit(points: Floats, values: Floats) -> Process:
    """Length scales, height and noise of the highest posterior density, from one sensible start."""
    from scipy.optimize import minimize

    start = np.append(np.full(points.shape[1], log(0.7)), [0.0, log(0.05)])
    bounds = [(log(0.05), log(20.0))] * points.shape[1] + [(log(0.05), log(100.0)), (log(1e-6), 0.0)]
    options = {"maxiter": FIT_STEPS}
    found = minimize(loss, start, args=(points, values), jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return Process(points, values, np.asarray(found.x))


def loss(theta: Floats, points: Floats, values: Floats) -> tuple[float, Floats]:
    """The negative logarithmic posterior, and its gradient by theta."""
    from scipy.linalg import cho_solve, cholesky

    distance = distances(points, points, theta)
    height, noise = np.exp(theta[-2:])
    covariance = height * kernel(distance)
    lower = cholesky(covariance + (noise + JITTER * height) * np.eye(len(points)), lower=True)
    weights = cho_solve((lower, True), values)
    slopes = cho_solve((lower, True), np.eye(len(points))) - np.outer(weights, weights)  # by the covariance, doubled
    falling = slopes * (height * 5 / 3 * (1 + SQRT5 * distance) * np.exp(-SQRT5 * distance))
    scaled = points / np.exp(theta[:-2])
    # the covariance falls by `falling` times the squared difference of each scaled coordinate
    by_length = falling.sum(axis=1) @ scaled**2 - np.einsum("ik,ik->k", scaled, falling @ scaled)
    by_height = 0.5 * (np.sum(slopes * covariance) + JITTER * height * np.trace(slopes))
    prior = np.array([*[LENGTH] * points.shape[1], HEIGHT, NOISE])
    away = (theta - prior[:, 0]) / prior[:, 1]
    value = 0.5 * values @ weights + np.log(np.diag(lower)).sum() + 0.5 * away @ away
    gradient = np.append(by_length, [by_height, 0.5 * noise * np.trace(slopes)]) + away / prior[:, 1]
    return float(value), gradient


def distances(left: Floats, right: Floats, theta: Floats) -> Floats:
    """Distances in units of the length scales, shape (left, right)."""
    from scipy.spatial.distance import cdist

    scales = np.exp(theta[:-2])
    return np.asarray(cdist(left / scales, right / scales))


def kernel(distance: Floats) -> Floats:
    """Matern 5/2 with unit variance."""
    return np.asarray((1 + SQRT5 * distance + 5 / 3 * distance**2) * np.exp(-SQRT5 * distance), np.float64)


def expected_improvement(model: Process, candidates: Floats, best: float) -> Floats:
    """By how much each candidate is expected to come out lower than `best` (Jones et al., 1998, equation 15)."""
    from scipy.special import ndtr

    mean, deviation = model.predict(candidates)
    gap = (best - mean) / deviation
    density = np.exp(-0.5 * gap**2) / sqrt(2 * pi)
    return np.asarray((best - mean) * ndtr(gap) + deviation * density)
