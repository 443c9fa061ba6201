"""A Gaussian process: its gradient, its predictions, the improvement it expects."""

import numpy as np
import pytest
from scipy.optimize import check_grad

from worker.strategies.gaussian_process import Process, expected_improvement, fit, loss

generator = np.random.default_rng(0)
POINTS = generator.random((30, 3))
VALUES = np.sin(5 * POINTS[:, 0]) + 0.3 * POINTS[:, 1]
VALUES = (VALUES - VALUES.mean()) / VALUES.std()
SEPARATE_GROUPS = [[0], [1], [2]]  # each coordinate is a hyperparameter


def test_the_gradient_is_that_of_the_loss():
    theta = np.array([-0.7, 0.2, 0.9, 0.4, -0.5, -3.0])
    data = (POINTS, VALUES, [[0, 2], [1]])

    error = check_grad(lambda t: loss(t, *data)[0], lambda t: loss(t, *data)[1], theta)

    assert error < 1e-4


def test_a_fitted_process_finds_out_which_coordinate_does_not_matter():
    first, _, third, *_, noise = np.exp(fit(POINTS, VALUES, SEPARATE_GROUPS).theta)

    assert third > 2 * first
    assert noise < 0.01


def test_what_each_coordinate_does_alone_is_learnt_from_few_points():
    def function(points):
        return np.abs(points - [0.2, 0.4, 0.6, 0.5, 0.3]).sum(axis=1)

    known = generator.random((40, 5))
    unknown = generator.random((200, 5))
    mean = function(known).mean()
    deviation = function(known).std()

    def mean_error(groups):
        process = fit(known, (function(known) - mean) / deviation, groups)
        predicted, _ = process.predict(unknown)
        return np.abs(mean + deviation * predicted - function(unknown)).mean()

    assert mean_error([[0], [1], [2], [3], [4]]) < 0.5 * mean_error([[0, 1, 2, 3, 4]])


def test_predictions_pass_through_the_points_and_are_unsure_elsewhere():
    theta = np.array([-1.0, -1.0, -1.0, *np.log([0.5, 0.5, 1e-6])])
    process = Process(POINTS, VALUES, theta, SEPARATE_GROUPS)

    mean, deviation = process.predict(POINTS)
    _, deviation_elsewhere = process.predict(np.full((1, 3), 5.0))

    assert mean == pytest.approx(VALUES, abs=1e-3)
    assert deviation.max() < 0.01
    assert deviation_elsewhere == pytest.approx([1.0], abs=0.01)


def test_more_improvement_is_expected_where_the_values_are_low():
    process = fit(POINTS, VALUES, SEPARATE_GROUPS)
    low = POINTS[VALUES.argmin()]
    high = POINTS[VALUES.argmax()]
    best = float(VALUES.min()) + 0.1

    improvements = expected_improvement(process, np.array([low + 0.01, high + 0.01]), best)

    assert improvements[0] > 10 * improvements[1]
    assert (improvements >= 0).all()
