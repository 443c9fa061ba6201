"""Charts of one trial's forecast."""

import numpy as np

from app.domain.bands import Band
from app.services.trials import ForecastView
from app.web.charts.forecasts import error_figure, error_numbers, forecast_figure, forecast_numbers
from app.web.charts.numbers import MAX_POINTS
from tests.app.web.charts.colours import with_real_colours

DATES = np.datetime64("2020-01-01", "us") + np.arange(50).astype("timedelta64[D]")
ACTUAL = np.arange(50.0)


def trace_names(figure):
    return [trace.name for trace in with_real_colours(figure).data]


def test_a_forecast_has_predicted_actual_and_naive_values_by_date():
    forecast = ForecastView(DATES, ACTUAL, ACTUAL + 1, ACTUAL - 1)

    numbers = forecast_numbers(forecast)
    figure = forecast_figure(forecast, "Close")

    assert numbers.dates[:2] == ["2020-01-01", "2020-01-02"]
    assert numbers.predicted[:2] == [1.0, 2.0]
    assert numbers.naive[:2] == [-1.0, 0.0]
    assert trace_names(figure) == ["actual", "predicted", "naive (last value)"]


def test_bands_lie_behind_the_lines_where_they_are_known_and_each_has_one_legend():
    forecast = ForecastView(DATES, ACTUAL, ACTUAL + 1, ACTUAL - 1)
    upper = np.where(np.arange(50) < 10, np.nan, ACTUAL + 3)
    bands = {0.8: Band(ACTUAL - 1, ACTUAL + 2), 0.95: Band(upper - 5, upper)}

    figure = forecast_figure(forecast, "Close", bands=bands)

    lower, upper_trace = figure["data"][:2]
    assert trace_names(figure)[:5] == [*["95 % band"] * 2, *["80 % band"] * 2, "actual"]
    assert (len(lower["x"]), lower["x"][0]) == (40, "2020-01-11")
    assert (lower["y"][0], upper_trace["y"][0]) == (8.0, 13.0)
    assert (lower["showlegend"], upper_trace["fill"]) == (False, "tonexty")


def test_errors_are_predicted_and_naive_minus_actual():
    forecast = ForecastView(DATES, ACTUAL, ACTUAL + 1.5, ACTUAL - 1)

    numbers = error_numbers(forecast)
    figure = error_figure(forecast, "Close")

    assert set(numbers.predicted) == {1.5}
    assert set(numbers.naive) == {-1.0}
    assert trace_names(figure) == ["predicted − actual", "naive (last value) − actual"]


def test_a_long_forecast_is_thinned_and_keeps_its_worst_point():
    dates = np.datetime64("2000-01-01", "us") + np.arange(20_000).astype("timedelta64[h]")
    actual = np.sin(np.arange(20_000) / 50)
    predicted = actual.copy()
    predicted[7_777] = 99.0

    numbers = forecast_numbers(ForecastView(dates, actual, predicted, actual))

    assert len(numbers.dates) <= MAX_POINTS + 2
    assert max(numbers.predicted) == 99.0
