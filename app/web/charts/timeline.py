"""The chart of when trials ran: a row for each slot, a bar for each trial."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.domain.terms import TrialState
from app.services.timelines import Run, Timeline
from app.web.charts import figures
from app.web.charts.figures import Figure, Trace
from app.web.charts.trials import STATE_MARKERS
from app.web.formats import duration, number
from app.web.views.timeline_text import name_rows

MILLISECONDS = 1000
BAR_WIDTH = 0.72  # of the distance between two rows
MAX_OUTLINED_BARS = 150  # outlines of more would look like idle time


class _Bar(NamedTuple):
    row: str
    run: Run


def timeline_figure(timeline: Timeline) -> Figure:
    """Draw each run from its start to its end, in the colour of its trial's state."""
    names = name_rows(timeline)
    if not names:
        return figures.empty_figure("No trial has begun yet.")
    bars_by_state: dict[TrialState, list[_Bar]] = {}
    for name, row in zip(names, timeline.rows, strict=True):
        for run in row.runs:
            bars_by_state.setdefault(run.state, []).append(_Bar(name, run))
    layout = figures.axes_layout("time (UTC)", "")
    layout["xaxis"]["type"] = "date"
    layout["yaxis"] |= {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": list(reversed(names)),  # the first row at the top
        "range": [-0.5, len(names) - 0.5],
        "showgrid": False,
    }
    layout["barmode"] = "overlay"
    layout["margin"] |= {"t": 30}
    del layout["yaxis"]["title"]
    outline = 0.5 if len(timeline.runs) <= MAX_OUTLINED_BARS else 0
    traces = []
    for state in STATE_MARKERS:
        if state in bars_by_state:
            traces.append(_trace(state, bars_by_state[state], outline))
    return {"data": traces, "layout": layout}


def _trace(state: TrialState, bars: Sequence[_Bar], outline: float) -> Trace:
    return {
        "type": "bar",
        "orientation": "h",
        "name": state.value,
        "y": [bar.row for bar in bars],
        "base": [_to_text(bar.run.started_at) for bar in bars],
        "x": [round(bar.run.seconds * MILLISECONDS) for bar in bars],
        "width": BAR_WIDTH,
        "marker": {
            "color": STATE_MARKERS[state]["color"],
            "line": {"color": "card", "width": outline},
        },
        "text": [_hover_text(bar.run) for bar in bars],
        "textposition": "none",
        "hovertemplate": "%{text}<extra>" + state.value + "</extra>",
        "customdata": [bar.run.trial_id for bar in bars],
    }


def _hover_text(run: Run) -> str:
    lines = [f"trial {run.number}"]
    if run.objective is not None:
        lines.append(f"objective {number(run.objective)}")
    lines.append(duration(run.seconds))
    if run.slot is not None:
        lines.append(figures.escape_label(f"worker {run.worker_id}, slot {run.slot}"))
    return "<br>".join(lines)


def _to_text(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")
