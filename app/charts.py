"""Charts: for each, a function that returns numbers and one that draws them as a Plotly figure (plain dictionaries).

Colours are names ("chart-1") that static/charts.js turns into those of the page's theme.
"""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.split import Split
from app.domain.terms import Part, State
from app.models import Epoch
from app.services.trials import ForecastView, ObjectivePoint

Figure = dict[str, Any]
MOST_POINTS = 3000  # of one line; longer ones are thinned, extremes kept
STATE_COLOURS = {State.COMPLETED: "chart-1", State.STOPPED: "chart-2", State.PRUNED: "chart-3"}


def loss_numbers(epochs: Sequence[Epoch]) -> dict[str, list[Any]]:
    """Epoch numbers, train and validation losses."""
    return {
        "number": [epoch.number for epoch in epochs],
        "train_loss": [epoch.train_loss for epoch in epochs],
        "val_loss": [epoch.val_loss for epoch in epochs],
    }


def loss_figure(epochs: Sequence[Epoch], best_epoch: int | None) -> Figure:
    """Train against validation loss by epoch, the best epoch marked, with a switch to a logarithmic scale."""
    numbers = loss_numbers(epochs)
    data = [
        _line(numbers["number"], numbers["train_loss"], "train", "chart-1", markers=True),
        _line(numbers["number"], numbers["val_loss"], "validation", "chart-2", markers=True),
    ]
    layout = _layout("epoch", "loss (scaled units)")
    if best_epoch is not None:
        layout["shapes"] = [_upright(best_epoch)]
        layout["annotations"] = [_note(best_epoch, f"best epoch {best_epoch}") | {"y": 0.98, "yanchor": "top"}]
    layout["updatemenus"] = [_scale_switch()]
    layout["margin"]["t"] = 44
    return {"data": data, "layout": layout}


def forecast_numbers(view: ForecastView) -> dict[str, list[Any]]:
    """Dates, actual, predicted and naive values, thinned where there are very many."""
    keep = thinned(np.vstack([view.actual, view.predicted]))
    return {
        "at": dates(view.at[keep]),
        "actual": view.actual[keep].tolist(),
        "predicted": view.predicted[keep].tolist(),
        "naive": view.naive[keep].tolist(),
    }


def forecast_figure(view: ForecastView, target: str) -> Figure:
    """Predicted against actual in the CSV's units, with "tomorrow = today" as a third line."""
    numbers = forecast_numbers(view)
    naive = _line(numbers["at"], numbers["naive"], "tomorrow = today", "chart-3", width=1.2)
    naive["line"]["dash"] = "dot"
    data = [
        naive,
        _line(numbers["at"], numbers["actual"], "actual", "chart-1", width=1.8),
        _line(numbers["at"], numbers["predicted"], "predicted", "chart-2", width=1.8),
    ]
    layout = _layout("", target)
    layout["xaxis"]["type"] = "date"
    layout["hovermode"] = "x unified"
    return {"data": data, "layout": layout}


def objective_figure(points: Sequence[ObjectivePoint], baseline: float | None, objective: str) -> Figure:
    """Objective by trial with the best so far, failed trials on the axis, and the naive baseline."""
    judged = [point for point in points if point.objective is not None]
    failed = [point for point in points if point.state == State.FAILED]
    title = "validation RMSE" if objective == "rmse" else "val_loss (scaled units)"
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "trial",
            "x": [point.number for point in judged],
            "y": [point.objective for point in judged],
            "customdata": [point.trial_id for point in judged],
            "hovertemplate": "trial %{x}: %{y:.6g}<extra></extra>",
            "marker": {"size": 9, "color": [STATE_COLOURS.get(point.state, "chart-3") for point in judged]},
        },
        {
            **_line([p.number for p in points], [p.best_so_far for p in points], "best so far", "chart-4", width=2),
            "line": {"color": "chart-4", "width": 2, "shape": "hv"},
        },
    ]
    if failed:
        data.append(_failed(failed, judged))
    if baseline is not None and objective == "rmse" and points:
        ends = [points[0].number, max(points[-1].number, 2)]
        line = _line(ends, [baseline, baseline], "tomorrow = today", "chart-3", width=1.6)
        line["line"]["dash"] = "dash"
        data.append(line)
    layout = _layout("trial", title)
    layout["yaxis"]["type"] = "log" if _spreads([point.objective or 0.0 for point in judged]) else "linear"
    return {"data": data, "layout": layout}


