"""A Gaussian process on numpy and scipy: fitting, prediction, expected improvement.

A hyperparameter mostly does what it does whatever the others are, so the process is a sum: one
function of each hyperparameter alone, and one of all together for interactions (Duvenaud et al.,
Additive Gaussian Processes, 2011). The kernels are Matern 5/2 with one length scale per
coordinate, fitted by the highest posterior density (Rasmussen and Williams, Gaussian Processes
for Machine Learning, 2006, equations 2.25, 4.17 and 5.8).

`theta` holds the logarithms of what is fitted, shape (coordinates + 3,): the length scale of each
coordinate, the variance of what all hyperparameters do alone (the sum over them), the variance of
what they do together, and the variance of the noise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, repeat
from math import log, pi, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MAX_FIT_ITERATIONS = 40
JITTER = 1e-8  # of the process's variance, so that its covariance can be inverted
MIN_VARIANCE = 1e-12  # of the process's variance
SQRT5 = sqrt(5.0)
Floats = NDArray[np.float64]
Groups = Sequence[list[int]]  # the coordinates of each hyperparameter; each is in one group


@dataclass(frozen=True)
class ThetaPrior:
    """What is assumed of one logarithm in theta: a normal prior, where a fit starts, and bounds."""

    mean: float
    deviation: float
    start: float
    bounds: tuple[float, float]


LENGTH_SCALE_PRIOR = ThetaPrior(log(0.7), 1.0, log(0.7), (log(0.05), log(20.0)))
VARIANCE_PRIOR = ThetaPrior(log(0.5), 1.5, log(0.5), (log(0.01), log(100.0)))
NOISE_PRIOR = ThetaPrior(log(0.001), 2.0, log(0.05), (log(1e-6), 0.0))  # there may be no noise


class Summand(NamedTuple):
    """One of the functions that the process is a sum of."""

    columns: list[int]
    variance: float


class KernelValues(NamedTuple):
    """A kernel at some distances, and by how much it falls per half squared distance."""

    value: Floats
    slope: Floats


class Solution(NamedTuple):
    """The Cholesky root of a covariance (rows, rows), and its inverse times the values (rows,)."""

    lower: Floats
    weights: Floats


@dataclass(frozen=True, eq=False)
class Process:
    """A Gaussian process given points (rows, coordinates) between 0 and 1.

    Their values (rows,) have a mean of 0 and a standard deviation of 1.
    """

    points: Floats
    values: Floats
    theta: Floats
    groups: Groups

    @property
    def noise(self) -> float:
        """The variance of the noise."""
        log_noise = self.theta[-1]
        return float(np.exp(log_noise))

    def predict(self, candidates: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation, both (candidates,), of the function without its noise."""
        from scipy.linalg import solve_triangular

        cross = covariance(self.points, candidates, self.theta, self.groups)
        lower, weights = self._solution
        explained = solve_triangular(lower, cross, lower=True)
        prior_variance = float(np.exp(self.theta[-3:-1]).sum())
        variance = prior_variance - np.sum(explained**2, axis=0)
        bounded = np.maximum(variance, MIN_VARIANCE * prior_variance)
        mean = cross.T @ weights
        return mean, np.sqrt(bounded)

    def with_points(self, points: Floats, values: Floats) -> "Process":
        """The same process given more points."""
        return Process(
            np.vstack([self.points, points]),
            np.append(self.values, values),
            self.theta,
            self.groups,
        )

    @cached_property
    def _solution(self) -> Solution:
        prior = covariance(self.points, self.points, self.theta, self.groups)
        return solve(prior, self.values, self.theta)


def fit(points: Floats, values: Floats, groups: Groups) -> Process:
    """Fit length scales, variances and noise by the highest posterior density, from one start."""
    from scipy.optimize import minimize

    priors = theta_priors(points.shape[1])
    result = minimize(
        loss,
        np.array([prior.start for prior in priors]),
        args=(points, values, groups),
        jac=True,
        method="L-BFGS-B",
        bounds=[prior.bounds for prior in priors],
        options={"maxiter": MAX_FIT_ITERATIONS},
    )
    return Process(points, values, np.asarray(result.x), groups)


def theta_priors(coordinates: int) -> list[ThetaPrior]:
    """The prior of each entry of theta."""
    return [
        *repeat(LENGTH_SCALE_PRIOR, coordinates),
        VARIANCE_PRIOR,
        VARIANCE_PRIOR,
        NOISE_PRIOR,
    ]


