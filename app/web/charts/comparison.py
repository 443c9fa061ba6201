"""Charts of a few trials side by side: functions that return numbers, and ones that draw them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from app.db.models import Epoch, Trial
from app.services.comparison import MOST
from app.services.trials import ForecastView
from app.web.charts import figures
from app.web.charts.core import NAIVE, dates, finite, thinned
from app.web.charts.figures import Figure

COLOURS = ("chart-1", "chart-2", "chart-4", "chart-5", "chart-6", "chart-3")
assert len(COLOURS) == MOST
Curves = Mapping[int, Sequence[Epoch]]  # by trial id


def colour_of(place: int) -> str:
    """The colour of the trial at a place, in every chart and in the table."""
    return COLOURS[place]


def curves_figure(trials: Sequence[Trial], curves: Curves, baseline: float | None) -> Figure:
    """Validation RMSE by epoch, a line a trial, its best epoch marked: the same yardstick for all."""
    longest = max((len(rows) for rows in curves.values()), default=0)
    if not longest:
        return figures.empty("None of these trials has an epoch yet.")
    data: list[dict[str, Any]] = []
    for place, trial in enumerate(trials):
        rows = curves[trial.id]
        numbers, values = (
            [epoch.number for epoch in rows],
            finite(epoch.objective for epoch in rows),
        )
        data.append(
            figures.line(numbers, values, f"trial {trial.number}", colour_of(place), points=True)
        )
        if trial.best_epoch is not None and trial.best_epoch <= len(rows):
            marker = {"color": colour_of(place), "symbol": "star", "size": 12}
            words = "best epoch %{x}: %{y:.6g}<extra>trial " + str(trial.number) + "</extra>"
            best = figures.marks(
                [trial.best_epoch], [values[trial.best_epoch - 1]], "best epoch", marker, words
            )
            data.append(best | {"showlegend": False})
    if baseline is not None:
        data.append(
            figures.line(
                [1, max(longest, 2)], [baseline] * 2, NAIVE, "warm", width=1.6, dash="dash"
            )
        )
    layout = figures.counted_layout("epoch", "validation RMSE", longest)
    layout["yaxis"]["tickformat"] = "~g"
    return {"data": data, "layout": layout}


def forecast_numbers(views: Sequence[ForecastView], *, are_errors: bool) -> dict[str, Any]:
    """Dates, what was actual, what each predicted, and the naive forecast; as errors, all less what was actual."""
    first = views[0]
    lines = np.vstack([first.actual, *(view.predicted for view in views), first.naive])
    if are_errors:
        lines = lines - first.actual
    keep = thinned(lines)
    actual, *predicted, naive = (finite(line[keep].tolist()) for line in lines)
    return {"at": dates(first.at[keep]), "actual": actual, "predicted": predicted, "naive": naive}


def forecasts_figure(
    numbers: Sequence[tuple[int, int]],
    views: Sequence[ForecastView],
    target: str,
    *,
    are_errors: bool,
) -> Figure:
    """Predictions of several trials against what was actual, or how far each was off. `numbers`: place and trial."""
    if not views:
        return figures.empty("None of these trials has been judged yet.")
    found = forecast_numbers(views, are_errors=are_errors)
    data = (
        []
        if are_errors
        else [figures.line(found["at"], found["actual"], "actual", "ink", width=1.4)]
    )
    for (place, number), line in zip(numbers, found["predicted"], strict=True):
        data.append(figures.line(found["at"], line, f"trial {number}", colour_of(place), width=1.6))
    data.append(figures.line(found["at"], found["naive"], NAIVE, "warm", width=1.2, dash="dot"))
    layout = figures.time_layout(f"error of {target}" if are_errors else target)
    layout["yaxis"]["zeroline"] = are_errors
    return {"data": data, "layout": layout}