def series_figure(at: NDArray[np.datetime64], values: NDArray[np.float64], target: str) -> Figure:
    """A series over time."""
    keep = thinned(values[None, :])
    layout = _layout("", target)
    layout["xaxis"]["type"] = "date"
    return {"data": [_line(dates(at[keep]), values[keep].tolist(), target, "chart-1", width=1.4)], "layout": layout}


def split_figure(at: NDArray[np.datetime64], values: NDArray[np.float64], target: str, split: Split) -> Figure:
    """A series over time with its three parts as bands."""
    figure = series_figure(at, values, target)
    colours = {Part.TRAIN: "chart-1", Part.VALIDATION: "chart-2", Part.TEST: "chart-4"}
    figure["layout"]["shapes"], figure["layout"]["annotations"] = [], []
    for part, rows in split.parts(len(values)).items():
        if not len(rows):
            continue
        start, end = dates(at[[rows.start, rows.stop - 1]])
        figure["layout"]["shapes"].append(_band(start, end, colours[part]))
        middle = dates(at[[(rows.start + rows.stop) // 2]])[0]
        figure["layout"]["annotations"].append(_note(middle, f"{part} ({len(rows):,})"))
    return figure


def dates(at: NDArray[np.datetime64]) -> list[str]:
    """Dates as ISO text, without a time where none of them has one."""
    unit = "D" if bool((at == at.astype("datetime64[D]")).all()) else "s"
    return [str(moment) for moment in np.datetime_as_string(at.astype(f"datetime64[{unit}]"))]


def thinned(lines: NDArray[np.float64], most: int = MOST_POINTS) -> NDArray[np.int64]:
    """Which points (columns) of lines, shape (lines, points), to draw: each bin's lowest and highest of each line."""
    count = lines.shape[1]
    if count <= most:
        return np.arange(count)
    edges = np.linspace(0, count, most // (2 * len(lines)) + 1).astype(int)
    kept = {0, count - 1}
    for start, end in itertools.pairwise(edges):
        for line in lines:
            kept |= {start + int(line[start:end].argmin()), start + int(line[start:end].argmax())}
    return np.array(sorted(kept))


def _line(
    x: Sequence[Any], y: Sequence[Any], name: str, colour: str, *, width: float = 2, markers: bool = False
) -> Any:
    return {
        "type": "scatter",
        "mode": "lines+markers" if markers and len(x) < 60 else "lines",
        "name": name,
        "x": list(x),
        "y": list(y),
        "line": {"color": colour, "width": width},
        "marker": {"size": 5, "color": colour},
    }


def _failed(failed: Sequence[ObjectivePoint], judged: Sequence[ObjectivePoint]) -> dict[str, Any]:
    level = max((point.objective or 0.0 for point in judged), default=1.0)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "failed",
        "x": [point.number for point in failed],
        "y": [level for _ in failed],
        "customdata": [point.trial_id for point in failed],
        "hovertemplate": "trial %{x} failed<extra></extra>",
        "marker": {"size": 10, "symbol": "x", "color": "bad"},
    }


def _layout(x: str, y: str) -> dict[str, Any]:
    return {
        "xaxis": {"title": {"text": x}, "automargin": True},
        "yaxis": {"title": {"text": y}, "automargin": True},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "margin": {"l": 50, "r": 12, "t": 30, "b": 40},
        "uirevision": "keep",
        "hovermode": "closest",
    }


def _spreads(values: Sequence[float]) -> bool:
    return len(values) > 1 and min(values) > 0 and max(values) > 5 * min(values)


def _upright(x: Any) -> dict[str, Any]:
    line = {"color": "chart-4", "dash": "dot", "width": 1.5}
    return {"type": "line", "xref": "x", "yref": "paper", "x0": x, "x1": x, "y0": 0, "y1": 1, "line": line}


def _band(start: str, end: str, colour: str) -> dict[str, Any]:
    place = {"type": "rect", "xref": "x", "yref": "paper", "x0": start, "x1": end, "y0": 0, "y1": 1}
    return {**place, "fillcolor": colour, "opacity": 0.12, "line": {"width": 0}, "layer": "below"}


def _note(x: Any, text: str) -> dict[str, Any]:
    place = {"x": x, "xref": "x", "y": 1, "yref": "paper", "yanchor": "bottom"}
    return {**place, "text": text, "showarrow": False, "font": {"size": 11}}


def _scale_switch() -> dict[str, Any]:
    buttons = [
        {"label": "linear", "method": "relayout", "args": [{"yaxis.type": "linear"}]},
        {"label": "log", "method": "relayout", "args": [{"yaxis.type": "log"}]},
    ]
    place = {"x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"}
    return {"type": "buttons", "direction": "left", "buttons": buttons, "showactive": True, "pad": {"t": 0}, **place}
