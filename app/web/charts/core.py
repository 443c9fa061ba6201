"""Charts: for each, a function that returns numbers and one that draws them as a Plotly figure (plain dictionaries).

Colours are names ("chart-1") that static/charts.js turns into those of the page's theme. A missing or endless number
is None: a gap in its line.
"""

import itertools
from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.db.models import Epoch
from app.domain.split import Split
from app.domain.terms import Objective, Part, TrialState
from app.services.trials import ForecastView, ObjectivePoint
from app.web.charts import figures
from app.web.charts.figures import Figure

MOST_POINTS = 3000  # of one line; longer ones are thinned, extremes kept
MANY_TRIALS = 300  # beyond which each gets a smaller mark
SPREAD = 4.0  # how many times the smallest objective the largest is before a logarithmic scale shows more
SQUEEZED = 4.0  # how many times the range of usual objectives that of all is before a close-up of them shows more
USUAL = 5  # trials before it is said what is usual
MARGIN = 0.06  # of a range, around a close-up
EDGE = 0.97  # of the height: where marks stand that have no place on the scale
NAIVE = "tomorrow = today"
CLOSE_UP = "close-up"  # a scale of static/charts.js
MARKERS = {  # of trials that have an objective
    TrialState.COMPLETED: {"color": "chart-1", "symbol": "circle", "size": 8},
    TrialState.STOPPED: {"color": "warm", "symbol": "diamond", "size": 9},
    TrialState.PRUNED: {"color": "chart-3", "symbol": "circle-open", "size": 8},
    TrialState.RUNNING: {"color": "chart-4", "symbol": "circle-open", "size": 8},
    TrialState.QUEUED: {"color": "chart-3", "symbol": "circle-open", "size": 8},
    TrialState.FAILED: {"color": "bad", "symbol": "x", "size": 9},
}
EDGE_MARKER = {
    "color": "chart-1",
    "symbol": "triangle-up",
    "size": 9,
}  # of those too bad for the scale
WITHOUT_OBJECTIVE = (
    TrialState.FAILED,
    TrialState.PRUNED,
    TrialState.STOPPED,
)  # ended, so they get a mark at the upper edge
PART_COLOURS = {Part.TRAIN: "chart-1", Part.VALIDATION: "chart-2", Part.TEST: "chart-4"}


def loss_numbers(epochs: Sequence[Epoch]) -> dict[str, list[Any]]:
    """Epoch numbers, train and validation losses."""
    return {
        "number": [epoch.number for epoch in epochs],
        "train_loss": finite(epoch.train_loss for epoch in epochs),
        "val_loss": finite(epoch.val_loss for epoch in epochs),
    }


def loss_figure(epochs: Sequence[Epoch], best_epoch: int | None) -> Figure:
    """Train against validation loss by epoch, the best epoch marked. The page switches its scale."""
    if not epochs:
        return figures.empty("No epoch has ended yet.")
    numbers = loss_numbers(epochs)
    data = [
        figures.line(numbers["number"], numbers["train_loss"], "train", "chart-1", points=True),
        figures.line(numbers["number"], numbers["val_loss"], "validation", "chart-2", points=True),
    ]
    layout = figures.counted_layout("epoch", "loss (scaled units)", len(epochs))
    layout["hovermode"], layout["yaxis"]["tickformat"] = "x unified", "~g"
    if best_epoch is not None:
        layout["shapes"] = [figures.upright(best_epoch, "good")]
        layout["annotations"] = [figures.note(best_epoch, f"best epoch {best_epoch}")]
    return {"data": data, "layout": layout}


def forecast_numbers(view: ForecastView) -> dict[str, list[Any]]:
    """Dates, actual, predicted and naive values, thinned where there are very many."""
    keep = thinned(np.vstack([view.actual, view.predicted]))
    return {
        "at": dates(view.at[keep]),
        "actual": finite(view.actual[keep].tolist()),
        "predicted": finite(view.predicted[keep].tolist()),
        "naive": finite(view.naive[keep].tolist()),
    }


