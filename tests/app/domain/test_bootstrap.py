"""Standard errors by the moving-block bootstrap."""

import numpy as np
import pytest

from app.domain.bootstrap import (
    block_length,
    compare_errors,
    estimate_standard_error,
    resampled_means,
)
from app.domain.metrics import RMSE


def test_blocks_have_about_the_cube_root_of_the_rows():
    assert [block_length(rows) for rows in (1, 8, 27, 1000)] == [1, 2, 3, 10]


def test_the_standard_error_of_independent_errors_is_the_textbooks():
    errors = np.random.default_rng(0).normal(size=2000)

    standard_error = estimate_standard_error(errors, RMSE)

    assert standard_error == pytest.approx(1 / np.sqrt(2 * 2000), rel=0.2)


def test_errors_that_stay_for_many_rows_have_a_larger_standard_error():
    drawn = np.random.default_rng(0).normal(size=2000)
    in_runs = np.repeat(drawn[:200], 10)

    assert estimate_standard_error(in_runs, RMSE) > 2 * estimate_standard_error(drawn, RMSE)


def test_the_difference_of_errors_that_go_together_is_surer_than_each():
    generator = np.random.default_rng(0)
    errors = generator.normal(size=500)
    slightly_larger = 1.1 * errors

    difference, standard_error = compare_errors(errors, slightly_larger, RMSE)

    assert difference == pytest.approx(0.1 * np.sqrt(np.mean(errors**2)))
    assert standard_error < 0.2 * estimate_standard_error(errors, RMSE)


def test_too_few_rows_have_no_standard_error():
    errors = np.array([1.0, 2.0, 3.0])

    assert estimate_standard_error(errors, RMSE) is None
    assert compare_errors(errors, 2 * errors, RMSE)[1] is None


def test_equal_arrays_are_resampled_alike():
    values = np.random.default_rng(0).normal(size=50)
    pairs = np.column_stack([values, values])

    means = resampled_means(pairs)

    assert means.shape == (400, 2)
    assert (means[:, 0] == means[:, 1]).all()


def test_errors_of_several_steps_are_averaged_over_the_steps_first():
    generator = np.random.default_rng(0)
    errors = generator.normal(size=200)
    column = errors[:, np.newaxis]

    assert estimate_standard_error(column, RMSE) == estimate_standard_error(errors, RMSE)
    assert compare_errors(column, 2 * column, RMSE) == compare_errors(errors, 2 * errors, RMSE)
    assert estimate_standard_error(np.hstack([column, column]), RMSE) == estimate_standard_error(
        errors, RMSE
    )


def test_overlapping_forecasts_are_resampled_in_blocks_of_their_horizon():
    noise = np.random.default_rng(0).normal(size=1023)
    walks = np.lib.stride_tricks.sliding_window_view(noise, 24)

    standard_error = estimate_standard_error(walks, RMSE)

    repeated_means = np.square(walks).mean(axis=1)
    assert standard_error > 1.3 * estimate_standard_error(np.sqrt(repeated_means), RMSE)
