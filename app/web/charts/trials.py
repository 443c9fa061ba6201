"""The chart of a search: the objective of each trial, and the best one so far."""

from collections.abc import Sequence
from typing import Any

from app.domain.objectives import OBJECTIVES
from app.domain.terms import TrialState
from app.services.search_history import Crowd
from app.services.trials import ObjectivePoint
from app.web.charts import figures
from app.web.charts.crowd import (
    CROWD_PAUSE_SECONDS,
    best_so_far_trace,
    measure_spread,
    record_trace,
    spread_traces,
)
from app.web.charts.figures import Figure, Layout, Trace
from app.web.charts.levels import Level, level_traces
from app.web.charts.objective_numbers import ObjectiveNumbers, objective_numbers

MAX_LARGE_MARKS = 300  # with more trials than this, all marks are small
SMALL_MARK_SIZE = 5
EDGE_HEIGHT = 0.97  # of the chart: where the marks of trials without a place on the scale stand
LEGEND_RANK_OF_LINES = 1001  # Plotly's own is 1000: the kinds of trials come first
REDRAW_SECONDS = "redraw-seconds"  # of static/charts.js, too
CLOSE_UP = "close-up"  # the name of a scale in static/charts.js
STATE_MARKERS = {
    TrialState.COMPLETED: {"color": "chart-1", "symbol": "circle", "size": 8},
    TrialState.STOPPED: {"color": "warm", "symbol": "diamond", "size": 9},
    TrialState.PRUNED: {"color": "chart-3", "symbol": "circle-open", "size": 8},
    TrialState.RUNNING: {"color": "chart-4", "symbol": "circle-open", "size": 8},
    TrialState.QUEUED: {"color": "chart-3", "symbol": "circle-open", "size": 8},
    TrialState.FAILED: {"color": "bad", "symbol": "x", "size": 9},
}
ABOVE_SCALE = "above the scale"
ABOVE_SCALE_MARKER = {"color": "chart-1", "symbol": "triangle-up", "size": 9}


def objective_title(objective: str) -> str:
    """The title of the axis that objectives are drawn on."""
    info = OBJECTIVES[objective]
    return info.title if info.is_error else f"{info.title} (scaled units)"


def objective_figure(
    points: Sequence[ObjectivePoint],
    baseline_error: float | None,
    objective: str,
    levels: Sequence[Level] = (),
    crowd: Crowd | None = None,
) -> Figure:
    """Draw the objective by trial, the best so far, the naive baseline and the best other ones.

    baseline_error, levels: in the units of the objective, unless that is none of forecasts. Ended
    trials without an objective stand at the upper edge. Of a crowd, most trials are drawn as a
    band, and the latest as points.
    """
    if not points:
        return figures.empty_figure("No trial has begun yet.")
    numbers = objective_numbers(points, baseline_error, objective, levels, crowd)
    traces = _mark_traces(numbers)
    if len(points) > MAX_LARGE_MARKS or crowd is not None:
        for trace in traces:
            trace["marker"]["size"] = SMALL_MARK_SIZE
    lines, records = _best_so_far_traces(numbers, points, crowd)
    first_number = points[0].number if crowd is None else crowd.first_number
    last_number = points[-1].number
    last_x = max(last_number, first_number + 1)
    if numbers.baseline is not None:
        baseline = figures.baseline_trace(
            first_x=first_number,
            last_x=last_x,
            error=numbers.baseline,
        )
        lines.append(baseline)
    lines += level_traces(numbers.levels, first_number, last_x)
    for line in lines:
        line["legendrank"] = LEGEND_RANK_OF_LINES
    layout = _make_layout(numbers, objective, last_number, crowd)
    return {"data": [*lines, *traces, *records], "layout": layout}  # the last are drawn on top


def _make_layout(
    numbers: ObjectiveNumbers, objective: str, last_number: int, crowd: Crowd | None
) -> Layout:
    layout = figures.counting_layout("trial", objective_title(objective), last_number)
    layout["yaxis"]["type"] = "log" if numbers.is_log_scale else "linear"
    layout["yaxis"]["tickformat"] = "~g"
    layout["yaxis2"] = figures.edge_axis()
    layout["meta"] = {} if crowd is None else {REDRAW_SECONDS: CROWD_PAUSE_SECONDS}
    if numbers.close_up is not None:
        layout["meta"][CLOSE_UP] = list(numbers.close_up)
    return layout


def _best_so_far_traces(
    numbers: ObjectiveNumbers, points: Sequence[ObjectivePoint], crowd: Crowd | None
) -> tuple[list[Trace], list[Trace]]:
    """The best so far as a line; with a crowd also where most trials lie, and the records."""
    if crowd is None:
        return [_best_so_far_trace(numbers.best_so_far)], []
    lines = spread_traces(measure_spread(crowd))
    if not crowd.records:
        return lines, []
    return [*lines, best_so_far_trace(crowd, points[-1].number)], [record_trace(crowd)]


def _mark_traces(numbers: ObjectiveNumbers) -> list[Trace]:
    traces = []
    for state, points in numbers.with_objective.items():
        traces.append(_objective_trace(state, points))
    for state, points in numbers.without_objective.items():
        trace = _edge_trace(
            points,
            name=state.value,
            marker=STATE_MARKERS[state],
            hover_template="trial %{x}",
        )
        traces.append(trace)
    if numbers.close_up is not None:
        traces.append(_above_close_up_trace(numbers.above_close_up))
    return traces


def _objective_trace(state: TrialState, points: Sequence[ObjectivePoint]) -> Trace:
    trace = figures.marker_trace(
        x=[point.number for point in points],
        y=[point.objective for point in points],
        name=state.value,
        marker=STATE_MARKERS[state],
        hover_template="trial %{x}: %{y:.6g}<extra>" + state.value + "</extra>",
    )
    return trace | {"customdata": _trial_ids(points)}


def _above_close_up_trace(points: Sequence[ObjectivePoint]) -> Trace:
    """Trials too bad for the close-up. static/charts.js shows them on that scale alone."""
    trace = _edge_trace(
        points,
        name=ABOVE_SCALE,
        marker=ABOVE_SCALE_MARKER,
        hover_template="trial %{x}: %{text}",
    )
    trace["text"] = [f"{point.objective:.6g}" for point in points]
    trace["visible"] = False
    trace["meta"] = CLOSE_UP
    return trace


def _edge_trace(
    points: Sequence[ObjectivePoint], name: str, marker: dict[str, Any], hover_template: str
) -> Trace:
    trace = figures.marker_trace(
        x=[point.number for point in points],
        y=[EDGE_HEIGHT] * len(points),
        name=name,
        marker=marker,
        hover_template=f"{hover_template}<extra>{name}</extra>",
    )
    return trace | {"yaxis": "y2", "customdata": _trial_ids(points)}


def _best_so_far_trace(best_so_far: Sequence[tuple[int, float]]) -> Trace:
    numbers = [number for number, _ in best_so_far]
    objectives = [objective for _, objective in best_so_far]
    trace = figures.line_trace(
        numbers,
        objectives,
        "best so far",
        "chart-4",
    )
    trace["line"]["shape"] = "hv"
    del trace["hovertemplate"]
    trace["hoverinfo"] = "skip"  # it passes through the best trials, which are to be clicked
    return trace


def _trial_ids(points: Sequence[ObjectivePoint]) -> list[int]:
    return [point.trial_id for point in points]
