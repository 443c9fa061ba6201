"""The baselines that need no fitting, and the ridge regression: numpy alone."""

import numpy as np

from app.domain import baselines
from worker.baselines.ridge_fit import fit_ridge
from worker.baselines.source import BaselineForecast, BoardSource, Skipped


def forecast_naive(source: BoardSource) -> BaselineForecast:
    """Tomorrow = today."""
    return BaselineForecast(baselines.naive(source.values, source.forecast_rows), {})


def forecast_seasonal_naive(source: BoardSource) -> BaselineForecast:
    """The value one season before; of several seasons, the best on the validation part."""
    forecasts = []
    for season in source.seasons_fitting(1):
        values = baselines.seasonal_naive(source.values, source.forecast_rows, season)
        forecasts.append(BaselineForecast(values, {"season": season}))
    if not forecasts:
        raise Skipped("This series has no season that is known.")
    return min(forecasts, key=lambda forecast: source.validation_rmse(forecast.values))


def forecast_drift(source: BoardSource) -> BaselineForecast:
    """The value of the row before plus the mean change over the train part."""
    change = baselines.mean_change(source.train_values)
    values = baselines.naive(source.values, source.forecast_rows) + change
    return BaselineForecast(values, {"change": change})


def forecast_ridge(source: BoardSource) -> BaselineForecast:
    """A ridge regression on lags and the calendar, chosen on the validation part."""
    try:
        fit = fit_ridge(source.values, source.dates, source.parts, source.season_lengths)
    except ValueError as error:
        raise Skipped(f"{error}.") from None
    rows = np.arange(source.forecast_rows.start, source.forecast_rows.stop)
    values = fit.model.predict(source.values, source.dates, rows)
    return BaselineForecast(values, fit.settings)
