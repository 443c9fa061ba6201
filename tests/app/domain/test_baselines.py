"""Forecasts that need no model."""

import numpy as np

from app.domain.baselines import naive, seasonal_naive


def test_baselines_use_the_rows_before_even_across_parts():
    values = np.arange(10.0)
    rows = range(5, 8)

    assert naive(values, rows).tolist() == [4.0, 5.0, 6.0]
    assert seasonal_naive(values, rows, 3).tolist() == [2.0, 3.0, 4.0]
