"""The chart of how proposals narrow: the values of one hyperparameter by trial."""

from app.domain.importance.main_effect import representative_values
from app.domain.importance.objective_model import thin_evenly
from app.domain.terms import TrialState
from app.services.importance import MAX_MARKS, ImportanceReport, TrialPoint, find_best_point
from app.web.charts import figures
from app.web.charts.figures import Figure, Trace
from app.web.charts.trials import STATE_MARKERS
from app.web.charts.value_axis import ValueAxis
from app.web.formats import value

BEST_MARKER = {"color": "good", "symbol": "star", "size": 15, "line": {"color": "card", "width": 1}}


def narrowing_figure(report: ImportanceReport, name: str) -> Figure:
    """Draw each evaluated trial at its number and its value; of many trials an even selection."""
    dimension = report.space.dimensions[name]
    axis = ValueAxis(dimension, representative_values(dimension))
    objectives = [point.objective for point in report.points]
    points_by_state: dict[TrialState, list[TrialPoint]] = {}
    for index in thin_evenly(objectives, MAX_MARKS):
        point = report.points[index]
        if axis.has(report, point):
            points_by_state.setdefault(point.state, []).append(point)
    if not points_by_state:
        return figures.empty_figure("No trial with a value of it has been evaluated yet.")
    traces = []
    for state, points in points_by_state.items():
        marker = {**STATE_MARKERS[state], "size": 6, "opacity": 0.8}
        traces.append(_trace(axis, points, state.value, marker))
    best = find_best_point(report)
    if best is not None and axis.has(report, best):
        traces.append(_trace(axis, [best], "best trial", BEST_MARKER))
    last = max(point.number for points in points_by_state.values() for point in points)
    layout = figures.counting_layout("trial", name, last)
    layout["yaxis"] |= axis.layout()
    layout["margin"] |= {"t": 30}
    return {"data": traces, "layout": layout}


def _trace(
    axis: ValueAxis, points: list[TrialPoint], name: str, marker: dict[str, object]
) -> Trace:
    trace = figures.marker_trace(
        x=[point.number for point in points],
        y=[axis.place(point) for point in points],
        name=name,
        marker=marker,
        hover_template="trial %{x}: %{text}<extra>" + name + "</extra>",
    )
    trace["text"] = [_text(point, axis.dimension.name) for point in points]
    trace["customdata"] = [point.trial_id for point in points]
    return trace


def _text(point: TrialPoint, name: str) -> str:
    shown = figures.escape_label(value(point.parameters[name]))
    if point.objective is None:
        return f"{shown}, diverged"
    return f"{shown}, objective {point.objective:.5g}"