def forecast_figure(view: ForecastView, target: str) -> Figure:
    """Predicted against actual in the CSV's units, with "tomorrow = today" as a third line."""
    numbers = forecast_numbers(view)
    data = [
        figures.line(numbers["at"], numbers["actual"], "actual", "chart-1", width=1.8),
        figures.line(numbers["at"], numbers["predicted"], "predicted", "chart-2", width=1.8),
        figures.line(numbers["at"], numbers["naive"], NAIVE, "chart-3", width=1.3, dash="dot"),
    ]
    return {"data": data, "layout": figures.time_layout(target)}


def error_numbers(view: ForecastView) -> dict[str, list[Any]]:
    """Dates, and by how much the model and "tomorrow = today" were off: predicted minus actual, in the CSV's units."""
    model, naive = view.predicted - view.actual, view.naive - view.actual
    keep = thinned(np.vstack([model, naive]))
    return {
        "at": dates(view.at[keep]),
        "predicted": finite(model[keep].tolist()),
        "naive": finite(naive[keep].tolist()),
    }


def error_figure(view: ForecastView, target: str) -> Figure:
    """Where the model was off, and where "tomorrow = today" was: what two nearly equal lines hide."""
    numbers = error_numbers(view)
    data = [
        figures.line(
            numbers["at"], numbers["predicted"], "predicted − actual", "chart-2", width=1.6
        ),
        figures.line(
            numbers["at"], numbers["naive"], f"{NAIVE} − actual", "ink", width=1.2, dash="dot"
        ),
    ]
    layout = figures.time_layout(f"error of {target}")
    layout["yaxis"]["zeroline"] = True
    return {"data": data, "layout": layout}


def objective_numbers(points: Sequence[ObjectivePoint]) -> dict[str, Any]:
    """Trials with an objective by state, ended trials without one by state, and the best value so far."""
    judged: dict[TrialState, list[ObjectivePoint]] = {}
    missing: dict[TrialState, list[ObjectivePoint]] = {}
    for point in points:
        if point.objective is not None and isfinite(point.objective):
            judged.setdefault(point.state, []).append(point)
        elif point.state in WITHOUT_OBJECTIVE:
            missing.setdefault(point.state, []).append(point)
    best = [(point.number, point.best_so_far) for point in points if point.best_so_far is not None]
    return {"judged": judged, "missing": missing, "best": best}


def objective_figure(
    points: Sequence[ObjectivePoint], baseline: float | None, objective: str
) -> Figure:
    """Objective by trial with the best so far, trials without one at the upper edge, and the naive baseline."""
    if not points:
        return figures.empty("No trial has begun yet.")
    numbers = objective_numbers(points)
    is_rmse = objective == Objective.RMSE
    level = baseline if baseline is not None and isfinite(baseline) and is_rmse else None
    judged = [point for found in numbers["judged"].values() for point in found]
    values = [point.objective for point in judged]
    near = close_up(values, level)
    data = [_marks(state, found) for state, found in numbers["judged"].items()]
    data += [_edge_marks(state, found) for state, found in numbers["missing"].items()]
    data += (
        [_marks_above([point for point in judged if point.objective > near[1]])]
        if near is not None
        else []
    )
    if len(points) > MANY_TRIALS:
        for marks in data:
            marks["marker"] |= {"size": 5}
    data.append(_best_so_far(numbers["best"]))
    if level is not None:
        ends = [points[0].number, max(points[-1].number, points[0].number + 1)]
        data.append(figures.line(ends, [level, level], NAIVE, "warm", width=1.6, dash="dash"))
    layout = figures.counted_layout("trial", objective_title(objective), points[-1].number)
    layout["yaxis"] |= {"type": "log" if _spreads(values) else "linear", "tickformat": "~g"}
    layout["yaxis2"] = {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True}
    if near is not None:
        layout["meta"] = {CLOSE_UP: list(near)}
    return {"data": data, "layout": layout}


