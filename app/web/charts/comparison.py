"""Charts of several trials side by side: their curves, their forecasts and their errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.db.models import Epoch, Trial
from app.domain.baselines import name_naive
from app.domain.objectives import Yardstick
from app.services.boards import BaselineLine
from app.services.trials import Floats, ForecastView
from app.web.charts import figures
from app.web.charts.compared_lines import label_end, make_labelled_figure, style_trace
from app.web.charts.figures import Figure, Trace
from app.web.charts.levels import Level
from app.web.charts.numbers import finite_or_none, iso_dates, thin_points

EpochsByTrial = Mapping[int, Sequence[Epoch]]  # by trial id


@dataclass(frozen=True)
class ForecastLabel:
    """Which of the compared trials a forecast is of, and what it is called."""

    index: int
    name: str
    is_pinned: bool = False


@dataclass(frozen=True)
class ObjectiveCurve:
    """One trial's error by epoch. `best`: its best epoch and the error there."""

    name: str
    epochs: list[int]
    objectives: list[float | None]
    best: tuple[int, float | None] | None


@dataclass(frozen=True)
class ForecastLines:
    """Values or errors by date, in the units of the CSV. `predicted`: a line for each trial.

    baseline: the best one's, None where there is none.
    """

    dates: list[str]
    actual: list[float | None]
    predicted: list[list[float | None]]
    naive: list[float | None]
    baseline: list[float | None] | None


def curve_numbers(
    trial: Trial, epochs: Sequence[Epoch], yardstick: Yardstick, name: str
) -> ObjectiveCurve:
    """Read a trial's error on validation by epoch."""
    objectives = finite_or_none(yardstick.of_epoch(epoch) for epoch in epochs)
    best_epoch = trial.best_epoch
    best = None
    if best_epoch is not None and best_epoch <= len(epochs):
        best = (best_epoch, objectives[best_epoch - 1])
    return ObjectiveCurve(
        name=name,
        epochs=[epoch.number for epoch in epochs],
        objectives=objectives,
        best=best,
    )


def forecast_numbers(
    forecasts: Sequence[ForecastView],
    best: BaselineLine | None = None,
    *,
    subtracted: Floats | None = None,
) -> ForecastLines:
    """Choose the points that keep the extremes of every line.

    subtracted: from every line, such as the actual values, for errors.
    """
    first = forecasts[0]
    predictions = [forecast.predicted for forecast in forecasts]
    lines = np.vstack([first.actual, *predictions, first.naive])
    offset = np.zeros_like(first.actual) if subtracted is None else subtracted
    lines = lines - offset
    indices = thin_points(lines)
    actual, *predicted, naive = lines[:, indices].tolist()
    baseline = None
    if best is not None:
        values = best.values - offset
        baseline = finite_or_none(values[indices].tolist())
    dates = first.at[indices]
    return ForecastLines(
        dates=iso_dates(dates),
        actual=finite_or_none(actual),
        predicted=[finite_or_none(line) for line in predicted],
        naive=finite_or_none(naive),
        baseline=baseline,
    )


def curves_figure(
    trials: Sequence[Trial],
    epochs_by_trial: EpochsByTrial,
    baseline_error: float | None,
    yardstick: Yardstick,
    levels: Sequence[Level] = (),
    *,
    labels: Sequence[str] = (),
    pinned: int | None = None,
) -> Figure:
    """Draw each trial's error on validation by epoch, with a star on its best epoch.

    baseline_error: of the naive forecast. levels: the best baselines, of which one is drawn.
    labels: what the trials are called. pinned: the index of the one to compare the others with.
    """
    names = labels or [f"trial {trial.number}" for trial in trials]
    longest = max(map(len, epochs_by_trial.values()), default=0)
    if longest == 0:
        return figures.empty_figure("None of these trials has an epoch yet.")
    traces: list[Trace] = []
    for index, trial in enumerate(trials):
        epochs = epochs_by_trial[trial.id]
        curve = curve_numbers(trial, epochs, yardstick, names[index])
        traces += _curve_traces(curve, index, is_pinned=index == pinned)
    last_x = max(longest, 2)
    if baseline_error is not None:
        baseline = figures.baseline_trace(
            first_x=1,
            last_x=last_x,
            error=baseline_error,
        )
        label_end(baseline)
        traces.append(baseline)
    for level in levels[:1]:
        traces.append(_best_baseline_trace([1, last_x], [level.error] * 2, level.title))
    layout = figures.counting_layout("epoch", f"validation {yardstick.name}", longest)
    layout["yaxis"]["tickformat"] = "~g"
    return make_labelled_figure(traces, layout)


def forecasts_figure(
    labels: Sequence[ForecastLabel],
    forecasts: Sequence[ForecastView],
    target: str,
    best: BaselineLine | None = None,
    *,
    are_errors: bool,
    are_differences: bool = False,
) -> Figure:
    """Draw the predictions of several trials and of the best baseline, or their errors.

    are_differences: from the forecast that is pinned, else from the actual values, as errors.
    """
    if not forecasts:
        return figures.empty_figure("None of these trials has been evaluated yet.")
    title, subtracted = _choose_reference(labels, forecasts, target, are_errors, are_differences)
    lines = forecast_numbers(forecasts, best, subtracted=subtracted)
    dates = lines.dates
    traces = []
    if subtracted is not forecasts[0].actual:
        actual = figures.line_trace(dates, lines.actual, "actual", "ink", width=1.4)
        label_end(actual)
        traces.append(actual)
    for label, values in zip(labels, lines.predicted, strict=True):
        predicted = figures.line_trace(dates, values, label.name, "ink")
        style_trace(predicted, label.index, is_pinned=label.is_pinned)
        traces.append(predicted)
    naive = figures.line_trace(dates, lines.naive, name_naive(), "warm", width=1.2, dash="dot")
    label_end(naive)
    traces.append(naive)
    if best is not None and lines.baseline is not None:
        traces.append(_best_baseline_trace(dates, lines.baseline, best.baseline.title))
    layout = figures.time_layout(title)
    layout["yaxis"]["zeroline"] = subtracted is not None
    return make_labelled_figure(traces, layout)


def _choose_reference(
    labels: Sequence[ForecastLabel],
    forecasts: Sequence[ForecastView],
    target: str,
    are_errors: bool,
    are_differences: bool,
) -> tuple[str, Floats | None]:
    """The title of the axis, and what is subtracted from every line."""
    if are_differences:
        for label, forecast in zip(labels, forecasts, strict=True):
            if label.is_pinned:
                return f"{target} minus {label.name}", forecast.predicted
    if are_errors or are_differences:
        return f"error of {target}", forecasts[0].actual
    return target, None


def _best_baseline_trace(x: Sequence[Any], y: Sequence[float | None], title: str) -> Trace:
    trace = figures.line_trace(
        x,
        y,
        title,
        "ink",
        width=1.4,
        dash="dashdot",
    )
    label_end(trace)
    return trace


def _curve_traces(curve: ObjectiveCurve, index: int, *, is_pinned: bool) -> list[Trace]:
    line = figures.line_trace(curve.epochs, curve.objectives, curve.name, "ink")
    style_trace(line, index, is_pinned=is_pinned)
    if curve.best is None:
        return [line]
    best_epoch, best_objective = curve.best
    star = figures.marker_trace(
        x=[best_epoch],
        y=[best_objective],
        name=f"{line['name']}, best epoch",
        marker={"color": line["line"]["color"], "symbol": "star", "size": 12},
        hover_template="best epoch %{x}: %{y:.6g}<extra>" + line["name"] + "</extra>",
    )
    star["showlegend"] = False
    return [line, star]
