"""Charts of one trial's forecast over a part: the values it predicted, and its errors."""

from dataclasses import dataclass

import numpy as np

from app.services.trials import ForecastView
from app.web.charts import figures
from app.web.charts.figures import NAIVE_LABEL, Figure
from app.web.charts.numbers import finite_or_none, iso_dates, thin_points


@dataclass(frozen=True)
class ForecastNumbers:
    """Values by date in the units of the CSV, thinned where there are many."""

    dates: list[str]
    actual: list[float | None]
    predicted: list[float | None]
    naive: list[float | None]


@dataclass(frozen=True)
class ErrorNumbers:
    """Errors (predicted minus actual) by date in the units of the CSV, thinned where many."""

    dates: list[str]
    predicted: list[float | None]
    naive: list[float | None]


def forecast_numbers(forecast: ForecastView) -> ForecastNumbers:
    """Choose the points that keep the extremes of the actual and the predicted values."""
    lines = np.vstack([forecast.actual, forecast.predicted])
    indices = thin_points(lines)
    dates = forecast.at[indices]
    actual = forecast.actual[indices]
    predicted = forecast.predicted[indices]
    naive = forecast.naive[indices]
    return ForecastNumbers(
        dates=iso_dates(dates),
        actual=finite_or_none(actual.tolist()),
        predicted=finite_or_none(predicted.tolist()),
        naive=finite_or_none(naive.tolist()),
    )


def error_numbers(forecast: ForecastView) -> ErrorNumbers:
    """Compute the errors of the model and of the naive forecast."""
    model_errors = forecast.predicted - forecast.actual
    naive_errors = forecast.naive - forecast.actual
    lines = np.vstack([model_errors, naive_errors])
    indices = thin_points(lines)
    dates = forecast.at[indices]
    predicted, naive = lines[:, indices]
    return ErrorNumbers(
        dates=iso_dates(dates),
        predicted=finite_or_none(predicted.tolist()),
        naive=finite_or_none(naive.tolist()),
    )


def forecast_figure(forecast: ForecastView, target: str) -> Figure:
    """Draw predicted, actual and naive values."""
    numbers = forecast_numbers(forecast)
    dates = numbers.dates
    actual = figures.line_trace(
        dates,
        numbers.actual,
        "actual",
        "chart-1",
        width=1.8,
    )
    predicted = figures.line_trace(
        dates,
        numbers.predicted,
        "predicted",
        "chart-2",
        width=1.8,
    )
    naive = figures.line_trace(
        dates,
        numbers.naive,
        NAIVE_LABEL,
        "chart-3",
        width=1.3,
        dash="dot",
    )
    layout = figures.time_layout(target)
    return {"data": [actual, predicted, naive], "layout": layout}


def error_figure(forecast: ForecastView, target: str) -> Figure:
    """Draw the errors of the model and of the naive forecast.

    They show what two nearly equal lines of values hide.
    """
    numbers = error_numbers(forecast)
    dates = numbers.dates
    predicted = figures.line_trace(
        dates,
        numbers.predicted,
        "predicted − actual",
        "chart-2",
        width=1.6,
    )
    naive = figures.line_trace(
        dates,
        numbers.naive,
        f"{NAIVE_LABEL} − actual",
        "ink",
        width=1.2,
        dash="dot",
    )
    layout = figures.time_layout(f"error of {target}")
    layout["yaxis"]["zeroline"] = True
    return {"data": [predicted, naive], "layout": layout}
