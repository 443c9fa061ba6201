"""The objective of trials against what they cost, with the Pareto front."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.domain.importance.objective_model import outlier_limit, thin_evenly
from app.services.trial_costs import CostedTrial, CostMeasure, CostReport
from app.web.charts import figures
from app.web.charts.figures import AXIS_MARGIN, LOW_MARGIN, Figure, Trace
from app.web.charts.trials import ABOVE_SCALE, ABOVE_SCALE_MARKER, EDGE_HEIGHT, objective_title

FRACTION_ON_SCALE = 0.75  # of the trials; the others stand at the upper edge
MAX_MARKS = 1_000  # of trials that are not on the front
LOG_FROM = 20  # the largest cost by the smallest: from here on the axis is logarithmic
LOG_TICKS = 3  # as in static/charts.js
X_TITLES = {
    CostMeasure.SECONDS: "training time in seconds",
    CostMeasure.PARAMETERS: "weights of the network",
}
NOTHING_TEXTS = {
    CostMeasure.SECONDS: "No trial has been evaluated yet.",
    CostMeasure.PARAMETERS: "The number of weights of these trials is not known.",
}
TRIAL_MARKER = {"color": "chart-1", "symbol": "circle", "size": 6, "opacity": 0.4}
FRONT_MARKER = {"color": "chart-2", "symbol": "circle", "size": 8}
BEST_MARKER = {"color": "chart-4", "symbol": "star", "size": 13}
SIMPLEST_MARKER = {
    "color": "chart-5",
    "symbol": "diamond-open",
    "size": 15,
    "line": {"width": 2.5, "color": "chart-5"},
}


def pareto_figure(report: CostReport, objective: str) -> Figure:
    """Draw the trials, the front, the best trial and the simplest good one."""
    if report.best is None or report.simplest is None:
        return figures.empty_figure(NOTHING_TEXTS[report.measure])
    limit = _objective_limit(report)
    layout = figures.axes_layout(X_TITLES[report.measure], objective_title(objective))
    layout["margin"] |= LOW_MARGIN
    layout["xaxis"] |= _cost_axis(report)
    layout["yaxis"]["tickformat"] = "~g"
    height = limit - report.best.objective or abs(limit) or 1.0
    low = report.best.objective - 2 * AXIS_MARGIN * height
    high = limit + 2 * AXIS_MARGIN * height
    layout["yaxis"]["range"] = [low, high]
    layout["yaxis2"] = figures.edge_axis()
    layout["shapes"] = [_good_band(report)]
    best = _mark_trace([report.best], "best", BEST_MARKER)
    simplest = _mark_trace([report.simplest], "simplest good trial", SIMPLEST_MARKER)
    data = [*_trial_traces(report, limit), _front_trace(report, limit), best, simplest]
    return {"data": data, "layout": layout}


def _objective_limit(report: CostReport) -> float:
    """The worst objective on the scale: that of most trials or of the front, but no outlier."""
    objectives = [trial.objective for trial in report.trials]
    usual = float(np.quantile(objectives, FRACTION_ON_SCALE))
    on_front = max(trial.objective for trial in report.front)
    return min(max(usual, on_front), outlier_limit(objectives))


def _cost_axis(report: CostReport) -> dict[str, Any]:
    costs = [trial.cost for trial in report.trials]
    tick_format = "~g" if report.measure == CostMeasure.SECONDS else "~s"
    if min(costs) > 0 and max(costs) >= LOG_FROM * min(costs):
        return {"type": "log", "nticks": LOG_TICKS, "tickformat": tick_format}
    return {"type": "linear", "tickformat": tick_format}


def _good_band(report: CostReport) -> dict[str, Any]:
    """From the best objective to the worst that counts as good."""
    assert report.best is not None
    return {
        "type": "rect",
        "xref": "paper",
        "yref": "y",
        "x0": 0,
        "x1": 1,
        "y0": report.best.objective,
        "y1": report.best.objective + report.margin,
        "fillcolor": "chart-4",
        "opacity": 0.14,
        "line": {"width": 0},
        "layer": "below",
    }


def _trial_traces(report: CostReport, limit: float) -> list[Trace]:
    """Trials that are not on the front, those far worse than usual at the upper edge."""
    on_front = {trial.trial_id for trial in report.front}
    others = [trial for trial in report.trials if trial.trial_id not in on_front]
    indices = thin_evenly([trial.objective for trial in others], MAX_MARKS)
    drawn = [others[index] for index in indices]
    traces = []
    inside = [trial for trial in drawn if trial.objective <= limit]
    if inside:
        traces.append(_mark_trace(inside, "trials", TRIAL_MARKER))
    above = [trial for trial in drawn if trial.objective > limit]
    if above:
        trace = _mark_trace(above, ABOVE_SCALE, ABOVE_SCALE_MARKER | {"opacity": 0.3, "size": 6})
        trace["y"] = [EDGE_HEIGHT] * len(above)
        traces.append(trace | {"yaxis": "y2"})
    return traces


def _front_trace(report: CostReport, limit: float) -> Trace:
    """A staircase through the front, up to the trials that are far worse than usual."""
    front = [trial for trial in report.front if trial.objective <= limit]
    trace = _mark_trace(front, "Pareto front", FRONT_MARKER)
    trace["mode"] = "lines+markers"
    trace["line"] = {"color": "chart-2", "width": 2, "shape": "hv"}
    return trace


def _mark_trace(trials: Sequence[CostedTrial], name: str, marker: dict[str, Any]) -> Trace:
    trace = figures.marker_trace(
        x=[float(f"{trial.cost:.6g}") for trial in trials],
        y=[float(f"{trial.objective:.6g}") for trial in trials],
        name=name,
        marker=marker,
        hover_template="%{text}<extra>" + name + "</extra>",
    )
    trace["text"] = [f"trial {trial.number}: {trial.objective:.5g}" for trial in trials]
    trace["customdata"] = [trial.trial_id for trial in trials]
    return trace
