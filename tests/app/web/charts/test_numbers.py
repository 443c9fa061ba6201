"""Numbers and dates in the form a figure takes."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.web.charts.numbers import finite_or_none, iso_dates, thin_points


def test_times_of_day_are_kept_where_there_are_any():
    dates = np.array(["2020-01-01T01:30"], "datetime64[us]")

    assert iso_dates(dates) == ["2020-01-01T01:30:00"]


def test_numbers_that_json_cannot_hold_are_gaps():
    assert finite_or_none([1.0, None, math.inf, -math.inf, math.nan]) == [1.0, *[None] * 4]


@given(st.integers(1, 20_000), st.integers(0, 2**31))
def test_thinning_keeps_the_ends_and_the_extremes_and_few_points(n_points, seed):
    line = np.random.default_rng(seed).normal(size=(1, n_points)).cumsum(axis=1)

    indices = thin_points(line, max_points=200)

    assert len(indices) <= max(n_points if n_points <= 200 else 0, 202)
    assert {0, n_points - 1} <= set(indices.tolist())
    assert line[0, indices].max() == line.max()
    assert line[0, indices].min() == line.min()
    assert (np.diff(indices) > 0).all()
