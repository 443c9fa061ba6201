"""The pieces Plotly figures are made of, as plain dictionaries."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

Figure = dict[str, Any]
FEW = 12  # places of a counting axis that each get a tick
LONGEST = 40  # characters of a title or a name
MOST_DOTS = 60  # points of a line that still get a dot each


def plain(text: str) -> str:
    """Text that Plotly shows as it is, shortened: in titles and names it reads tags and links."""
    return escape(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…", quote=False)


def line(
    x: Sequence[Any],
    y: Sequence[Any],
    name: str,
    colour: str,
    *,
    width: float = 2,
    dash: str = "solid",
    points: bool = False,
) -> dict[str, Any]:
    """A line, with a dot at each of its points where they are few and asked for."""
    return {
        "type": "scatter",
        "mode": "lines+markers" if points and len(x) <= MOST_DOTS else "lines",
        "name": plain(name),
        "x": list(x),
        "y": list(y),
        "line": {"color": colour, "width": width, "dash": dash},
        "marker": {"size": 5, "color": colour},
        "hovertemplate": "%{y:.6g}",
    }


def marks(
    x: Sequence[Any], y: Sequence[Any], name: str, marker: Mapping[str, Any], words: str
) -> dict[str, Any]:
    """Points of one kind; `words` is Plotly's template of what is said about one."""
    place = {"type": "scatter", "mode": "markers", "name": name, "x": list(x), "y": list(y)}
    return {**place, "marker": dict(marker), "hovertemplate": words}


def layout(x: str, y: str) -> dict[str, Any]:
    """Two axes with their titles, the legend above, zoom kept when new numbers come in."""
    return {
        "xaxis": {
            "title": {"text": plain(x), "standoff": 8},
            "automargin": True,
            "zeroline": False,
        },
        "yaxis": {"title": {"text": plain(y)}, "automargin": True, "zeroline": False},
        "legend": {"orientation": "h", "y": 1.06, "yanchor": "bottom", "x": 0},
        "margin": {"l": 50, "r": 12, "t": 46, "b": 24},
        "uirevision": "keep",
        "hovermode": "closest",
        "showlegend": True,
    }


def counted_layout(x: str, y: str, count: int) -> dict[str, Any]:
    """A layout whose first axis counts from 1: where few fit, the ticks stay whole numbers."""
    made = layout(x, y)
    if count <= FEW:
        made["xaxis"]["dtick"] = 1
    return made


def time_layout(y: str) -> dict[str, Any]:
    """A layout whose first axis is dates; all lines are read at once at one date."""
    made = layout("", y)
    made["xaxis"]["type"] = "date"
    made["hovermode"] = "x unified"
    return made


def empty(words: str) -> Figure:
    """A figure with nothing but a few words, where there is nothing to draw yet."""
    made = layout("", "")
    made["xaxis"]["visible"] = made["yaxis"]["visible"] = False
    middle = {"x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper", "showarrow": False}
    made["annotations"] = [{**middle, "text": words, "font": {"color": "faint"}}]
    return {"data": [], "layout": made}


def upright(x: Any, colour: str) -> dict[str, Any]:
    """An upright line through the whole chart."""
    stroke = {"color": colour, "dash": "dot", "width": 1.5}
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": x,
        "x1": x,
        "y0": 0,
        "y1": 1,
        "line": stroke,
    }


def band(start: str, end: str, colour: str) -> dict[str, Any]:
    """A coloured stretch of the first axis, behind the lines."""
    place = {"type": "rect", "xref": "x", "yref": "paper", "x0": start, "x1": end, "y0": 0, "y1": 1}
    return {**place, "fillcolor": colour, "opacity": 0.12, "line": {"width": 0}, "layer": "below"}


def note(x: Any, text: str) -> dict[str, Any]:
    """A few words above the chart at a place of the first axis."""
    place = {"x": x, "xref": "x", "y": 1, "yref": "paper", "yanchor": "bottom"}
    return {**place, "text": text, "showarrow": False, "font": {"size": 11}}