def loss(theta: Floats, points: Floats, values: Floats, groups: Groups) -> tuple[float, Floats]:
    """The negative logarithmic posterior density, and its gradient with respect to theta."""
    from scipy.linalg import cho_solve

    scaled = points / np.exp(theta[:-3])
    summands = summands_of(theta, groups)
    kernels = []
    covariances = []
    for columns, variance in summands:
        coordinates = scaled[:, columns]
        kernel = matern52(distances(coordinates, coordinates))
        kernels.append(kernel)
        covariances.append(variance * kernel.value)
    alone = np.sum(covariances[:-1], axis=0)
    together = covariances[-1]
    lower, weights = solve(alone + together, values, theta)

    inverse = cho_solve((lower, True), np.eye(len(points)))
    doubled_slopes = inverse - np.outer(weights, weights)  # with respect to the covariance
    diagonal_slope = np.trace(doubled_slopes)
    alone_slope = np.sum(doubled_slopes * alone)
    together_slope = np.sum(doubled_slopes * together)
    slope_sums = np.array([alone_slope, together_slope])
    by_lengths = _length_gradient(scaled, summands, kernels, doubled_slopes)
    jitter_slopes = JITTER * np.exp(theta[-3:-1]) * diagonal_slope
    by_variances = 0.5 * (slope_sums + jitter_slopes)
    by_noise = 0.5 * np.exp(theta[-1]) * diagonal_slope
    gradient = np.concatenate([by_lengths, by_variances, [by_noise]])

    priors = theta_priors(points.shape[1])
    means = np.array([prior.mean for prior in priors])
    deviations = np.array([prior.deviation for prior in priors])
    z_scores = (theta - means) / deviations
    log_determinant = np.log(np.diag(lower)).sum()
    value = 0.5 * values @ weights + log_determinant + 0.5 * z_scores @ z_scores
    return float(value), gradient + z_scores / deviations


def _length_gradient(
    scaled: Floats,
    summands: Sequence[Summand],
    kernels: Sequence[KernelValues],
    doubled_slopes: Floats,
) -> Floats:
    """The gradient of the loss with respect to the logarithmic length scales, (coordinates,)."""
    gradient = np.zeros(scaled.shape[1])
    for kernel, (columns, variance) in zip(kernels, summands, strict=True):
        slopes = variance * doubled_slopes * kernel.slope
        points = scaled[:, columns]
        cross_terms = np.einsum("ik,ik->k", points, slopes @ points)
        square_terms = slopes.sum(axis=1) @ points**2
        gradient[columns] += square_terms - cross_terms
    return gradient


def summands_of(theta: Floats, groups: Groups) -> list[Summand]:
    """The functions that the process is a sum of; that of all hyperparameters together is last."""
    alone, together = np.exp(theta[-3:-1])
    variance_of_each = alone / len(groups)
    summands = [Summand(columns, variance_of_each) for columns in groups]
    all_columns = list(chain.from_iterable(groups))
    summands.append(Summand(all_columns, together))
    return summands


def covariance(left: Floats, right: Floats, theta: Floats, groups: Groups) -> Floats:
    """The prior covariance of the function at two sets of points, shape (left, right)."""
    length_scales = np.exp(theta[:-3])
    left = left / length_scales
    right = right / length_scales
    covariances = []
    for columns, variance in summands_of(theta, groups):
        distance = distances(left[:, columns], right[:, columns])
        kernel = matern52(distance)
        covariances.append(variance * kernel.value)
    return np.asarray(sum(covariances))


def solve(prior: Floats, values: Floats, theta: Floats) -> Solution:
    """Solve for the values (rows,), given the prior covariance (rows, rows) without noise."""
    from scipy.linalg import cho_solve, cholesky

    variance = np.exp(theta[-3:-1]).sum()
    noise = np.exp(theta[-1])
    noise_covariance = (noise + JITTER * variance) * np.eye(len(prior))
    lower = cholesky(prior + noise_covariance, lower=True)
    weights = cho_solve((lower, True), values)
    return Solution(np.asarray(lower), np.asarray(weights))


def distances(left: Floats, right: Floats) -> Floats:
    """Euclidean distances between two sets of points, shape (left, right)."""
    from scipy.spatial.distance import cdist

    return np.asarray(cdist(left, right))


def matern52(distance: Floats) -> KernelValues:
    """The Matern 5/2 kernel with a variance and a length scale of 1."""
    scaled = SQRT5 * distance
    decay = np.exp(-scaled)
    slope = 5 / 3 * (1 + scaled) * decay
    value = slope * 3 / 5 + scaled**2 / 3 * decay
    return KernelValues(np.asarray(value), slope)


def expected_improvement(model: Process, candidates: Floats, best: float) -> Floats:
    """By how much each candidate is expected to be lower than `best`, shape (candidates,).

    Jones et al., Efficient Global Optimization of Expensive Black-Box Functions, 1998,
    equation 15.
    """
    from scipy.special import ndtr

    mean, deviation = model.predict(candidates)
    improvement = best - mean
    z_score = improvement / deviation
    density = np.exp(-0.5 * z_score**2) / sqrt(2 * pi)
    expected = improvement * ndtr(z_score) + deviation * density
    return np.asarray(expected)
