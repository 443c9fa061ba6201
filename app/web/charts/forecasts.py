"""Charts of one trial's forecast over a part: the values it predicted, and its errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from app.domain.bands import Band
from app.domain.baselines import name_naive
from app.services.boards import BaselineLine
from app.services.trials import ForecastView
from app.services.wording import count_nouns
from app.web.charts import figures
from app.web.charts.figures import Figure, Trace
from app.web.charts.numbers import finite_or_none, iso_dates, thin_points

Floats = NDArray[np.float64]
NO_BANDS: Mapping[float, Band] = MappingProxyType({})


@dataclass(frozen=True)
class ForecastNumbers:
    """Values by date in the units of the CSV, thinned where there are many.

    baseline: those of the best baseline, None where there is none.
    """

    dates: list[str]
    actual: list[float | None]
    predicted: list[float | None]
    naive: list[float | None]
    baseline: list[float | None] | None


@dataclass(frozen=True)
class ErrorNumbers:
    """Errors (predicted minus actual) by date in the units of the CSV, thinned where many.

    baseline: those of the best baseline, None where there is none.
    """

    dates: list[str]
    predicted: list[float | None]
    naive: list[float | None]
    baseline: list[float | None] | None


def forecast_numbers(forecast: ForecastView, line: BaselineLine | None = None) -> ForecastNumbers:
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
        baseline=_choose_points(line.values, indices) if line else None,
    )


def error_numbers(forecast: ForecastView, line: BaselineLine | None = None) -> ErrorNumbers:
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
        baseline=_choose_points(line.values - forecast.actual, indices) if line else None,
    )


def forecast_figure(
    forecast: ForecastView,
    target: str,
    line: BaselineLine | None = None,
    bands: Mapping[float, Band] = NO_BANDS,
) -> Figure:
    """Draw predicted, actual and naive values, those of the best baseline, and bands by level.

    A band has a value for each of the forecast's rows.
    """
    numbers = forecast_numbers(forecast, line)
    dates = numbers.dates
    traces = draw_bands(forecast, bands)
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
        f"predicted{_describe_step(forecast)}",
        "chart-2",
        width=1.8,
    )
    naive = figures.line_trace(
        dates,
        numbers.naive,
        name_naive(),
        "chart-3",
        width=1.3,
        dash="dot",
    )
    layout = figures.time_layout(target)
    traces += [actual, predicted, naive]
    if line is not None and numbers.baseline is not None:
        traces.append(_baseline_trace(dates, numbers.baseline, line.baseline.title))
    return {"data": traces, "layout": layout}


def error_figure(forecast: ForecastView, target: str, line: BaselineLine | None = None) -> Figure:
    """Draw the errors of the model, of the naive forecast and of the best baseline.

    They show what two nearly equal lines of values hide.
    """
    numbers = error_numbers(forecast, line)
    dates = numbers.dates
    predicted = figures.line_trace(
        dates,
        numbers.predicted,
        f"predicted − actual{_describe_step(forecast)}",
        "chart-2",
        width=1.6,
    )
    naive = figures.line_trace(
        dates,
        numbers.naive,
        f"{name_naive()} − actual",
        "ink",
        width=1.2,
        dash="dot",
    )
    layout = figures.time_layout(f"error of {target}")
    layout["yaxis"]["zeroline"] = True
    traces = [predicted, naive]
    if line is not None and numbers.baseline is not None:
        name = f"{line.baseline.title} − actual"
        traces.append(_baseline_trace(dates, numbers.baseline, name))
    return {"data": traces, "layout": layout}


def draw_bands(forecast: ForecastView, bands: Mapping[float, Band]) -> list[Trace]:
    """Draw the bands, the widest first, behind the lines."""
    indices = thin_points(np.vstack([forecast.actual, forecast.predicted]))
    traces = []
    for level in sorted(bands, reverse=True):
        band = bands[level]
        has_band = np.isfinite(band.upper[indices])
        drawn = indices[has_band]
        if len(drawn):
            dates = iso_dates(forecast.at[drawn])
            lower = finite_or_none(band.lower[drawn].tolist())
            upper = finite_or_none(band.upper[drawn].tolist())
            traces += figures.band_traces(dates, lower, upper, level)
    return traces


def _describe_step(forecast: ForecastView) -> str:
    """Which step is drawn, where there are several."""
    if forecast.horizon == 1:
        return ""
    rows = count_nouns(forecast.step, "row")
    return f", {rows} ahead"


def _choose_points(values: Floats, indices: NDArray[np.int64]) -> list[float | None]:
    return finite_or_none(values[indices].tolist())


def _baseline_trace(dates: Sequence[str], values: Sequence[float | None], name: str) -> Trace:
    return figures.line_trace(
        dates,
        values,
        name,
        "chart-5",
        width=1.4,
        dash="dash",
    )
