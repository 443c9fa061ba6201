"""The chart of a search space that shrinks: a function that returns numbers, and one that draws them."""

from html import escape
from math import isfinite
from typing import Any

from app.domain.reduction.steps import ReductionState, ReductionStep
from app.web.charts import figures
from app.web.charts.figures import Figure
from app.web.views.reduction_text import step_text

SPREAD = 10  # how many times what is left the whole is before a logarithmic scale shows more
CUT = {"color": "bad", "symbol": "triangle-down", "size": 11}
QUIET = {"color": "chart-3", "symbol": "circle-open", "size": 7}


def reduction_numbers(
    reduction_state: ReductionState, size: int | None, ended: int
) -> dict[str, Any]:
    """What is left by finished trials: combinations, or per cent of the space where they are endless.

    size: combinations before the first step; ended: trials ended by now, to which the last value holds.
    """
    is_counted = size is not None and isfinite(_float(size))
    left = [
        _float(step.size_after) if is_counted else 100 * step.fraction
        for step in reduction_state.steps
    ]
    whole = _float(size) if is_counted else 100.0
    at = [step.n_finished for step in reduction_state.steps]
    return {
        "at": [0, *at, max([ended, *at])],
        "left": [whole, *left, left[-1] if left else whole],
        "steps": list(zip(reduction_state.steps, left, strict=True)),
        "is_counted": is_counted,
    }


def reduction_figure(reduction_state: ReductionState, size: int | None, ended: int) -> Figure:
    """What is left of the space by trials; each step a mark that says on hover what it dropped and why."""
    numbers = reduction_numbers(reduction_state, size, ended)
    words = "combinations left" if numbers["is_counted"] else "% of the space left"
    steps = figures.line(numbers["at"], numbers["left"], words, "chart-1")
    steps["line"]["shape"], steps["hoverinfo"] = "hv", "skip"
    del steps["hovertemplate"]
    data = [steps]
    for name, marker, is_cut in (("cut", CUT, True), ("step without a cut", QUIET, False)):
        found = [(step, left) for step, left in numbers["steps"] if step.is_cut is is_cut]
        if found:
            places = [step.n_finished for step, _ in found], [left for _, left in found]
            marks = figures.marks(*places, name, marker, "%{customdata}<extra></extra>")
            data.append(marks | {"customdata": [_said(step, reduction_state) for step, _ in found]})
    layout = figures.counted_layout("trials ended", words, numbers["at"][-1])
    layout["yaxis"] |= _scale(numbers["left"])
    return {"data": data, "layout": layout}


def _scale(left: list[float]) -> dict[str, Any]:
    spread = max(left) / min(left)
    if spread <= SPREAD:
        return {"rangemode": "tozero", "tickformat": "~g"}
    return {"type": "log", "tickformat": "~g"} | ({"dtick": "D2"} if spread <= SPREAD**3 else {})


def _said(step: ReductionStep, reduction_state: ReductionState) -> str:
    return "<br>".join(
        escape(sentence, quote=False) for sentence in step_text(step, reduction_state)
    )


def _float(size: int | None) -> float:
    try:
        return float("inf") if size is None else float(size)
    except OverflowError:
        return float("inf")
