"""A function of hyperparameters as a sum: of main effects, pair effects and a residual.

Each effect is a Gaussian process whose mean over the search space is 0 (Durrande et al., ANOVA
kernels and RKHS of zero mean functions for model-based sensitivity analysis, 2013), so that none
holds what belongs to another, whichever trials a strategy chose. The variances of the effects are
fitted to the trials, by minorisation and maximisation of the posterior (Zhou et al., MM Algorithms
for Variance Components Models, 2019).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.domain.importance.main_effect import MainEffect
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace

N_FIT_ITERATIONS = 40
MIN_FITTED_VARIANCE = 1e-4  # the values to be explained have a variance of 1
LEVEL_VARIANCE = 4.0  # of the function's mean over the space, which no effect holds
N_DRAWS_OF_SPACE = 300  # to see how often a hyperparameter is active
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class VariancePrior:
    """The prior density of a variance v is proportional to v**power * exp(-rate * v)."""

    power: float
    rate: float


EFFECT_PRIOR = VariancePrior(0.25, 1.0)
RESIDUAL_PRIOR = VariancePrior(1.0, 1.0)  # a few trials never explain everything


@dataclass(frozen=True)
class EncodedPoints:
    """Points as the main effects see them.

    `coordinates`: for each effect an array (points, coordinates); `active`: (effects, points),
    1.0 where the hyperparameter is active.
    """

    coordinates: Sequence[Floats]
    active: Floats


class Prediction(NamedTuple):
    """The mean (points,) of a function, and its covariance (points, points)."""

    mean: Floats
    covariance: Floats


class PointPredictions(NamedTuple):
    """The mean (points,) of a function at each point, and its variance (points,) there."""

    mean: Floats
    variance: Floats


class ExplainedVariances(NamedTuple):
    """The expected variance over the space of each main effect and of each pair's effect."""

    main: Floats
    pairs: Floats


