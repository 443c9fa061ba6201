"""How two forecasts of the same rows compare."""

from math import inf

import numpy as np
import pytest

from app.domain.verdicts import compare_forecasts

RANDOM = np.random.default_rng(5)
ACTUAL = RANDOM.normal(size=300).cumsum()
NOISE = RANDOM.normal(size=300)
OTHER_NOISE = RANDOM.normal(size=300)


def test_a_much_better_forecast_is_better_by_many_standard_errors():
    gain = compare_forecasts(ACTUAL, ACTUAL + 0.5 * NOISE, ACTUAL + OTHER_NOISE)

    assert gain.gain == pytest.approx(0.5, abs=0.1)
    assert gain.z > 5
    assert gain.is_clear


def test_two_forecasts_that_err_alike_cannot_be_told_apart():
    gain = compare_forecasts(ACTUAL, ACTUAL + NOISE, ACTUAL + 0.98 * OTHER_NOISE)

    assert abs(gain.z) < 1
    assert not gain.is_clear


def test_a_worse_forecast_has_a_negative_gain():
    gain = compare_forecasts(ACTUAL, ACTUAL + 2 * NOISE, ACTUAL + NOISE)

    assert gain.gain == pytest.approx(-1)
    assert gain.z < -5


def test_rows_that_the_other_forecast_lacks_count_for_neither():
    other = ACTUAL + OTHER_NOISE
    other[:250] = np.nan

    gain = compare_forecasts(ACTUAL, ACTUAL + NOISE, other)

    assert gain.error == pytest.approx(np.sqrt(np.mean(NOISE[250:] ** 2)))
    assert compare_forecasts(ACTUAL, ACTUAL, np.full(300, np.nan)) is None


def test_a_difference_without_any_noise_is_certain():
    gain = compare_forecasts(ACTUAL, ACTUAL + 1, ACTUAL + 2)

    assert gain.z == inf


def test_too_few_rows_have_no_standard_error():
    gain = compare_forecasts(ACTUAL[:3], ACTUAL[:3] + 1, ACTUAL[:3] + NOISE[:3])

    assert gain.z is None
    assert not gain.is_clear
