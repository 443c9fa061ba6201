"""A forecast is scored by its errors and against the naive one."""

import numpy as np
import pytest

from app.domain.metrics import score_forecast


def test_a_forecast_is_scored_against_the_naive_one():
    actual = np.array([2.0, 4.0, 0.0, 8.0])
    predicted = actual + np.array([1.0, -1.0, 1.0, -1.0])

    scores = score_forecast(actual, predicted, naive=actual + 2.0)

    assert (scores.rmse, scores.mae) == (1.0, 1.0)
    assert scores.mape == pytest.approx((1 / 2 + 1 / 4 + 1 / 8) / 3)
    assert scores.skill == 0.5


def test_scores_that_would_divide_by_zero_are_none():
    zeros = np.zeros(3)

    scores = score_forecast(zeros, zeros + 1, naive=zeros)

    assert (scores.mape, scores.skill) == (None, None)