def objective_title(objective: str) -> str:
    """What stands at the upright axis of objectives."""
    return "validation RMSE" if objective == Objective.RMSE else "val_loss (scaled units)"


def close_up(values: Sequence[float], level: float | None) -> tuple[float, float] | None:
    """The range of the usual objectives and the naive baseline, where a few bad trials squeeze the others together.

    Usual is what lies no further above the median than three times the median's distance from the best.
    """
    if len(values) < USUAL:
        return None
    middle, levels = float(np.median(values)), [] if level is None else [level]
    low, high = min([*values, *levels]), max([middle + 3 * (middle - min(values)), *levels])
    if high <= low or max(values) - low < SQUEEZED * (high - low):
        return None
    return low - MARGIN * (high - low), high + MARGIN * (high - low)


def series_figure(at: NDArray[np.datetime64], values: NDArray[np.float64], target: str) -> Figure:
    """A series over time."""
    keep = thinned(values[None, :])
    data = [
        figures.line(dates(at[keep]), finite(values[keep].tolist()), target, "chart-1", width=1.4)
    ]
    layout = figures.time_layout(target)
    layout["hovermode"], layout["showlegend"] = "x", False
    return {"data": data, "layout": layout}


def split_figure(
    at: NDArray[np.datetime64], values: NDArray[np.float64], target: str, split: Split
) -> Figure:
    """A series over time with its three parts as bands."""
    figure = series_figure(at, values, target)
    layout = figure["layout"]
    layout["shapes"], layout["annotations"] = [], []
    for part, rows in split.parts(len(values)).items():
        if not len(rows):
            continue
        start, middle, end = dates(at[[rows.start, (rows.start + rows.stop) // 2, rows.stop - 1]])
        layout["shapes"].append(figures.band(start, end, PART_COLOURS[part]))
        layout["annotations"].append(figures.note(middle, f"{part}<br>{len(rows):,}"))
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


def finite(values: Iterable[float | None]) -> list[float | None]:
    """Numbers as JSON can hold them: None for what is missing, endless or not a number."""
    return [value if value is not None and isfinite(value) else None for value in values]


def _best_so_far(steps: Sequence[tuple[int, float]]) -> dict[str, Any]:
    line = figures.line(
        [number for number, _ in steps], [value for _, value in steps], "best so far", "chart-4"
    )
    line["line"]["shape"] = "hv"
    return line


def _marks(state: TrialState, found: Sequence[ObjectivePoint]) -> dict[str, Any]:
    words = "trial %{x}: %{y:.6g}<extra>" + state.value + "</extra>"
    numbers, values = [point.number for point in found], [point.objective for point in found]
    return figures.marks(numbers, values, state.value, MARKERS[state], words) | {
        "customdata": _ids(found)
    }


def _edge_marks(state: TrialState, found: Sequence[ObjectivePoint]) -> dict[str, Any]:
    return _at_edge(found, state.value, MARKERS[state], "trial %{x}")


def _marks_above(found: Sequence[ObjectivePoint]) -> dict[str, Any]:
    """Trials too bad for the close-up, at its upper edge; static/charts.js shows them on that scale alone."""
    drawn = _at_edge(found, "above the scale", EDGE_MARKER, "trial %{x}: %{text}")
    return drawn | {
        "text": [f"{point.objective:.6g}" for point in found],
        "visible": False,
        "meta": CLOSE_UP,
    }


def _at_edge(
    found: Sequence[ObjectivePoint], name: str, marker: dict[str, Any], words: str
) -> dict[str, Any]:
    numbers, level = [point.number for point in found], [EDGE] * len(found)
    drawn = figures.marks(numbers, level, name, marker, f"{words}<extra>{name}</extra>")
    return drawn | {"yaxis": "y2", "customdata": _ids(found)}


def _ids(found: Sequence[ObjectivePoint]) -> list[int]:
    return [point.trial_id for point in found]


def _spreads(values: Sequence[float]) -> bool:
    return len(values) > 1 and min(values) > 0 and max(values) > SPREAD * min(values)
