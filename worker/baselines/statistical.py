"""ETS, Theta and ARIMA by statsforecast: fitted on the last rows of the train part.

Each forecast knows all rows before it; the parameters stay those of the train part. Theta and ARIMA
get the series without its long seasons, as the train part knows them: statsforecast's Theta would
decompose later rows anew, and its ARIMA takes minutes for a season of 48 rows.
"""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.baselines.library import load_models
from worker.baselines.seasonal_terms import SeasonalIndices, fit_indices, fourier_columns
from worker.baselines.source import BaselineForecast, BoardSource, Skipped

Floats = NDArray[np.float64]

MAX_TRAIN_ROWS = 3_000  # the last ones of the train part
MIN_TRAIN_ROWS = 10
MAX_ETS_SEASON = 24  # rows; statsforecast's own limit
MAX_ARIMA_SEASON = 12  # rows; longer seasons are Fourier terms
MAX_SEASONAL_ARIMA_ROWS = 500
MAX_EXACT_ARIMA_ROWS = 150  # as in R: with more, orders are compared by approximate likelihoods
HARMONICS = 8  # of each season
MIN_SEASONS = 3  # in the rows fitted, so that a season can be told from noise


def forecast_ets(source: BoardSource) -> BaselineForecast:
    """Exponential smoothing; with the shortest season of at most MAX_ETS_SEASON rows."""
    models = load_models()
    season = 1
    for length in source.seasons_fitting(MIN_SEASONS):
        if length <= MAX_ETS_SEASON:
            season = length
            break
    model = models.AutoETS(season_length=season)
    values = _forecast_one_step(source, model, source.values)
    return BaselineForecast(values, {"model": model.model_["method"], "season": season})


def forecast_theta(source: BoardSource) -> BaselineForecast:
    """The dynamic optimised Theta model; of no season and each, the best on validation."""
    models = load_models()
    forecasts = []
    for season in (1, *source.seasons_fitting(MIN_SEASONS)):
        indices = SeasonalIndices(np.zeros(1), is_multiplicative=False)
        if season > 1:
            indices = fit_indices(source.train_values, season)
        model = models.DynamicOptimizedTheta(season_length=1)
        level = _forecast_one_step(source, model, indices.remove(source.values))
        values = indices.restore(level, source.train.stop)
        forecasts.append(BaselineForecast(values, {"season": season}))
    return min(forecasts, key=lambda forecast: source.validation_rmse(forecast.values))


def forecast_arima(source: BoardSource) -> BaselineForecast:
    """ARIMA of the orders that AICc prefers, with Fourier terms for long seasons.

    The weights of the Fourier terms are those of a regression of changes, so that a series that
    wanders does not mislead it.
    """
    models = load_models()
    seasons = source.seasons_fitting(MIN_SEASONS)
    n_rows = min(len(source.train), MAX_TRAIN_ROWS)
    season_length = 1
    if seasons and seasons[0] <= MAX_ARIMA_SEASON and n_rows <= MAX_SEASONAL_ARIMA_ROWS:
        season_length = seasons[0]
        seasons = seasons[1:]
    terms = np.zeros(len(source.values))
    seasons = [season for season in seasons if season * MIN_SEASONS <= n_rows and season > 2]
    if seasons:
        terms = _fit_fourier_terms(source, seasons)
    model = models.AutoARIMA(
        season_length=season_length,
        approximation=n_rows > MAX_EXACT_ARIMA_ROWS,
    )
    rest = _forecast_one_step(source, model, source.values - terms)
    settings: dict[str, Any] = {
        "model": _describe_orders(model.model_["arma"]),
        "season": season_length,
        "fourier_seasons": seasons,
    }
    return BaselineForecast(rest + terms[source.train.stop :], settings)


def _fit_fourier_terms(source: BoardSource, seasons: list[int]) -> Floats:
    columns = fourier_columns(range(len(source.values)), seasons, HARMONICS)
    fitted = slice(max(0, source.train.stop - MAX_TRAIN_ROWS), source.train.stop)
    changes = np.diff(columns[fitted], axis=0)
    weights, *_ = np.linalg.lstsq(changes, np.diff(source.values[fitted]))
    return np.asarray(columns @ weights)


def _forecast_one_step(source: BoardSource, model: Any, values: Floats) -> Floats:
    """Fit a model of statsforecast and forecast the validation and test rows one by one."""
    if len(source.train) < MIN_TRAIN_ROWS:
        raise Skipped(f"It needs {MIN_TRAIN_ROWS} rows in the train part.")
    first_row = max(0, source.train.stop - MAX_TRAIN_ROWS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(values[first_row : source.train.stop])
        fitted = model.forward(y=values[first_row:], h=1, fitted=True)["fitted"]
    return np.asarray(fitted[-len(source.forecast_rows) :], np.float64)


def _describe_orders(arma: tuple[int, ...]) -> str:
    """(p, d, q)(P, D, Q)[season] of what statsforecast calls arma."""
    p, q, seasonal_p, seasonal_q, season, d, seasonal_d = arma
    text = f"ARIMA({p}, {d}, {q})"
    if season > 1:
        text += f"({seasonal_p}, {seasonal_d}, {seasonal_q})[{season}]"
    return text
