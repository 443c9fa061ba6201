"""Bands around forecasts: their quantiles, what each origin knows, and how often they hold."""

import numpy as np
import pytest

from app.domain import bands
from app.domain.bands import StepErrors


def make_errors(n_origins: int, horizon: int = 1, seed: int = 0) -> StepErrors:
    errors = np.random.default_rng(seed).normal(size=(n_origins, horizon))
    return StepErrors(np.arange(100, 100 + n_origins), errors)


@pytest.mark.parametrize("n_past", [19, 60, bands.WINDOW, bands.WINDOW + 150])
def test_a_width_is_the_conformal_quantile_of_the_last_errors(n_past):
    known = make_errors(400)
    last_errors = np.sort(np.abs(known.errors[:n_past, 0][-bands.WINDOW :]))
    rank = int(np.ceil((len(last_errors) + 1) * 0.95))

    width = bands.half_widths(known, np.array([100 + n_past]))[0.95]

    assert width[0, 0] == last_errors[rank - 1]


def test_errors_of_rows_that_an_origin_does_not_know_change_nothing():
    known = make_errors(120, horizon=6)
    origin = 160
    rows = known.origins[:, None] + np.arange(6)
    changed = StepErrors(known.origins, np.where(rows >= origin, 1e6, known.errors))

    before = bands.half_widths(known, np.array([origin]))[0.8]
    after = bands.half_widths(changed, np.array([origin]))[0.8]

    assert np.array_equal(before, after)
    assert np.isfinite(before).all()


def test_a_later_step_knows_fewer_errors():
    known = make_errors(60, horizon=3)
    known.errors[:] = np.arange(60.0)[:, None]

    widths = bands.half_widths(known, np.array([104, 105, 106]))[0.8]

    expected = [[3, np.nan, np.nan], [4, 3, np.nan], [5, 4, 3]]
    assert np.array_equal(widths, expected, equal_nan=True)


@pytest.mark.parametrize(("level", "n_needed"), [(0.8, 4), (0.95, 19)])
def test_there_is_no_band_where_a_step_has_too_few_errors(level, n_needed):
    known = make_errors(40)
    known.errors[5] = np.nan  # a row without a forecast counts for nothing

    widths = bands.half_widths(known, np.arange(100, 141))[level][:, 0]

    n_errors = np.arange(41) - (np.arange(41) > 5)
    assert bands.min_errors(level) == n_needed
    assert np.array_equal(np.isfinite(widths), n_errors >= n_needed)


@pytest.mark.parametrize("level", bands.LEVELS)
def test_bands_hold_as_many_rows_as_they_say(level):
    known = make_errors(4000)
    predicted = np.zeros((4000, 1))

    band = bands.bands(predicted, known.origins, known)[level]

    has_band = np.isfinite(band.upper)
    held = (band.lower <= known.errors) & (known.errors <= band.upper)
    assert np.mean(held[has_band]) == pytest.approx(level, abs=0.015)


def test_the_band_of_the_future_comes_from_all_errors():
    known = make_errors(50, horizon=2)
    known.errors[:] = np.arange(50.0)[:, None]

    band = bands.future_bands(np.array([7.0, 8.0]), 200, known)[0.8]

    assert band.upper.tolist() == [47.0, 48.0]
    assert band.lower.tolist() == [-33.0, -32.0]


def test_a_few_origins_and_a_single_step_have_the_widths_of_all():
    known = make_errors(400, horizon=3)
    known.errors[30] = np.nan
    origins = known.origins
    predicted = np.zeros((400, 3))

    every = bands.half_widths(known, origins)

    for level in bands.LEVELS:
        few = bands.half_widths(known, origins[::25])[level]
        step = bands.bands_of_step(predicted[:, 1], origins, known, step=2)[level]
        assert np.array_equal(few, every[level][::25], equal_nan=True)
        assert np.array_equal(step.upper, every[level][:, 1], equal_nan=True)
