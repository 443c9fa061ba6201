"""The chart of a reduction: how the search space shrinks from step to step."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import inf, isfinite
from typing import Any

from app.domain.reduction.steps import ReductionState, ReductionStep
from app.web.charts import figures
from app.web.charts.figures import Figure, Layout, Trace
from app.web.views.reduction_text import step_text

LOG_SCALE_SIZE_RATIO = 10  # largest to smallest size, from which a logarithmic scale shows more
MAX_RATIO_FOR_MINOR_TICKS = 1000  # a larger scale has ticks at powers of ten only
CUT_MARKER = {"color": "bad", "symbol": "triangle-down", "size": 11}
NO_CUT_MARKER = {"color": "chart-3", "symbol": "circle-open", "size": 7}


@dataclass(frozen=True)
class ReductionNumbers:
    """What is left of a search space by ended trials, as combinations or in per cent.

    `left[i]` holds from `n_trials[i]` on; `left_after_steps` is what each step left.
    """

    n_trials: list[int]
    left: list[float]
    left_after_steps: list[float]
    is_counted: bool


def reduction_numbers(
    reduction_state: ReductionState, size: int | None, n_ended: int
) -> ReductionNumbers:
    """Compute what is left after each step.

    `size`: combinations before the first step, None in a continuous space, which is measured in
    per cent; `n_ended`: trials ended by now, up to which the last value holds.
    """
    steps = reduction_state.steps
    is_counted = isfinite(_to_float(size))
    if is_counted:
        whole = _to_float(size)
        left = [_to_float(step.size_after) for step in steps]
    else:
        whole = 100.0
        left = [100 * step.fraction for step in steps]
    step_trials = [step.n_finished for step in steps]
    last_trial = max([n_ended, *step_trials])
    last_left = left[-1] if left else whole
    return ReductionNumbers(
        n_trials=[0, *step_trials, last_trial],
        left=[whole, *left, last_left],
        left_after_steps=left,
        is_counted=is_counted,
    )


def reduction_figure(reduction_state: ReductionState, size: int | None, n_ended: int) -> Figure:
    """Draw what is left of the space. Hovering over a step says what it dropped and why."""
    numbers = reduction_numbers(reduction_state, size, n_ended)
    title = "% of the space left"
    if numbers.is_counted:
        title = "combinations left"
    traces = [_size_trace(numbers, title)]
    traces += _step_traces(reduction_state, numbers)
    last_trial = numbers.n_trials[-1]
    layout = figures.counting_layout("finished trials", title, last_trial)
    layout["yaxis"] |= _y_axis(numbers.left)
    return {"data": traces, "layout": layout}


def _size_trace(numbers: ReductionNumbers, title: str) -> Trace:
    trace = figures.line_trace(
        numbers.n_trials,
        numbers.left,
        title,
        "chart-1",
    )
    trace["line"]["shape"] = "hv"
    trace["hoverinfo"] = "skip"
    del trace["hovertemplate"]
    return trace


def _step_traces(reduction_state: ReductionState, numbers: ReductionNumbers) -> list[Trace]:
    """A trace of the steps that cut the space, and one of the others."""
    cuts: list[tuple[ReductionStep, float]] = []
    others: list[tuple[ReductionStep, float]] = []
    for step, left in zip(reduction_state.steps, numbers.left_after_steps, strict=True):
        if step.is_cut:
            cuts.append((step, left))
        else:
            others.append((step, left))
    traces = []
    if cuts:
        cut_trace = _step_trace(reduction_state, cuts, "cut", CUT_MARKER)
        traces.append(cut_trace)
    if others:
        other_trace = _step_trace(
            reduction_state,
            others,
            "step without a cut",
            NO_CUT_MARKER,
        )
        traces.append(other_trace)
    return traces


def _step_trace(
    reduction_state: ReductionState,
    steps: Sequence[tuple[ReductionStep, float]],
    name: str,
    marker: dict[str, Any],
) -> Trace:
    trace = figures.marker_trace(
        x=[step.n_finished for step, _ in steps],
        y=[left for _, left in steps],
        name=name,
        marker=marker,
        hover_template="%{customdata}<extra></extra>",
    )
    trace["customdata"] = [_hover_text(step, reduction_state) for step, _ in steps]
    return trace


def _hover_text(step: ReductionStep, reduction_state: ReductionState) -> str:
    escaped = []
    for sentence in step_text(step, reduction_state):
        escaped.append(escape(sentence, quote=False))
    return "<br>".join(escaped)


def _y_axis(left: Sequence[float]) -> Layout:
    axis = {"tickformat": "~g"}
    ratio = max(left) / min(left)
    if ratio <= LOG_SCALE_SIZE_RATIO:
        axis["rangemode"] = "tozero"
        return axis
    axis["type"] = "log"
    if ratio <= MAX_RATIO_FOR_MINOR_TICKS:
        axis["dtick"] = "D2"
    return axis


def _to_float(size: int | None) -> float:
    """A number of combinations, infinity where there is no such number or it is too large."""
    if size is None:
        return inf
    try:
        return float(size)
    except OverflowError:
        return inf
