"""Choosing a ridge regression on the validation part and fitting it on the train part."""

import numpy as np
import pytest

from app.domain.split import Split
from app.domain.terms import Part
from worker.baselines.ridge_fit import fit_ridge, refit_ridge

N_ROWS = 600
PARTS = Split().parts(N_ROWS)
DATES = np.datetime64("2024-01-01", "us") + np.arange(N_ROWS) * np.timedelta64(1, "D")
GENERATOR = np.random.default_rng(0)


def _noise(deviation):
    return GENERATOR.normal(0, deviation, N_ROWS)


def _test_rmse(model, values):
    rows = np.arange(PARTS[Part.TEST].start, N_ROWS)
    errors = model.predict(values, DATES, rows) - values[rows]
    return np.sqrt(np.mean(errors**2))


def test_a_known_autoregression_is_found():
    values = np.full(N_ROWS, 50.0)
    noise = _noise(1.0)
    for row in range(2, N_ROWS):
        values[row] = 20 + 0.9 * values[row - 1] - 0.3 * values[row - 2] + noise[row]

    model = fit_ridge(values, DATES, PARTS, ()).model

    weights = dict(zip(model.lags, model.lag_weights, strict=True))
    assert weights[1] == pytest.approx(0.9, abs=0.1)
    assert weights[2] == pytest.approx(-0.3, abs=0.1)
    assert _test_rmse(model, values) < 1.15


def test_growth_with_a_growing_season_is_fitted_in_logarithms_with_season_lags():
    rows = np.arange(N_ROWS)
    values = np.exp(rows / 150 + 0.5 * np.sin(2 * np.pi * rows / 30) + _noise(0.02))

    model = fit_ridge(values, DATES, PARTS, (30.0,)).model

    assert model.is_logarithmic
    assert 30 in model.lags
    assert _test_rmse(model, values) < 0.04 * values[PARTS[Part.TEST].start :].mean()


def test_the_test_part_decides_nothing():
    values = 10 + np.abs(np.cumsum(_noise(1.0)))
    changed = values.copy()
    changed[PARTS[Part.TEST].start :] *= 3

    fit = fit_ridge(values, DATES, PARTS, (7.0,))
    fit_on_changed = fit_ridge(changed, DATES, PARTS, (7.0,))

    assert fit == fit_on_changed


def test_a_model_is_fitted_once_more_on_other_rows_with_the_same_choice():
    values = 100 + np.cumsum(_noise(1.0))
    fit = fit_ridge(values, DATES, PARTS, (7.0,))

    same_rows = refit_ridge(fit.settings, values, DATES, PARTS[Part.TRAIN])
    more_rows = refit_ridge(fit.settings, values, DATES, range(PARTS[Part.VALIDATION].stop))

    np.testing.assert_allclose(same_rows.lag_weights, fit.model.lag_weights)
    assert more_rows.lags == fit.model.lags
    assert more_rows.lag_weights != fit.model.lag_weights


@pytest.mark.parametrize("n_rows", [12, 30])
def test_short_and_constant_series_are_fitted(n_rows):
    parts = Split().parts(n_rows)
    rows = np.arange(parts[Part.TEST].start, n_rows)
    values = np.full(n_rows, 5.0)

    model = fit_ridge(values, DATES[:n_rows], parts, (7.0,)).model

    np.testing.assert_allclose(model.predict(values, DATES, rows), 5.0)


def test_a_train_part_without_enough_rows_is_refused():
    parts = Split().parts(4)

    with pytest.raises(ValueError, match="too few"):
        fit_ridge(np.arange(4.0), DATES[:4], parts, ())
