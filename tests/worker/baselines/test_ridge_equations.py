"""Solving the normal equations of a ridge regression."""

import numpy as np

from worker.baselines.ridge_equations import RidgeEquations, RidgeInputs

DATES = np.datetime64("2024-01-01", "us") + np.arange(120) * np.timedelta64(1, "D")
SERIES = np.cumsum(np.random.default_rng(0).normal(size=120))
INPUTS = RidgeInputs(lags=(1, 2, 5), cycles=(), is_logarithmic=False)


def test_a_penalty_pulls_to_the_mean_or_to_the_row_before():
    equations = RidgeEquations(SERIES, DATES, range(120), INPUTS)

    to_mean = equations.solve([1e9], uses_calendar=False, pulls_to_naive=False)
    to_naive = equations.solve([1e9], uses_calendar=False, pulls_to_naive=True)

    np.testing.assert_allclose(to_mean.weights[:, 0], [0, 0, 0], atol=1e-6)
    np.testing.assert_allclose(to_naive.weights[:, 0], [1, 0, 0], atol=1e-6)


def test_without_a_penalty_the_weights_are_those_of_least_squares():
    columns = INPUTS.columns(SERIES, DATES, range(5, 120))
    design = np.column_stack([columns, np.ones(len(columns))])
    expected = np.linalg.lstsq(design, SERIES[5:120])[0]
    equations = RidgeEquations(SERIES, DATES, range(120), INPUTS)

    solution = equations.solve([0.0], uses_calendar=False, pulls_to_naive=False)

    np.testing.assert_allclose(solution.weights[:, 0], expected[:3])
    np.testing.assert_allclose(solution.intercepts[0], expected[3])


def test_pulled_to_the_row_before_it_is_a_regression_of_changes():
    columns = INPUTS.columns(SERIES, DATES, range(5, 120))
    row_before = columns[:, :1]
    design = np.column_stack([columns[:, 1:] - row_before, np.ones(len(columns))])
    expected = np.linalg.lstsq(design, SERIES[5:120] - row_before[:, 0])[0]
    equations = RidgeEquations(SERIES, DATES, range(120), INPUTS)

    solution = equations.solve([0.0], uses_calendar=False, pulls_to_naive=True)

    np.testing.assert_allclose(solution.weights[1:, 0], expected[:2])
    np.testing.assert_allclose(solution.weights[:, 0].sum(), 1)


def test_a_row_that_is_left_out_is_forecast_as_if_it_had_not_been_fitted():
    equations = RidgeEquations(SERIES, DATES, range(120), INPUTS, n_left_out=1)
    columns = INPUTS.columns(SERIES, DATES, range(119, 120))
    solution = equations.solve([0.0], uses_calendar=False, pulls_to_naive=False)

    left_out = solution.forecast_left_out(columns, SERIES[119:120])

    without_last = RidgeEquations(SERIES, DATES, range(119), INPUTS)
    expected = without_last.solve([0.0], uses_calendar=False, pulls_to_naive=False)
    np.testing.assert_allclose(left_out, expected.forecast(columns))
