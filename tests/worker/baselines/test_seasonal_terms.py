"""Taking seasons off a series as its train part knows them."""

import numpy as np
import pytest

from worker.baselines.recursions.seasons import fourier_columns
from worker.baselines.seasonal_terms import fit_indices

ROWS = np.arange(120)


@pytest.mark.parametrize("season", [4, 7])
def test_a_season_that_grows_with_the_level_is_divided_out(season):
    pattern = 1 + 0.3 * np.cos(2 * np.pi * ROWS / season)
    trend = 50 + 0.5 * ROWS
    indices = fit_indices((trend * pattern)[:90], season)

    without_season = indices.remove(trend * pattern)

    assert indices.is_multiplicative
    np.testing.assert_allclose(without_season, trend, rtol=0.03)
    restored = indices.restore(without_season[90:], 90)
    np.testing.assert_allclose(restored, (trend * pattern)[90:])


def test_a_season_around_zero_is_subtracted():
    pattern = np.cos(2 * np.pi * ROWS / 6)
    indices = fit_indices(pattern[:90], 6)

    assert not indices.is_multiplicative
    np.testing.assert_allclose(indices.remove(pattern), 0, atol=1e-9)
    np.testing.assert_allclose(indices.restore(np.zeros(30), 90), pattern[90:], atol=1e-9)


def test_fourier_columns_stay_below_half_a_season():
    columns = fourier_columns(range(120), [5, 48], harmonics=3)

    assert columns.shape == (120, 2 * 2 + 2 * 3)
    assert np.linalg.matrix_rank(columns) == columns.shape[1]
