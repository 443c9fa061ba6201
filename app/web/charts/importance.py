"""Charts of hyperparameter importance: the objective by the values of one hyperparameter."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from app.domain.importance.importance import Effect
from app.domain.importance.objective_model import outlier_limit, thin_evenly
from app.domain.search_space.dimensions import Dimension
from app.services.importance import MAX_MARKS, ImportanceReport, TrialPoint
from app.web.charts import figures
from app.web.charts.figures import AXIS_MARGIN, Figure, Range, Trace
from app.web.charts.trials import ABOVE_SCALE, ABOVE_SCALE_MARKER, STATE_MARKERS
from app.web.charts.value_axis import ValueAxis
from app.web.formats import value

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
    axis = ValueAxis(report.space.dimensions[effect.name], effect.values)
    objectives = [point.objective for point in report.points]
    marks = []
    for index in thin_evenly(objectives, MAX_MARKS):
        point = report.points[index]
        if axis.has(report, point):
            marks.append(TrialMark(axis.place(point), point.objective, point))
    return EffectNumbers(
        x=axis.positions,
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
    layout["xaxis"] |= ValueAxis(dimension, effect.values).layout()
    layout["yaxis"]["range"] = [low, high]
    layout["yaxis"]["tickformat"] = "~g"
    return {"data": traces, "layout": layout}


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
