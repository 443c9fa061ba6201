"""ETS, Theta and ARIMA: fitted on the last rows of the train part, then recursions.

Each forecast knows all rows before it; the parameters stay those of the train part.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.baselines.recursions import Recursion
from worker.baselines.source import BaselineForecast, BoardSource, Skipped
from worker.baselines.statistical_fit import (
    MAX_TRAIN_ROWS,
    ArimaOrders,
    fit_arima,
    fit_ets,
    fit_theta,
)

Floats = NDArray[np.float64]

MIN_TRAIN_ROWS = 10
MAX_ETS_SEASON = 24  # rows; statsforecast's own limit
MAX_ARIMA_SEASON = 12  # rows; longer seasons are Fourier terms
MAX_SEASONAL_ARIMA_ROWS = 500
MIN_SEASONS = 3  # in the rows fitted, so that a season can be told from noise


def forecast_ets(source: BoardSource) -> BaselineForecast:
    """Exponential smoothing; with the shortest season of at most MAX_ETS_SEASON rows."""
    _require_rows(source)
    season = 1
    for length in source.seasons_fitting(MIN_SEASONS):
        if length <= MAX_ETS_SEASON:
            season = length
            break
    model, components = fit_ets(source.train_values, season)
    settings = {
        "model": _describe_components(components),
        "season": season,
        "fitted": {"model": model.to_document(), "components": components},
    }
    return _forecast(source, model, settings)


def forecast_theta(source: BoardSource) -> BaselineForecast:
    """The dynamic optimised Theta model; of no season and each, the best on validation."""
    _require_rows(source)
    forecasts = []
    for season in (1, *source.seasons_fitting(MIN_SEASONS)):
        model = fit_theta(source.train_values, season)
        settings = {"season": season, "fitted": {"model": model.to_document()}}
        forecasts.append(_forecast(source, model, settings))
    return min(forecasts, key=lambda forecast: source.validation_rmse(forecast.values))


def forecast_arima(source: BoardSource) -> BaselineForecast:
    """ARIMA of the orders that AICc prefers, with Fourier terms for long seasons."""
    _require_rows(source)
    seasons = source.seasons_fitting(MIN_SEASONS)
    n_rows = min(len(source.train), MAX_TRAIN_ROWS)
    season_length = 1
    if seasons and seasons[0] <= MAX_ARIMA_SEASON and n_rows <= MAX_SEASONAL_ARIMA_ROWS:
        season_length = seasons[0]
        seasons = seasons[1:]
    seasons = [season for season in seasons if season * MIN_SEASONS <= n_rows and season > 2]
    model, orders = fit_arima(source.train_values, season_length, seasons)
    settings: dict[str, Any] = {
        "model": str(orders),
        "season": season_length,
        "fourier_seasons": seasons,
        "fitted": {
            "model": model.to_document(),
            "arma": list(orders.arma),
            "has_mean": orders.has_mean,
            "has_drift": orders.has_drift,
        },
    }
    return _forecast(source, model, settings)


def refit(name: str, settings: Mapping[str, Any], values: Floats) -> Recursion:
    """The same kind of model fitted on these rows, which begin with the first one of the series.

    Raises whatever the library raises.
    """
    fitted = settings["fitted"]
    season = settings["season"]
    if name == "ets":
        model, _ = fit_ets(values, season, fitted["components"])
        return model
    if name == "theta":
        return fit_theta(values, season)
    orders = ArimaOrders(tuple(fitted["arma"]), fitted["has_mean"], fitted["has_drift"])
    arima, _ = fit_arima(values, season, settings["fourier_seasons"], orders)
    return arima


def _forecast(source: BoardSource, model: Recursion, settings: dict[str, Any]) -> BaselineForecast:
    later_values = source.values[source.train.stop :]
    return BaselineForecast(model.forecast(later_values, source.horizon), settings)


def _require_rows(source: BoardSource) -> None:
    if len(source.train) < MIN_TRAIN_ROWS:
        raise Skipped(f"It needs {MIN_TRAIN_ROWS} rows in the train part.")


def _describe_components(components: str) -> str:
    """As statsforecast writes it: ETS(M,Ad,N)."""
    error, trend, season, damped = list(components)
    if damped != "N":
        trend += "d"
    return f"ETS({error},{trend},{season})"
