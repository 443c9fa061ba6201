"""The baselines that need no fitting, and the ridge regression: numpy alone."""

import numpy as np

from app.domain import baselines
from app.domain.next_date import append_next_dates
from worker.baselines.ridge import RidgeModel
from worker.baselines.ridge_fit import fit_ridge
from worker.baselines.source import BaselineForecast, BoardSource, Dates, Floats, Skipped


def forecast_naive(source: BoardSource) -> BaselineForecast:
    """The value of the row before."""
    values = baselines.naive_steps(source.values, source.origins, source.horizon)
    return BaselineForecast(values, {})


def forecast_seasonal_naive(source: BoardSource) -> BaselineForecast:
    """The value one season before; of several seasons, the best on the validation part."""
    forecasts = []
    for season in source.seasons_fitting(1):
        values = baselines.seasonal_naive_steps(
            source.values, source.origins, season, source.horizon
        )
        forecasts.append(BaselineForecast(values, {"season": season}))
    if not forecasts:
        raise Skipped("This series has no season that is known.")
    return min(forecasts, key=lambda forecast: source.validation_rmse(forecast.values))


def forecast_drift(source: BoardSource) -> BaselineForecast:
    """The value of the row before plus the mean change over the train part, for each step."""
    change = baselines.mean_change(source.train_values)
    values = baselines.naive_steps(source.values, source.origins, source.horizon)
    return BaselineForecast(values + change * np.arange(1, source.horizon + 1), {"change": change})


def forecast_ridge(source: BoardSource) -> BaselineForecast:
    """A ridge regression on lags and the calendar, chosen on the validation part, one row ahead."""
    try:
        fit = fit_ridge(source.values, source.dates, source.parts, source.season_lengths)
    except ValueError as error:
        raise Skipped(f"{error}.") from None
    values = forecast_ridge_model(
        fit.model, source.values, source.dates, source.origins, source.horizon
    )
    return BaselineForecast(values, fit.settings)


def forecast_ridge_model(
    model: RidgeModel, values: Floats, dates: Dates, first_rows: range, horizon: int
) -> Floats:
    """Forecasts from origins up to the row after the last one, float64 (origins, horizon)."""
    if model.cycles:
        dates = append_next_dates(dates, horizon)
    return model.forecast(values, dates, first_rows, horizon)
