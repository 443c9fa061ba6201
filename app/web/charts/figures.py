"""The parts of Plotly figures, as plain dictionaries.

Colours are names ("chart-1") that static/charts.js turns into those of the page's theme.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from app.domain.baselines import name_naive

Figure = dict[str, Any]
Trace = dict[str, Any]
Layout = dict[str, Any]
Range = tuple[float, float]  # of an axis, from its lower to its upper end
AXIS_MARGIN = 0.06  # of an axis' range: room between its ends and what is drawn
MAX_TICKS_PER_COUNT = 12  # a longer counting axis no longer gets a tick for every count
LOW_MARGIN = {"t": 26, "b": 20}  # of a chart that is as low as a tab
MAX_LABEL_LENGTH = 40
MAX_POINTS_WITH_DOTS = 60  # a longer line is drawn without a dot on each of its points


def escape_label(text: str) -> str:
    """Shorten and escape a text, because Plotly reads tags and links in titles and names."""
    if len(text) > MAX_LABEL_LENGTH:
        beginning = text[: MAX_LABEL_LENGTH - 1]
        text = f"{beginning}…"
    return escape(text, quote=False)


def line_trace(
    x: Sequence[Any],
    y: Sequence[Any],
    name: str,
    colour: str,
    *,
    width: float = 2,
    dash: str = "solid",
    with_dots: bool = False,
) -> Trace:
    """A line. `with_dots` puts a dot on each point, unless there are too many points."""
    has_dots = with_dots and len(x) <= MAX_POINTS_WITH_DOTS
    return {
        "type": "scatter",
        "mode": "lines+markers" if has_dots else "lines",
        "name": escape_label(name),
        "x": list(x),
        "y": list(y),
        "line": {"color": colour, "width": width, "dash": dash},
        "marker": {"size": 5, "color": colour},
        "hovertemplate": "%{y:.6g}",
    }


def band_traces(
    x: Sequence[Any], lower: Sequence[float | None], upper: Sequence[float | None], level: float
) -> list[Trace]:
    """The area between two lines. One entry of the legend shows and hides it."""
    percent = f"{level * 100:.0f}"
    name = f"{percent} % band"
    colour = f"chart-band-{percent}"
    bottom = line_trace(x, lower, name, colour, width=0)
    bottom |= {"legendgroup": name, "showlegend": False, "hoverinfo": "skip"}
    del bottom["hovertemplate"]
    top = line_trace(x, upper, name, colour, width=0)
    top |= {
        "legendgroup": name,
        "fill": "tonexty",
        "fillcolor": colour,
        "customdata": list(lower),
        "hovertemplate": "%{customdata:.6g} to %{y:.6g}",
    }
    return [bottom, top]


def baseline_trace(first_x: float, last_x: float, error: float, *, width: float = 1.6) -> Trace:
    """The error of the naive forecast as a level line through the chart."""
    return line_trace(
        x=[first_x, last_x],
        y=[error, error],
        name=name_naive(),
        colour="warm",
        width=width,
        dash="dash",
    )


def marker_trace(
    x: Sequence[Any],
    y: Sequence[Any],
    name: str,
    marker: Mapping[str, Any],
    hover_template: str,
) -> Trace:
    """Points of one kind. `hover_template`: Plotly's template of the text shown for each point."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": list(x),
        "y": list(y),
        "marker": dict(marker),
        "hovertemplate": hover_template,
    }


def axes_layout(x_title: str, y_title: str) -> Layout:
    """Two titled axes with the legend above. New data keeps the zoom of the reader."""
    return {
        "xaxis": {
            "title": {"text": escape_label(x_title), "standoff": 8},
            "automargin": True,
            "zeroline": False,
        },
        "yaxis": {
            "title": {"text": escape_label(y_title)},
            "automargin": True,
            "zeroline": False,
        },
        "legend": {"orientation": "h", "y": 1.06, "yanchor": "bottom", "x": 0},
        "margin": {"l": 50, "r": 12, "t": 46, "b": 24},
        "uirevision": "keep",
        "hovermode": "closest",
        "showlegend": True,
    }


def counting_layout(x_title: str, y_title: str, count: int) -> Layout:
    """A layout whose x axis counts from 1 to `count`: even a short one has whole numbers only."""
    layout = axes_layout(x_title, y_title)
    if count <= MAX_TICKS_PER_COUNT:
        layout["xaxis"]["dtick"] = 1
    return layout


def edge_axis() -> Layout:
    """A hidden second y axis from 0 to 1, so that marks at the edge do not stretch the scale."""
    return {
        "overlaying": "y",
        "range": [0, 1],
        "visible": False,
        "fixedrange": True,
    }


def time_layout(y_title: str) -> Layout:
    """A layout whose x axis holds dates. Hovering over a date shows the values of all lines."""
    layout = axes_layout("", y_title)
    layout["xaxis"]["type"] = "date"
    layout["hovermode"] = "x unified"
    return layout


def empty_figure(message: str) -> Figure:
    """A figure that only says why there is nothing to draw yet."""
    layout = axes_layout("", "")
    layout["xaxis"]["visible"] = False
    layout["yaxis"]["visible"] = False
    note = {
        "x": 0.5,
        "y": 0.5,
        "xref": "paper",
        "yref": "paper",
        "showarrow": False,
        "text": message,
        "font": {"color": "faint"},
    }
    layout["annotations"] = [note]
    return {"data": [], "layout": layout}


def vertical_line(x: Any, colour: str) -> dict[str, Any]:
    """A dotted line from the bottom of the chart to its top."""
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": x,
        "x1": x,
        "y0": 0,
        "y1": 1,
        "line": {"color": colour, "dash": "dot", "width": 1.5},
    }


def vertical_band(first_x: str, last_x: str, colour: str) -> dict[str, Any]:
    """A coloured stretch of the x axis, behind the lines."""
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": first_x,
        "x1": last_x,
        "y0": 0,
        "y1": 1,
        "fillcolor": colour,
        "opacity": 0.12,
        "line": {"width": 0},
        "layer": "below",
    }


def note_above(x: Any, text: str) -> dict[str, Any]:
    """A few words above the chart, centred on a value of the x axis."""
    return {
        "x": x,
        "xref": "x",
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "text": text,
        "showarrow": False,
        "font": {"size": 11},
    }
