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
    "kendall": lambda having, values: stats.kendalltau(having, values, method="asymptotic"),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("count", [4, 5, 6, 11, 30, 200])
@pytest.mark.parametrize("digits", [0, 6])
def test_coefficients_and_their_chances_are_those_of_scipy(method, count, digits):
    generator = np.random.default_rng([count, digits])
    having = generator.random(count) < 0.4
    having[:2] = True, False
    values = np.round(generator.normal(size=count) + having, digits)
    expected = SCIPY[method](having.astype(float), values)
    found = coefficient(method, having, values)
    assert found == pytest.approx(expected.statistic, abs=1e-12)
    assert p_value(method, having, values, found) == pytest.approx(expected.pvalue, abs=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_equal_values_have_no_coefficient(method):
    assert math.isnan(coefficient(method, np.array([True, True, False]), np.full(3, 7.5)))


@pytest.mark.parametrize("method", METHODS)
def test_the_largest_numbers_there_are_do_not_overflow(method):
    having, values = np.array([True, True, False, False]), np.array([1e308, 1.5e308, 5e-324, 0.0])
    assert coefficient(method, having, values) > 0.5


def test_equal_values_share_the_mean_of_their_ranks():
    assert ranks(np.array([3.0, 1.0, 3.0, 2.0, 3.0])).tolist() == [4, 1, 4, 2, 4]


def test_a_perfect_coefficient_has_no_chance_and_two_trials_prove_nothing():
    having, values = np.array([True, False, True, False]), np.array([1.0, 0.0, 1.0, 0.0])
    assert p_value("pearson", having, values, 1.0) == 0.0
    assert p_value("pearson", having[:2], values[:2], 1.0) == 1.0
