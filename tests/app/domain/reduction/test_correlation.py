"""Coefficients of a yes-or-no against numbers: the same as scipy's, whatever the ties."""

import math

import numpy as np
import pytest
from scipy import stats

from app.domain.reduction.correlation import METHODS, coefficient, p_value, ranks

SCIPY = {
    "pearson": stats.pearsonr,
    "spearman": stats.spearmanr,
    "correlation": stats.spearmanr,
    "kendall": lambda has_value, values: stats.kendalltau(has_value, values, method="asymptotic"),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("count", [4, 5, 6, 11, 30, 200])
@pytest.mark.parametrize("digits", [0, 6])
def test_coefficients_and_their_p_values_are_those_of_scipy(method, count, digits):
    generator = np.random.default_rng([count, digits])
    has_value = generator.random(count) < 0.4
    has_value[:2] = True, False
    values = np.round(generator.normal(size=count) + has_value, digits)
    expected = SCIPY[method](has_value.astype(float), values)

    correlation = coefficient(method, has_value, values)
    probability = p_value(method, has_value, values, correlation)

    assert correlation == pytest.approx(expected.statistic, abs=1e-12)
    assert probability == pytest.approx(expected.pvalue, abs=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_equal_values_have_no_coefficient(method):
    correlation = coefficient(method, np.array([True, True, False]), np.full(3, 7.5))

    assert math.isnan(correlation)


@pytest.mark.parametrize("method", METHODS)
def test_the_largest_numbers_there_are_do_not_overflow(method):
    has_value = np.array([True, True, False, False])
    values = np.array([1e308, 1.5e308, 5e-324, 0.0])

    assert coefficient(method, has_value, values) > 0.5


def test_equal_values_share_the_mean_of_their_ranks():
    assert ranks(np.array([3.0, 1.0, 3.0, 2.0, 3.0])).tolist() == [4, 1, 4, 2, 4]


def test_a_perfect_coefficient_is_not_by_chance():
    has_value = np.array([True, False, True, False])

    assert p_value("pearson", has_value, np.array([1.0, 0.0, 1.0, 0.0]), 1.0) == 0.0


def test_two_trials_prove_nothing():
    assert p_value("pearson", np.array([True, False]), np.array([1.0, 0.0]), 1.0) == 1.0
