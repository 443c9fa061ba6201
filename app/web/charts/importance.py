"""Charts of hyperparameter importance: the objective by the values of one hyperparameter."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from app.domain.importance.importance import Effect
from app.domain.importance.objective_model import outlier_limit, thin_evenly
from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import Value
from app.services.importance import MAX_MARKS, ImportanceReport, TrialPoint
from app.web.charts import figures
from app.web.charts.figures import AXIS_MARGIN, Figure, Layout, Range, Trace
from app.web.charts.trials import ABOVE_SCALE, ABOVE_SCALE_MARKER, STATE_MARKERS
from app.web.formats import value

CHOICE_SPREAD = (
    0.5  # of the distance between two choices: the width over which their trials are spread
)
GOLDEN_RATIO = 0.618  # steps of this size keep the marks of successive trials apart
LOG_TICKS = 3  # as in static/charts.js
EDGE_DISTANCE = 0.03  # of the y axis: how far below its upper end trials beyond the scale stand
MARKERS = {state.value: marker for state, marker in STATE_MARKERS.items()}
MARKERS[ABOVE_SCALE] = ABOVE_SCALE_MARKER


@dataclass(frozen=True)
class TrialMark:
    """One trial of the chart. `objective` is None where the trial diverged."""

    x: float
    objective: float | None
    point: TrialPoint


@dataclass(frozen=True)
class EffectNumbers:
    """Trials by the value of a hyperparameter, and the objectives expected around the best one.

    `x`: the values with an expected objective; of a choice, their indices. `y_range`: the lowest
    and the highest objective that is drawn.
    """

    x: tuple[float, ...]
    effect: Effect
    trials: tuple[TrialMark, ...]
    y_range: Range


def effect_numbers(
    report: ImportanceReport, effect: Effect, baseline: float | None
) -> EffectNumbers:
    """Place every trial that has a value of the hyperparameter, or an even selection of them."""
    dimension = report.space.dimensions[effect.name]
    objectives = [point.objective for point in report.points]
    marks = []
    for index in thin_evenly(objectives, MAX_MARKS):
        point = report.points[index]
        if _has_value(report, point, dimension):
            x = _mark_position(dimension, effect.values, point)
            marks.append(TrialMark(x, point.objective, point))
    return EffectNumbers(
        x=_value_positions(dimension, effect.values),
        effect=effect,
        trials=tuple(marks),
        y_range=objective_range(report, baseline),
    )


def objective_range(report: ImportanceReport, baseline: float | None) -> Range:
    """Find the objectives that all charts of a search show, so that they can be compared.

    The range goes from the best objective, measured or expected, to the worst that is no outlier.
    An expected objective or a baseline far below the best trial does not squeeze the rest.
    """
    expected = _expected_objectives(report)
    objectives = _finite_objectives(report.points)
    if not objectives:  # all results come from earlier experiments
        objectives = expected
    best = min(objectives)
    limit = outlier_limit(objectives)
    worst = min(max(objectives), limit)
    lowest_shown = best - (worst - best)
    low = min([best, *expected])
    if baseline is not None and baseline >= lowest_shown:
        low = min(low, baseline)
    low = max(low, lowest_shown)
    height = worst - low or abs(worst) or 1.0
    margin = 2 * AXIS_MARGIN * height
    return low - margin, worst + margin


def effect_figure(
    report: ImportanceReport, effect: Effect, baseline: float | None, title: str
) -> Figure:
    """Draw the trials by one hyperparameter's value, and what changing it alone would do.

    `title`: of the y axis.
    """
    dimension = report.space.dimensions[effect.name]
    numbers = effect_numbers(report, effect, baseline)
    traces = _expected_traces(dimension, numbers)
    traces += _mark_traces(numbers)
    low, high = numbers.y_range
    if baseline is not None and low <= baseline <= high:
        baseline_trace = figures.baseline_trace(
            first_x=numbers.x[0],
            last_x=numbers.x[-1],
            error=baseline,
            width=1.4,
        )
        traces.append(baseline_trace)
    layout = figures.axes_layout("", title)
    layout["showlegend"] = False
    layout["margin"] |= {"t": 8}
    del layout["xaxis"]["title"]  # the page shows it above the chart
    layout["xaxis"] |= _x_axis(dimension, effect)
    layout["yaxis"]["range"] = [low, high]
    layout["yaxis"]["tickformat"] = "~g"
    return {"data": traces, "layout": layout}


def _has_value(report: ImportanceReport, point: TrialPoint, dimension: Dimension) -> bool:
    name = dimension.name
    parameters = point.parameters
    searched = report.space.searched_values(parameters)
    if name not in searched:
        return False
    return dimension.contains(parameters[name])


def _value_positions(dimension: Dimension, values: Sequence[Any]) -> tuple[float, ...]:
    numbers = values
    if dimension.is_listed:
        numbers = range(len(values))
    return tuple(float(number) for number in numbers)


def _mark_position(dimension: Dimension, values: Sequence[Value], point: TrialPoint) -> float:
    parameter = point.parameters[dimension.name]
    if not dimension.is_listed:
        return float(parameter)
    step = (point.number * GOLDEN_RATIO) % 1
    offset = step - 0.5
    index = values.index(parameter)
    return index + CHOICE_SPREAD * offset


def _expected_objectives(report: ImportanceReport) -> list[float]:
    objectives: list[float] = []
    if report.importance is not None:
        for effect in report.importance.effects:
            objectives += effect.expected
    return objectives


def _finite_objectives(points: Iterable[TrialPoint]) -> list[float]:
    objectives = []
    for point in points:
        if point.objective is not None and isfinite(point.objective):
            objectives.append(point.objective)
    return objectives


def _x_axis(dimension: Dimension, effect: Effect) -> Layout:
    if dimension.is_listed:
        count = len(effect.values)
        texts = [value(choice) for choice in effect.values]
        return {
            "tickvals": list(range(count)),
            "ticktext": [figures.escape_label(text) for text in texts],
            "range": [-0.6, count - 0.4],
            "showgrid": False,
        }
    if dimension.is_log:
        return {"type": "log", "nticks": LOG_TICKS, "tickformat": "~g"}
    return {"type": "linear", "tickformat": "~g"}


def _expected_traces(dimension: Dimension, numbers: EffectNumbers) -> list[Trace]:
    if dimension.is_listed:
        return _expected_at_choices(numbers)
    return _expected_along_range(numbers)


def _expected_along_range(numbers: EffectNumbers) -> list[Trace]:
    """A line of the expected objective in a band of one standard deviation on either side."""
    effect = numbers.effect
    mean = np.array(effect.expected)
    deviation = np.array(effect.deviation)
    upper = (mean + deviation).tolist()
    lower = (mean - deviation).tolist()
    band = figures.line_trace(
        x=[*numbers.x, *reversed(numbers.x)],  # there and back
        y=[*upper, *reversed(lower)],
        name="",
        colour="chart-2",
        width=0,
    )
    band["fill"] = "toself"
    band["fillcolor"] = "chart-2"
    band["opacity"] = 0.18
    band["hoverinfo"] = "skip"
    del band["hovertemplate"]
    line = figures.line_trace(numbers.x, effect.expected, "expected", "chart-2", width=2)
    line["hovertemplate"] = "%{x:.4g}: %{y:.5g}<extra>expected of the best trial</extra>"
    return [band, line]


def _expected_at_choices(numbers: EffectNumbers) -> list[Trace]:
    """A dash at the expected objective of each choice, with one standard deviation as a bar."""
    trace = figures.marker_trace(
        x=numbers.x,
        y=numbers.effect.expected,
        name="expected",
        marker={
            "color": "chart-2",
            "symbol": "line-ew",
            "size": 34,
            "line": {"color": "chart-2", "width": 3},
        },
        hover_template="%{y:.5g}<extra>expected of the best trial</extra>",
    )
    trace["error_y"] = {
        "type": "data",
        "array": list(numbers.effect.deviation),
        "color": "chart-2",
        "thickness": 1,
        "width": 6,
    }
    return [trace]


def _mark_traces(numbers: EffectNumbers) -> list[Trace]:
    """Trials by state, those beyond the scale and those that diverged at the upper edge."""
    _, high = numbers.y_range
    marks_by_name: dict[str, list[TrialMark]] = {}
    for mark in numbers.trials:
        name = mark.point.state.value
        if mark.objective is not None and mark.objective > high:
            name = ABOVE_SCALE
        marks = marks_by_name.setdefault(name, [])
        marks.append(mark)
    traces = []
    for name, marks in marks_by_name.items():
        trace = _mark_trace(numbers, name, marks)
        traces.append(trace)
    return traces


def _mark_trace(numbers: EffectNumbers, name: str, marks: Sequence[TrialMark]) -> Trace:
    marker = {
        **MARKERS[name],
        "size": 7,
        "opacity": 0.75,
    }
    trace = figures.marker_trace(
        x=[mark.x for mark in marks],
        y=[_drawn_objective(mark, numbers.y_range) for mark in marks],
        name=name,
        marker=marker,
        hover_template="trial %{text}<extra>" + name + "</extra>",
    )
    trace["text"] = [_mark_text(mark, numbers.effect.name) for mark in marks]
    trace["customdata"] = [mark.point.trial_id for mark in marks]
    return trace


def _drawn_objective(mark: TrialMark, y_range: Range) -> float:
    low, high = y_range
    height = high - low
    edge = high - EDGE_DISTANCE * height
    if mark.objective is None:
        return edge
    return min(mark.objective, edge)


def _mark_text(mark: TrialMark, parameter: str) -> str:
    point = mark.point
    objective = "diverged"
    if mark.objective is not None:
        objective = f"{mark.objective:.5g}"
    parameter_value = point.parameters[parameter]
    value_text = value(parameter_value)
    return f"{point.number}: {value_text}, {objective}"
