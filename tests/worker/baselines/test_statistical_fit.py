"""ETS, Theta and ARIMA go on as statsforecast would, with the parameters they were fitted with."""

import json

import numpy as np
import pytest

from worker.baselines.library import load_models
from worker.baselines.recursions import FROM_DOCUMENT
from worker.baselines.seasonal_terms import fit_indices
from worker.baselines.statistical import refit
from worker.baselines.statistical_fit import ArimaOrders, fit_arima, fit_ets, fit_theta

pytestmark = pytest.mark.slow
N_FITTED = 120
N_ROWS = 160


def _make_values():
    rows = np.arange(N_ROWS)
    season = 10 * np.sin(2 * np.pi * rows / 4)
    noise = np.random.default_rng(0).normal(size=N_ROWS)
    return 100 + 0.3 * rows + season + np.cumsum(noise)


VALUES = _make_values()
FITTED = VALUES[:N_FITTED]
LATER = VALUES[N_FITTED:]


def _go_on(model, values=VALUES):
    """statsforecast's own forecasts of the later rows, after a fit on the first ones."""
    model.fit(values[:N_FITTED])
    return model.forward(y=values, h=1, fitted=True)["fitted"][N_FITTED:]


@pytest.mark.parametrize(
    "components",
    ["ANNN", "MNNN", "AAND", "MMNN", "ANAN", "MNMN", "AAAD", "MAMN", "MMMD", "MAAN"],
)
def test_every_kind_of_exponential_smoothing_goes_on_as_in_statsforecast(components):
    library = load_models().AutoETS(
        season_length=4, model=components[:3], damped=components[3] != "N"
    )

    model, _ = fit_ets(FITTED, 4, components)

    np.testing.assert_allclose(model.forecast(LATER)[:-1, 0], _go_on(library), rtol=1e-9)


@pytest.mark.parametrize("season", [1, 4])
def test_theta_goes_on_as_in_statsforecast(season):
    library = load_models().DynamicOptimizedTheta(season_length=1)
    indices = fit_indices(FITTED, 4)
    expected = _go_on(library)
    if season == 4:
        expected = indices.restore(_go_on(library, indices.remove(VALUES)), N_FITTED)

    model = fit_theta(FITTED, season)

    np.testing.assert_allclose(model.forecast(LATER)[:-1, 0], expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("arma", "constant", "tolerance"),
    [
        ((1, 1, 0, 0, 1, 0, 0), "mean", 1e-6),
        ((2, 1, 0, 0, 1, 1, 0), "drift", 1e-6),
        ((0, 2, 0, 0, 1, 2, 0), "", 1e-6),
        ((1, 0, 1, 1, 4, 0, 1), "drift", 1e-6),
        # Its seasonal moving average is near -1: statsforecast's filter has not settled yet.
        ((0, 1, 0, 1, 4, 1, 1), "", 3e-4),
    ],
)
def test_arima_goes_on_as_in_statsforecast(arma, constant, tolerance):
    p, q, seasonal_p, seasonal_q, season, d, seasonal_d = arma
    library = load_models().ARIMA(
        order=(p, d, q),
        season_length=season,
        seasonal_order=(seasonal_p, seasonal_d, seasonal_q),
        include_mean=constant == "mean",
        include_drift=constant == "drift",
    )

    model, orders = fit_arima(
        FITTED, 1, [], ArimaOrders(arma, constant == "mean", constant == "drift")
    )

    assert orders.arma == arma
    np.testing.assert_allclose(model.forecast(LATER)[:-1, 0], _go_on(library), rtol=tolerance)


def test_several_rows_ahead_are_forecast_as_if_each_had_come_true():
    models = {
        "ets": fit_ets(FITTED, 4, "MAMD")[0],
        "theta": fit_theta(FITTED, 4),
        "arima": fit_arima(FITTED, 1, [4])[0],
    }
    for name, model in models.items():
        copy = FROM_DOCUMENT[name](json.loads(json.dumps(model.to_document())))

        forecasts = copy.forecast(LATER, horizon=9)

        assert copy == model
        assert forecasts.shape == (len(LATER) + 1, 9)
        origin = model.advance(LATER[:5])
        own = np.zeros(0)
        for _ in range(9):
            own = np.append(own, origin.forecast(own)[-1, 0])
        np.testing.assert_allclose(forecasts[5], own, rtol=1e-9)


def test_the_same_kind_of_model_is_fitted_once_more():
    _, components = fit_ets(FITTED, 4)
    model, orders = fit_arima(FITTED, 1, [4])
    arima = {
        "season": 1,
        "fourier_seasons": [4],
        "fitted": {
            "arma": list(orders.arma),
            "has_mean": orders.has_mean,
            "has_drift": orders.has_drift,
        },
    }

    same = refit("arima", arima, FITTED)
    later = refit("ets", {"season": 4, "fitted": {"components": components}}, VALUES)

    np.testing.assert_allclose(same.forecast(LATER), model.forecast(LATER), rtol=1e-3)
    assert later.next_row == N_ROWS
