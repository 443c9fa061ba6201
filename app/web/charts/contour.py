"""The chart of two hyperparameters: the objective expected over their values, and the trials."""

import math
from typing import Any, Literal

import numpy as np

from app.domain.importance.main_effect import Floats
from app.domain.importance.objective_model import thin_evenly
from app.domain.importance.surface import Surface
from app.services.contours import Contour
from app.services.importance import MAX_MARKS, TrialPoint
from app.web.charts import figures
from app.web.charts.figures import Figure, Layout, Trace
from app.web.charts.numbers import finite_or_none
from app.web.charts.value_axis import ValueAxis
from app.web.formats import value

N_CONTOURS = 14
SPREAD_STEP_OF_Y = 0.414  # another one than that of x, or the marks would lie on a diagonal
COLOUR_SCALES = {"mean": "Viridis", "deviation": "Cividis"}  # readable without seeing red or green
MARKER = {"color": "card", "size": 6, "opacity": 0.85, "line": {"color": "ink", "width": 1}}
BEST_MARKER = {
    "color": "card",
    "symbol": "star",
    "size": 16,
    "line": {"color": "ink", "width": 1.5},
}
View = Literal["mean", "deviation"]


def contour_figure(contour: Contour, view: View, title: str) -> Figure:
    """Draw the mean of what is expected, or its standard deviation. `title`: of the objective."""
    surface = contour.surface
    if surface is None:
        return figures.empty_figure("Nothing to draw yet.")
    x_axis = ValueAxis(surface.x, surface.x_values)
    y_axis = ValueAxis(surface.y, surface.y_values, SPREAD_STEP_OF_Y)
    traces = [_surface_trace(surface, x_axis, y_axis, view, title)]
    traces += _trial_traces(contour, x_axis, y_axis)
    layout = figures.axes_layout(contour.x, contour.y)
    has_cells = x_axis.has_few_values or y_axis.has_few_values
    layout["xaxis"] |= _axis_layout(x_axis, has_cells)
    layout["yaxis"] |= _axis_layout(y_axis, has_cells)
    layout["showlegend"] = False
    layout["margin"] |= {"t": 8}
    return {"data": traces, "layout": layout}


def _axis_layout(axis: ValueAxis, has_cells: bool) -> Layout:
    """The axis of a surface, without room beside it."""
    layout = axis.layout()
    places = axis.edges if has_cells else axis.positions
    ends = [places[0], places[-1]]
    layout["range"] = [math.log10(end) for end in ends] if axis.dimension.is_log else ends
    return layout


def _surface_trace(
    surface: Surface, x_axis: ValueAxis, y_axis: ValueAxis, view: View, title: str
) -> Trace:
    """Lines of equal values over two ranges; cells where one of the two has few values."""
    is_mean = view == "mean"
    name = title if is_mean else "standard deviation"
    trace: Trace = {
        "z": _to_rows(surface.mean if is_mean else surface.deviation),
        "text": _deviation_texts(surface.deviation),
        "colorscale": COLOUR_SCALES[view],
        "reversescale": is_mean,  # the lowest expected objective is the brightest
        "colorbar": {
            "title": {"text": figures.escape_label(name), "side": "right"},
            "thickness": 12,
            "outlinewidth": 0,
            "tickformat": "~g",
            "nticks": 5,
        },
        "hovertemplate": _hover_template(surface, is_mean),
    }
    if x_axis.has_few_values or y_axis.has_few_values:
        return {**trace, "type": "heatmap", "x": x_axis.edges, "y": y_axis.edges}
    return {
        **trace,
        "type": "contour",
        "x": list(x_axis.positions),
        "y": list(y_axis.positions),
        "ncontours": N_CONTOURS,
        "line": {"width": 0.5},
    }


def _hover_template(surface: Surface, is_mean: bool) -> str:
    places = []
    for axis, dimension in (("x", surface.x), ("y", surface.y)):
        if not dimension.is_listed:
            places.append(f"{figures.escape_label(dimension.name)} %{{{axis}:.4g}}")
    expected = "%{z:.5g} %{text}" if is_mean else "%{z:.3g}"
    return "<br>".join([expected, *places]) + "<extra>expected</extra>"


def _trial_traces(contour: Contour, x_axis: ValueAxis, y_axis: ValueAxis) -> list[Trace]:
    report = contour.report
    objectives = [point.objective for point in report.points]
    others = []
    best = []
    for index in thin_evenly(objectives, MAX_MARKS):
        point = report.points[index]
        if not (x_axis.has(report, point) and y_axis.has(report, point)):
            continue
        if point == contour.best:
            best.append(point)
        else:
            others.append(point)
    return [
        _trial_trace(others, x_axis, y_axis, "evaluated trials", MARKER),
        _trial_trace(best, x_axis, y_axis, "best trial", BEST_MARKER),
    ]


def _trial_trace(
    points: list[TrialPoint],
    x_axis: ValueAxis,
    y_axis: ValueAxis,
    name: str,
    marker: dict[str, Any],
) -> Trace:
    trace = figures.marker_trace(
        x=[x_axis.place(point) for point in points],
        y=[y_axis.place(point) for point in points],
        name=name,
        marker=marker,
        hover_template="trial %{text}<extra>" + name + "</extra>",
    )
    names = (x_axis.dimension.name, y_axis.dimension.name)
    trace["cliponaxis"] = False
    trace["text"] = [_trial_text(point, names) for point in points]
    trace["customdata"] = [point.trial_id for point in points]
    return trace


def _trial_text(point: TrialPoint, names: tuple[str, str]) -> str:
    objective = "diverged"
    if point.objective is not None:
        objective = f"{point.objective:.5g}"
    lines = [f"{point.number}: {objective}"]
    for name in names:
        lines.append(figures.escape_label(f"{name} {value(point.parameters[name])}"))
    return "<br>".join(lines)


def _deviation_texts(deviation: Floats) -> list[list[str]]:
    return [[f"± {number:.2g}" for number in row] for row in deviation]


def _to_rows(numbers: Floats) -> list[list[float | None]]:
    return [finite_or_none(np.asarray(row).tolist()) for row in numbers]
