"""Computes the baselines of a board, one after the other, each within its time."""

import time
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from app.domain.baselines import BASELINES, BaselineResult, score_part
from app.domain.horizons import origins
from app.domain.terms import EVALUATED_PARTS
from worker.baselines.simple import (
    forecast_drift,
    forecast_naive,
    forecast_ridge,
    forecast_seasonal_naive,
)
from worker.baselines.source import BaselineForecast, BoardSource, Skipped
from worker.baselines.statistical import forecast_arima, forecast_ets, forecast_theta
from worker.baselines.time_limit import TookTooLong, time_limit

MAX_SECONDS = 8.0  # for one baseline

FORECASTERS: Mapping[str, Callable[[BoardSource], BaselineForecast]] = {
    "naive": forecast_naive,
    "seasonal_naive": forecast_seasonal_naive,
    "drift": forecast_drift,
    "ridge": forecast_ridge,
    "ets": forecast_ets,
    "theta": forecast_theta,
    "arima": forecast_arima,
}
assert FORECASTERS.keys() == BASELINES.keys()


def compute_board(source: BoardSource) -> Iterator[BaselineResult]:
    """The result of each baseline, as soon as it is known; the quickest come first."""
    for name in FORECASTERS:
        yield compute_baseline(name, source)


def compute_baseline(
    name: str, source: BoardSource, seconds: float = MAX_SECONDS
) -> BaselineResult:
    """One baseline; where there is none, the result says why."""
    started = time.monotonic()
    try:
        with time_limit(seconds), np.errstate(all="ignore"):
            forecast = FORECASTERS[name](source)
    except (Skipped, TookTooLong) as error:
        problem = str(error)
    except ModuleNotFoundError as error:
        problem = f"It needs {error.name}, which is not installed here."
    except MemoryError:
        problem = "The machine ran out of memory."
    except Exception as error:  # whatever a library raises, the other baselines are computed
        message = str(error).rstrip(".")
        problem = f"{type(error).__name__}: {message}."
    else:
        elapsed = time.monotonic() - started
        if np.isfinite(forecast.values).all():
            return _make_result(name, source, forecast, elapsed)
        problem = "Its forecasts are not all numbers."
    return BaselineResult(name, seconds=time.monotonic() - started, problem=problem)


def _make_result(
    name: str, source: BoardSource, forecast: BaselineForecast, seconds: float
) -> BaselineResult:
    forecasts = {}
    scores = {}
    for part in EVALUATED_PARTS:
        rows = source.parts[part]
        first_row = rows.start - source.origins.start
        n_origins = len(origins(rows, source.horizon))
        forecasts[part] = forecast.values[first_row : first_row + n_origins]
        scores[part] = score_part(source.values, rows, forecasts[part])
    future = forecast.values[-1]
    return BaselineResult(name, forecast.settings, forecasts, scores, seconds, future=future)
