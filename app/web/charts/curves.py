"""The losses of many trials by epoch in one chart."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.terms import TrialState
from app.services.trial_curves import Curve, CurveReport
from app.web.charts import figures
from app.web.charts.figures import LOW_MARGIN, Figure, Trace

LOG_FROM = 10  # the largest loss by the smallest: from here on the axis is logarithmic
DIGITS = 5
LOSS_TITLE = "validation loss"
RMSE_TITLE = "validation RMSE"


@dataclass(frozen=True)
class Style:
    """How the curves of one kind are drawn."""

    name: str
    colour: str
    width: float
    opacity: float
    dash: str = "solid"


BEST_STYLE = Style("best", "chart-4", width=3, opacity=1)
RUNNING_STYLE = Style("running", "chart-2", width=2, opacity=1)
STYLES = {  # in the order in which they are drawn
    TrialState.FAILED: Style("failed", "bad", width=1, opacity=0.5, dash="dot"),
    TrialState.PRUNED: Style("pruned", "chart-3", width=1, opacity=0.3),
    TrialState.STOPPED: Style("stopped", "warm", width=1, opacity=0.5, dash="dash"),
    TrialState.COMPLETED: Style("completed", "chart-1", width=1, opacity=0.4),
    TrialState.QUEUED: Style("queued", "chart-3", width=1, opacity=0.5, dash="dash"),
    TrialState.RUNNING: RUNNING_STYLE,
}


def curves_figure(report: CurveReport) -> Figure:
    """Draw the curves, those of one kind as one line with gaps, the best on top."""
    if not report.curves:
        return figures.empty_figure("No epoch has ended yet.")
    traces = []
    for state, style in STYLES.items():
        curves = [curve for curve in report.curves if curve.state == state and not curve.is_best]
        if curves:
            traces.append(_curves_trace(curves, style))
    best = [curve for curve in report.curves if curve.is_best]
    if best:
        traces.append(_curves_trace(best, BEST_STYLE))
    longest = max((curve.epochs[-1] for curve in report.curves if curve.epochs), default=1)
    title = LOSS_TITLE if report.is_loss else RMSE_TITLE
    layout = figures.counting_layout("epoch", title, longest)
    layout["margin"] |= LOW_MARGIN
    layout["yaxis"]["tickformat"] = "~g"
    layout["yaxis"]["type"] = _scale(report.curves)
    return {"data": traces, "layout": layout}


def _scale(curves: Sequence[Curve]) -> str:
    losses = []
    for curve in curves:
        losses += [loss for loss in curve.losses if loss is not None]
    if losses and min(losses) > 0 and max(losses) >= LOG_FROM * min(losses):
        return "log"
    return "linear"


def _curves_trace(curves: Sequence[Curve], style: Style) -> Trace:
    """All curves of a kind; a gap parts each from the next."""
    x: list[int | None] = []
    y: list[float | None] = []
    trial_ids: list[int | None] = []
    numbers: list[int | None] = []
    for curve in curves:
        for epoch, loss in zip(curve.epochs, curve.losses, strict=True):
            x.append(epoch)
            y.append(None if loss is None else float(f"{loss:.{DIGITS}g}"))
            trial_ids.append(curve.trial_id)
            numbers.append(curve.number)
        for values in (x, y, trial_ids, numbers):
            values.append(None)
    trace = figures.line_trace(x, y, style.name, style.colour, width=style.width, dash=style.dash)
    del trace["marker"]
    trace["opacity"] = style.opacity
    trace["text"] = numbers
    trace["customdata"] = trial_ids
    trace["hovertemplate"] = "trial %{text}, epoch %{x}: %{y:.5g}<extra>" + style.name + "</extra>"
    if all(len(curve.epochs) == 1 for curve in curves):
        trace["mode"] = "markers"  # a line of one point is not seen
        trace["marker"] = {"size": 5, "color": style.colour}
    return trace
