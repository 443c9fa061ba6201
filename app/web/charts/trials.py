"""The chart of a search: the objective of each trial, and the best one so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from app.domain.terms import Objective, TrialState
from app.services.search_history import Crowd
from app.services.trials import ObjectivePoint
from app.web.charts import figures
from app.web.charts.crowd import (
    CROWD_PAUSE_SECONDS,
    measure_spread,
    record_traces,
    spread_traces,
)
from app.web.charts.figures import AXIS_MARGIN, Figure, Range, Trace
from app.web.charts.levels import Level, level_traces

MAX_LARGE_MARKS = 300  # with more trials than this, all marks are small
SMALL_MARK_SIZE = 5
LOG_SCALE_OBJECTIVE_RATIO = (
    4.0  # largest to smallest objective, from which a logarithmic scale shows more
)
CLOSE_UP_RATIO = 4.0  # range of all to that of usual objectives, from which a close-up helps
MIN_TRIALS_FOR_CLOSE_UP = 5  # fewer do not show what is usual
USUAL_DISTANCES = 3  # an objective is usual up to so many times the median's distance from the best
EDGE_HEIGHT = 0.97  # of the chart: where the marks of trials without a place on the scale stand
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
STATES_AT_EDGE = (TrialState.FAILED, TrialState.PRUNED, TrialState.STOPPED)  # without an objective
PointsByState = dict[TrialState, list[ObjectivePoint]]


@dataclass(frozen=True)
class ObjectiveNumbers:
    """Trials by state, with and without an objective, and what the scale depends on.

    `best_so_far`: pairs of a trial's number and the best objective up to it. `baseline`: the RMSE
    of the naive forecast, None where the objective is in other units; `levels`: those of the best
    other baselines. `close_up`: the range of the
    usual objectives, None where it would not show more; `above_close_up`: the trials beyond it.
    """

    with_objective: PointsByState
    without_objective: PointsByState
    best_so_far: list[tuple[int, float]]
    baseline: float | None
    levels: Sequence[Level]
    close_up: Range | None
    above_close_up: list[ObjectivePoint]
    is_log_scale: bool


def objective_numbers(
    points: Sequence[ObjectivePoint],
    baseline_rmse: float | None,
    objective: str,
    levels: Sequence[Level] = (),
    crowd: Crowd | None = None,
) -> ObjectiveNumbers:
    """Group the trials of a search, and find the scale that shows their objectives best.

    crowd: all trials of a search of which `points` are the latest.
    """
    with_objective: PointsByState = {}
    without_objective: PointsByState = {}
    objectives = []
    for point in points:
        if point.objective is not None and isfinite(point.objective):
            with_objective.setdefault(point.state, []).append(point)
            objectives.append(point.objective)
        elif point.state in STATES_AT_EDGE:
            without_objective.setdefault(point.state, []).append(point)
    if crowd is not None:
        objectives = crowd.objectives.tolist()
    baseline = _comparable_baseline(baseline_rmse, objective)
    if objective != Objective.RMSE:
        levels = ()
    lines = [level.rmse for level in levels]
    if baseline is not None:
        lines.append(baseline)
    close_up = find_close_up(objectives, lines)
    return ObjectiveNumbers(
        with_objective=with_objective,
        without_objective=without_objective,
        best_so_far=_best_so_far(points),
        baseline=baseline,
        levels=levels,
        close_up=close_up,
        above_close_up=_points_above(close_up, with_objective),
        is_log_scale=_needs_log_scale(objectives),
    )


def find_close_up(objectives: Sequence[float], lines: Sequence[float]) -> Range | None:
    """Find the range of the usual objectives and the level lines, None where all can be shown.

    An objective is usual if it lies no further above the median than three times the median's
    distance from the best. A close-up helps where a few bad trials squeeze the others together.
    """
    if len(objectives) < MIN_TRIALS_FOR_CLOSE_UP:
        return None
    best = min(objectives)
    median = float(np.median(objectives))
    low = best
    high = median + USUAL_DISTANCES * (median - best)
    low = min([low, *lines])
    high = max([high, *lines])
    usual_range = high - low
    full_range = max(objectives) - low
    if usual_range <= 0 or full_range < CLOSE_UP_RATIO * usual_range:
        return None
    margin = AXIS_MARGIN * usual_range
    return low - margin, high + margin


def objective_title(objective: str) -> str:
    """The title of the axis that objectives are drawn on."""
    if objective == Objective.RMSE:
        return "validation RMSE"
    return "val_loss (scaled units)"


def objective_figure(
    points: Sequence[ObjectivePoint],
    baseline_rmse: float | None,
    objective: str,
    levels: Sequence[Level] = (),
    crowd: Crowd | None = None,
) -> Figure:
    """Draw the objective by trial, the best so far, the naive baseline and the best other ones.

    Ended trials without an objective stand at the upper edge. Of a crowd, most trials are drawn as
    a band, and the latest as points.
    """
    if not points:
        return figures.empty_figure("No trial has begun yet.")
    numbers = objective_numbers(points, baseline_rmse, objective, levels, crowd)
    traces = _trial_traces(numbers, points, crowd)
    first_number = points[0].number if crowd is None else crowd.first_number
    last_number = points[-1].number
    last_x = max(last_number, first_number + 1)
    if numbers.baseline is not None:
        baseline = figures.baseline_trace(
            first_x=first_number,
            last_x=last_x,
            rmse=numbers.baseline,
        )
        traces.append(baseline)
    traces += level_traces(numbers.levels, first_number, last_x)
    title = objective_title(objective)
    layout = figures.counting_layout("trial", title, last_number)
    layout["yaxis"]["type"] = "log" if numbers.is_log_scale else "linear"
    layout["yaxis"]["tickformat"] = "~g"
    layout["yaxis2"] = figures.edge_axis()
    layout["meta"] = {} if crowd is None else {REDRAW_SECONDS: CROWD_PAUSE_SECONDS}
    if numbers.close_up is not None:
        layout["meta"][CLOSE_UP] = list(numbers.close_up)
    return {"data": traces, "layout": layout}


def _trial_traces(
    numbers: ObjectiveNumbers, points: Sequence[ObjectivePoint], crowd: Crowd | None
) -> list[Trace]:
    """Marks of the points, the crowd behind them, and the best so far above all."""
    marks = _mark_traces(numbers)
    if len(points) > MAX_LARGE_MARKS or crowd is not None:
        for trace in marks:
            trace["marker"]["size"] = SMALL_MARK_SIZE
    if crowd is None:
        return [*marks, _best_so_far_trace(numbers.best_so_far)]
    spread = spread_traces(measure_spread(crowd))
    return [*spread, *marks, *record_traces(crowd, points[-1].number)]


def _comparable_baseline(baseline_rmse: float | None, objective: str) -> float | None:
    if objective != Objective.RMSE:
        return None
    if baseline_rmse is None or not isfinite(baseline_rmse):
        return None
    return baseline_rmse


def _best_so_far(points: Sequence[ObjectivePoint]) -> list[tuple[int, float]]:
    pairs = []
    for point in points:
        if point.best_so_far is not None:
            pairs.append((point.number, point.best_so_far))
    return pairs


def _points_above(close_up: Range | None, with_objective: PointsByState) -> list[ObjectivePoint]:
    if close_up is None:
        return []
    _, high = close_up
    above = []
    for points in with_objective.values():
        for point in points:
            if point.objective is not None and point.objective > high:
                above.append(point)
    return above


def _needs_log_scale(objectives: Sequence[float]) -> bool:
    if len(objectives) < 2:
        return False
    smallest = min(objectives)
    largest = max(objectives)
    if smallest <= 0:
        return False
    return largest > LOG_SCALE_OBJECTIVE_RATIO * smallest


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
    return trace


def _trial_ids(points: Sequence[ObjectivePoint]) -> list[int]:
    return [point.trial_id for point in points]