class AnovaModel:
    """The effects of a search space's hyperparameters, fitted to points.

    The values (points,) have a mean of 0 and a standard deviation of 1.
    """

    def __init__(self, space: SearchSpace, points: Sequence[Parameters], values: Floats) -> None:
        self.space = space
        self.effects = [MainEffect(dimension) for dimension in space.searched]
        self.pairs = list(combinations(range(len(self.effects)), 2))
        self._points = self.encode(points)
        self._fit(values)

    def encode(self, points: Sequence[Parameters]) -> EncodedPoints:
        """Points as the effects see them; where a hyperparameter is inactive, it adds nothing."""
        active = np.zeros((len(self.effects), len(points)))
        coordinates = []
        for index, effect in enumerate(self.effects):
            name = effect.dimension.name
            active[index] = [
                name in point and self.space.is_active(name, point) for point in points
            ]
            encoded = [
                effect.scale.encode(point[name]) if is_active else effect.scale.inactive
                for point, is_active in zip(points, active[index], strict=True)
            ]
            coordinates.append(np.array(encoded, np.float64))
        return EncodedPoints(coordinates, active)

    def predict(self, points: EncodedPoints) -> Prediction:
        """The function without its residual."""
        cross = self._prior_covariance(points, self._points)
        prior = self._prior_covariance(points, points)
        return self._condition(cross, prior)

    def predict_each(self, points: EncodedPoints) -> PointPredictions:
        """As `predict`, without how the points vary together: for many points at once."""
        cross = self._prior_covariance(points, self._points)
        variances = [
            effect.variances(coordinates) * active
            for effect, coordinates, active in zip(
                self.effects, points.coordinates, points.active, strict=True
            )
        ]
        kernels = self._add_pairs(np.array(variances))
        prior = LEVEL_VARIANCE + self.effect_variances @ kernels
        explained = np.sum((cross @ self._inverse) * cross, axis=1)
        return PointPredictions(cross @ self._weights, np.maximum(prior - explained, 0.0))

    def predict_main_effect(self, index: int) -> Prediction:
        """What a hyperparameter does alone, at each of its effect's values."""
        effect = self.effects[index]
        variance = self.effect_variances[index]
        cross = variance * self._cross_covariances[index]
        kernel = effect.covariance(effect.encoded_values, effect.encoded_values)
        return self._condition(cross, variance * kernel)

    def _prior_covariance(self, left: EncodedPoints, right: EncodedPoints) -> Floats:
        """The covariance of the function before it is fitted, shape (left, right)."""
        kernels = self._kernels(left, right)
        return LEVEL_VARIANCE + np.tensordot(self.effect_variances, kernels, 1)

    def _condition(self, cross: Floats, prior: Floats) -> Prediction:
        """Predict from the prior covariance, and from that with the fitted points."""
        mean = cross @ self._weights
        explained = cross @ self._inverse @ cross.T
        return Prediction(mean, prior - explained)

    @cached_property
    def explained_variances(self) -> ExplainedVariances:
        """How much each hyperparameter alone and each pair is expected to vary over the space."""
        main = []
        for index, fraction in enumerate(self._active_fractions):
            prediction = self.predict_main_effect(index)
            main.append(fraction * expected_variance(prediction))
        pairs = [self._pair_variance(left, right) for left, right in self.pairs]
        return ExplainedVariances(np.array(main), np.array(pairs))

    def _pair_variance(self, left: int, right: int) -> float:
        variance = self.effect_variances[-1] / len(self.pairs)
        left_cross = self._cross_covariances[left]
        right_cross = self._cross_covariances[right]
        mean = variance * (left_cross * self._weights) @ right_cross.T
        left_fraction = self._active_fractions[left]
        right_fraction = self._active_fractions[right]
        return min(left_fraction, right_fraction) * float(np.mean(mean**2))

    @cached_property
    def _cross_covariances(self) -> list[Floats]:
        """For each effect the covariance of its values with the points, (values, points).

        As if the effect had a variance of 1.
        """
        covariances = []
        for index, effect in enumerate(self.effects):
            coordinates = self._points.coordinates[index]
            kernel = effect.covariance(effect.encoded_values, coordinates)
            covariances.append(kernel * self._points.active[index])
        return covariances

    @cached_property
    def _active_fractions(self) -> list[float]:
        """In which fraction of the space each hyperparameter is active."""
        generator = np.random.default_rng(0)
        draws = [self.space.sample(generator) for _ in range(N_DRAWS_OF_SPACE)]
        encoded = self.encode(draws)
        fractions: list[float] = encoded.active.mean(axis=1).tolist()
        return fractions

    def _kernels(self, left: EncodedPoints, right: EncodedPoints) -> Floats:
        """The kernel of each main effect and, last, the mean one of all pairs.

        Shape (effects + 1, left, right).
        """
        kernels = []
        for index, effect in enumerate(self.effects):
            kernel = effect.covariance(left.coordinates[index], right.coordinates[index])
            both_active = np.outer(left.active[index], right.active[index])
            kernels.append(kernel * both_active)
        return self._add_pairs(np.array(kernels))

    def _add_pairs(self, main: Floats) -> Floats:
        """Kernels of the main effects, shape (effects, ...), and after them the mean of all pairs.

        The kernel of a pair is the product of the two.
        """
        square_of_sum = main.sum(axis=0) ** 2
        sum_of_squares = (main**2).sum(axis=0)
        n_pairs = max(1, len(self.pairs))
        mean_of_pairs = (square_of_sum - sum_of_squares) / (2 * n_pairs)
        return np.concatenate([main, mean_of_pairs[None]])

    def _fit(self, values: Floats) -> None:
        kernels = self._kernels(self._points, self._points)
        residual_kernel = np.eye(len(values)).reshape(1, -1)
        flat_kernels = np.concatenate([kernels.reshape(len(kernels), -1), residual_kernel])
        variances = _fit_variances(flat_kernels, values)
        self.effect_variances = variances[:-1]
        self.residual_variance = float(variances[-1])
        self._inverse = _inverse_covariance(flat_kernels, variances)
        self._weights = self._inverse @ values


def expected_variance(prediction: Prediction) -> float:
    """The expected variance over equally likely points of a function whose mean there is 0."""
    of_mean = float(np.mean(prediction.mean**2))
    variances = np.diag(prediction.covariance)
    uncertainty = float(np.mean(variances))
    return of_mean + max(uncertainty, 0.0)


def _fit_variances(flat_kernels: Floats, values: Floats) -> Floats:
    """The most likely variance of each kernel (kernels,) for values (points,).

    `flat_kernels`: shape (kernels, points * points); that of the residual is last.
    """
    priors = [EFFECT_PRIOR] * (len(flat_kernels) - 1) + [RESIDUAL_PRIOR]
    power = np.array([prior.power for prior in priors])
    rate = np.array([prior.rate for prior in priors])
    variances = np.full(len(flat_kernels), 1 / len(flat_kernels))
    for _ in range(N_FIT_ITERATIONS):
        inverse = _inverse_covariance(flat_kernels, variances)
        weights = inverse @ values
        squares = np.outer(weights, weights).ravel()
        explained = np.maximum(flat_kernels @ squares, 0.0)
        traces = np.maximum(flat_kernels @ inverse.ravel(), 0.0)
        slope = traces + 2 * rate
        root = np.sqrt(power**2 + slope * variances**2 * explained)
        fitted = (power + root) / slope
        variances = np.maximum(fitted, MIN_FITTED_VARIANCE)
    return variances


def _inverse_covariance(flat_kernels: Floats, variances: Floats) -> Floats:
    """The inverse of the covariance of all values, (points, points)."""
    n_points = int(sqrt(flat_kernels.shape[1]))
    flat = variances @ flat_kernels
    covariance = LEVEL_VARIANCE + flat.reshape(n_points, n_points)
    return np.asarray(np.linalg.inv(covariance))
