"""A Gaussian process: its gradient, its predictions, the improvement it expects."""

import numpy as np
import pytest
from scipy.optimize import check_grad

from worker.strategies.gaussian_process import Process, expected_improvement, fit, loss

generator = np.random.default_rng(0)
POINTS = generator.random((30, 3))
VALUES = np.sin(5 * POINTS[:, 0]) + 0.3 * POINTS[:, 1]
VALUES = (VALUES - VALUES.mean()) / VALUES.std()
ALONE = [[0], [1], [2]]  # each coordinate is a hyperparameter


def test_the_gradient_is_that_of_the_loss():
    theta = np.array([-0.7, 0.2, 0.9, 0.4, -0.5, -3.0])
    known = (POINTS, VALUES, [[0, 2], [1]])
    error = check_grad(lambda t: loss(t, *known)[0], lambda t: loss(t, *known)[1], theta)
    assert error < 1e-4


def test_a_fitted_process_finds_out_which_coordinate_does_not_matter():
    first, _, third, *_, noise = np.exp(fit(POINTS, VALUES, ALONE).theta)
    assert third > 2 * first
    assert noise < 0.01


def test_what_each_does_alone_is_learnt_from_few_points():
    def function(points):
        return np.abs(points - [0.2, 0.4, 0.6, 0.5, 0.3]).sum(axis=1)

    known, unknown = generator.random((40, 5)), generator.random((200, 5))
    mean, spread = function(known).mean(), function(known).std()
    error = {}
    for groups in ([[0], [1], [2], [3], [4]], [[0, 1, 2, 3, 4]]):
        found = fit(known, (function(known) - mean) / spread, groups).predict(unknown)[0]
        error[len(groups)] = np.abs(mean + spread * found - function(unknown)).mean()
    assert error[5] < 0.5 * error[1]


def test_predictions_pass_through_the_points_and_are_unsure_elsewhere():
    model = Process(POINTS, VALUES, np.array([-1.0, -1.0, -1.0, *np.log([0.5, 0.5, 1e-6])]), ALONE)
    mean, deviation = model.predict(POINTS)
    assert mean == pytest.approx(VALUES, abs=1e-3)
    assert deviation.max() < 0.01
    assert model.predict(np.full((1, 3), 5.0))[1] == pytest.approx([1.0], abs=0.01)


def test_more_improvement_is_expected_where_the_values_are_low():
    model = fit(POINTS, VALUES, ALONE)
    low, high = POINTS[VALUES.argmin()], POINTS[VALUES.argmax()]
    gains = expected_improvement(
        model, np.array([low + 0.01, high + 0.01]), float(VALUES.min()) + 0.1
    )
    assert gains[0] > 10 * gains[1]
    assert (gains >= 0).all()
