"""Forecasts that need no model."""

from dataclasses import astuple

import numpy as np
import pytest

from app.domain.baselines import (
    naive,
    naive_steps,
    score_naive,
    score_rows,
    seasonal_naive,
    seasonal_naive_steps,
)
from app.domain.horizons import origins


def test_baselines_use_the_rows_before_even_across_parts():
    values = np.arange(10.0)
    rows = range(5, 8)

    assert naive(values, rows).tolist() == [4.0, 5.0, 6.0]
    assert seasonal_naive(values, rows, 3).tolist() == [2.0, 3.0, 4.0]


def test_several_rows_ahead_use_what_is_known_at_the_origin_alone():
    values = np.arange(20.0)

    assert naive_steps(values, range(10, 12), 3).tolist() == [[9.0] * 3, [10.0] * 3]
    assert seasonal_naive_steps(values, range(10, 11), 2, 5).tolist() == [[8, 9, 8, 9, 8]]


def test_one_row_ahead_scores_the_same_as_rows_and_as_steps():
    values = np.random.default_rng(0).normal(size=500)
    part = range(400, 500)
    predicted = values[400:] + np.random.default_rng(1).normal(size=100)

    as_rows = score_rows(values, part, predicted)

    assert score_rows(values, part, predicted[:, np.newaxis]) == as_rows


def test_the_naive_forecast_scores_over_all_origins_and_steps():
    values = np.random.default_rng(0).normal(size=60).round()
    part = range(40, 60)

    scores = score_naive(values, part, 4)

    steps = naive_steps(values, origins(part, 4), 4)
    assert astuple(scores) == pytest.approx(astuple(score_rows(values, origins(part, 4), steps)))
