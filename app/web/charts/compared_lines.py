"""How the lines of compared trials look: told apart by dash and marker, not by colour alone."""

from dataclasses import dataclass

from app.services.comparison import MAX_COMPARED_TRIALS
from app.web.charts.figures import Figure, Layout, Trace

LINE_WIDTH = 1.8
PINNED_WIDTH = 4.5  # of the line that the others are compared with
MARKER_SIZE = 8
MAX_MARKERS = 10  # on a line, however many points it has
END_LABELS = "end-labels"  # of static/end-labels.js, too


@dataclass(frozen=True)
class LineStyle:
    """The look of one of the compared trials, the same in all charts and in the table.

    dash, symbol: Plotly's names.
    """

    colour: str
    dash: str
    symbol: str


STYLES = (
    LineStyle("chart-1", "solid", "circle"),
    LineStyle("chart-2", "dash", "square"),
    LineStyle("chart-4", "dot", "diamond"),
    LineStyle("chart-5", "dashdot", "triangle-up"),
    LineStyle("chart-6", "longdash", "cross"),
    LineStyle("chart-3", "longdashdot", "x"),
)
assert len(STYLES) == MAX_COMPARED_TRIALS


def choose_style(index: int, *, is_pinned: bool = False) -> LineStyle:
    """The style of a trial by its place among the compared ones; a pinned one's line is solid."""
    style = STYLES[index]
    if is_pinned:
        return LineStyle(style.colour, "solid", style.symbol)
    return style


def style_trace(trace: Trace, index: int, *, is_pinned: bool = False) -> None:
    """Give a trial's line its dash, its markers and the label at its end."""
    style = choose_style(index, is_pinned=is_pinned)
    trace["mode"] = "lines+markers"
    trace["line"] = {
        "color": style.colour,
        "dash": style.dash,
        "width": PINNED_WIDTH if is_pinned else LINE_WIDTH,
    }
    trace["marker"] = {
        "color": style.colour,
        "symbol": style.symbol,
        "size": MARKER_SIZE,
        "maxdisplayed": MAX_MARKERS,
    }
    label_end(trace)


def label_end(trace: Trace) -> None:
    """Write a line's name at its end."""
    trace["meta"] = {"label": trace["name"]}


def make_labelled_figure(traces: list[Trace], layout: Layout) -> Figure:
    """A figure in which static/charts.js leaves room for the labels at the ends of lines."""
    layout["meta"] = {END_LABELS: True}
    return {"data": traces, "layout": layout}
