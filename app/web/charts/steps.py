"""Charts of errors by how many rows ahead a forecast is."""

from dataclasses import dataclass

import numpy as np

from app.domain.baselines import name_naive
from app.services.several_steps import Floats, StepComparison
from app.services.wording import count_nouns
from app.web.charts import figures
from app.web.charts.figures import Figure
from app.web.charts.numbers import finite_or_none

SCORE_TITLES = {"rmse": "RMSE", "mae": "MAE", "skill": "skill"}


@dataclass(frozen=True)
class StepLine:
    """One forecast's score by step; None where it is not defined."""

    name: str
    values: list[float | None]
    colour: str
    dash: str = "solid"


def step_lines(comparison: StepComparison, score: str, name: str) -> list[StepLine]:
    """The score of a trial, of what is delivered and of the naive forecasts, as far as known.

    score: one of SCORE_TITLES. name: of the trial.
    """
    lines = []
    if comparison.delivered is not None:
        values = [scores[score] for scores in comparison.delivered]
        lines.append(StepLine("delivered model", values, "chart-1", "dashdot"))
    values = [scores[score] for scores in comparison.scores]
    lines.append(StepLine(name, values, "chart-2"))
    seasonal = comparison.seasonal_naive
    if seasonal is not None:
        title = f"seasonal naive ({count_nouns(comparison.season, 'row')})"
        if score == "skill":
            relative = _skills(seasonal.rmse, comparison.naive.rmse)
        else:
            relative = getattr(seasonal, score)
        lines.append(StepLine(title, finite_or_none(relative.tolist()), "chart-5", "dash"))
    naive = np.zeros_like(comparison.naive.rmse)
    if score != "skill":
        naive = getattr(comparison.naive, score)
    naive_name = name_naive()
    lines.append(StepLine(naive_name, finite_or_none(naive.tolist()), "chart-3", "dot"))
    return lines


def error_by_step_figure(comparison: StepComparison, score: str, name: str, target: str) -> Figure:
    """Draw the score of each step ahead."""
    n_steps = len(comparison.scores)
    steps = list(range(1, n_steps + 1))
    traces = []
    for line in step_lines(comparison, score, name):
        is_solid = line.dash == "solid"
        values = line.values
        if score == "skill":
            values = [None if value is None else 100 * value for value in values]
        trace = figures.line_trace(
            steps,
            values,
            line.name,
            line.colour,
            width=2.2 if is_solid else 1.6,
            dash=line.dash,
            with_dots=is_solid,
        )
        if score == "skill":
            trace["hovertemplate"] = "%{y:.1f} %"
        traces.append(trace)
    title = SCORE_TITLES[score]
    if score != "skill":
        title = f"{title} of {target}"
    layout = figures.counting_layout("rows ahead", title, n_steps)
    layout["hovermode"] = "x unified"
    layout["xaxis"]["range"] = [0.5, n_steps + 0.5]
    if score == "skill":
        layout["yaxis"]["ticksuffix"] = " %"
    else:
        layout["yaxis"]["rangemode"] = "tozero"
    return {"data": traces, "layout": layout}


def _skills(rmse: Floats, naive_rmse: Floats) -> Floats:
    """NaN where the naive forecast is perfect."""
    skills = np.full(len(rmse), np.nan)
    is_defined = naive_rmse > 0
    skills[is_defined] = 1 - rmse[is_defined] / naive_rmse[is_defined]
    return skills
