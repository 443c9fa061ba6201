"""Plotly figures of this application as SVG, for a file that holds its charts without scripts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from app.web.charts.figures import Figure, Trace
from app.web.charts.svg_axes import HEIGHT, WIDTH, Axis, Point, make_axes
from app.web.charts.svg_table import draw_table

DASHES = {"dot": "2 4", "dash": "7 4", "dashdot": "8 3 2 3"}
COLOUR_NAME = re.compile(r"[a-z0-9-]+")
CROSS = "m-4-4l8 8m0-8l-8 8"  # around the point it starts from
OPEN_SYMBOL = "-open"
Lines = list[list[Point]]  # the stretches of a line between its gaps


@dataclass(frozen=True)
class _Canvas:
    """Where values lie in the drawing. `y2`: the axis of marks at the upper edge."""

    x: Axis
    y: Axis
    y2: Axis

    def place(self, trace: Trace, y_values: Sequence[Any]) -> list[Point | None]:
        """The points of a trace, None at its gaps."""
        axis = self.y2 if trace.get("yaxis") == "y2" else self.y
        points: list[Point | None] = []
        for x, y in zip(trace["x"], y_values, strict=True):
            place_x = self.x.place(x)
            place_y = axis.place(y)
            is_gap = place_x is None or place_y is None
            points.append(None if is_gap else (place_x, place_y))  # type: ignore[arg-type]
        return points


def draw_svg(figure: Figure, label: str) -> Markup:
    """A figure with its legend and numbers. Colours are CSS variables: --chart-1, --ink, …"""
    traces = [trace for trace in figure["data"] if trace.get("visible", True) is not False]
    layout = figure["layout"]
    if not traces:
        notes = [note["text"] for note in layout.get("annotations", ())]
        return Markup('<p class="faint">{}</p>').format(unescape(" ".join(notes)))
    canvas = _Canvas(*make_axes(traces, layout))
    parts = [*canvas.y.draw_grid(), *canvas.x.draw_grid()]
    parts += [_draw_shape(canvas, shape) for shape in layout.get("shapes", ())]
    previous: Trace | None = None
    for trace in traces:
        parts += _draw_trace(canvas, trace, previous)
        previous = trace
    parts += [_draw_note(canvas, note) for note in layout.get("annotations", ())]
    return Markup(
        '<figure tabindex="0" aria-label="{}">{}<svg viewBox="0 0 {} {}" role="img"'
        ' aria-label="{}">{}</svg>{}</figure>'
    ).format(
        label,
        _draw_legend(traces),
        WIDTH,
        HEIGHT,
        label,
        Markup("").join(parts),
        draw_table(figure, label),
    )


def _draw_trace(canvas: _Canvas, trace: Trace, previous: Trace | None) -> list[Markup]:
    parts = []
    stretches = _split(canvas.place(trace, trace["y"]))
    mode = trace.get("mode", "lines")
    if trace.get("fill") == "tonexty" and previous is not None:
        return [_draw_area(canvas, trace, previous)]
    if "lines" in mode and trace["line"]["width"]:
        if trace["line"].get("shape") == "hv":
            stretches = [_add_corners(stretch) for stretch in stretches]
        parts.append(_draw_line(trace, stretches))
    if "markers" in mode:
        parts.append(_draw_marks(trace, stretches))
    return parts


def _draw_line(trace: Trace, stretches: Lines) -> Markup:
    line = trace["line"]
    return Markup(
        '<path d="{}" fill="none" style="stroke:{}" stroke-width="{}" stroke-dasharray="{}"/>'
    ).format(
        "".join(_write_line(_thin(stretch)) for stretch in stretches),
        _colour(line["color"]),
        line["width"],
        DASHES.get(line.get("dash", ""), "none"),
    )


def _draw_area(canvas: _Canvas, trace: Trace, previous: Trace) -> Markup:
    """What lies between a line and the one before it."""
    texts = []
    bottoms = _split(canvas.place(previous, previous["y"]))
    tops = _split(canvas.place(trace, trace["y"]))
    for bottom, top in zip(bottoms, tops, strict=False):
        outline = [*_thin(bottom), *reversed(_thin(top))]
        texts.append(_write_line(outline) + "Z")
    fill = _colour(trace["fillcolor"])
    return Markup('<path d="{}" style="fill:{}"/>').format("".join(texts), fill)


def _draw_marks(trace: Trace, stretches: Lines) -> Markup:
    marker = trace["marker"]
    is_cross = marker.get("symbol") == "x"
    points = dict.fromkeys(_write(point) for stretch in stretches for point in stretch)
    step = CROSS if is_cross else "h0"  # a line without length, with round ends, is a dot
    return Markup(
        '<path d="{}" fill="none" stroke-linecap="round" style="stroke:{}" stroke-width="{}"'
        ' opacity="{}"/>'
    ).format(
        "".join(f"M{point}{step}" for point in points),
        _colour(marker["color"]),
        1.6 if is_cross else marker["size"],
        0.5 if marker.get("symbol", "").endswith(OPEN_SYMBOL) else 0.9,
    )


def _draw_shape(canvas: _Canvas, shape: dict[str, Any]) -> Markup:
    """A vertical line or a band from the bottom to the top of the chart."""
    left = canvas.x.place(shape["x0"])
    right = canvas.x.place(shape["x1"])
    if left is None or right is None:
        return Markup("")
    top = canvas.y.end
    bottom = canvas.y.start
    if shape["type"] == "line":
        return Markup(
            '<path d="M{:.1f} {:.1f}V{:.1f}" style="stroke:{}" stroke-width="{}"'
            ' stroke-dasharray="2 4"/>'
        ).format(left, bottom, top, _colour(shape["line"]["color"]), shape["line"]["width"])
    return Markup(
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" style="fill:{}" opacity="{}"/>'
    ).format(left, top, right - left, bottom - top, _colour(shape["fillcolor"]), shape["opacity"])


def _draw_note(canvas: _Canvas, note: dict[str, Any]) -> Markup:
    x = canvas.x.place(note["x"]) if note.get("xref") == "x" else None
    if x is None:
        return Markup("")
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>').format(
        x, canvas.y.end - 4, unescape(note["text"])
    )


def _draw_legend(traces: Sequence[Trace]) -> Markup:
    items = []
    for trace in traces:
        if trace.get("showlegend", True) is False or not len(trace["x"]):
            continue
        key, colour = _legend_key(trace)
        item = Markup('<li><i class="{}" style="color:{}"></i>{}</li>').format(
            key, _colour(colour), unescape(trace["name"])
        )
        items.append(item)
    return Markup('<ul class="legend">{}</ul>').format(Markup("").join(items))


def _legend_key(trace: Trace) -> tuple[str, str]:
    """How a trace is shown in the legend, and its colour."""
    if "fillcolor" in trace:
        return "band", trace["fillcolor"]
    if trace.get("mode") == "markers":
        return "mark", trace["marker"]["color"]
    return trace["line"].get("dash", "solid"), trace["line"]["color"]


def _split(points: Sequence[Point | None]) -> Lines:
    """The stretches between gaps."""
    stretches: Lines = [[]]
    for point in points:
        if point is not None:
            stretches[-1].append(point)
        elif stretches[-1]:
            stretches.append([])
    return [stretch for stretch in stretches if stretch]


def _add_corners(points: Sequence[Point]) -> list[Point]:
    """A line of steps: level up to the next point, then straight up or down."""
    corners = list(points[:1])
    for (_, y), (next_x, next_y) in pairwise(points):
        corners += [(next_x, y), (next_x, next_y)]
    return corners


def _thin(points: Sequence[Point]) -> list[Point]:
    """Of each column of pixels the first, lowest, highest and last point: nothing more is seen."""
    kept: list[Point] = []
    column: list[Point] = []
    for point in points:
        if column and int(point[0]) != int(column[0][0]):
            kept += _extremes(column)
            column = []
        column.append(point)
    return kept + _extremes(column)


def _extremes(column: Sequence[Point]) -> list[Point]:
    if len(column) < 5:
        return list(column)
    lowest = min(range(len(column)), key=lambda index: column[index][1])
    highest = max(range(len(column)), key=lambda index: column[index][1])
    indices = sorted({0, lowest, highest, len(column) - 1})
    return [column[index] for index in indices]


def _write_line(points: Sequence[Point]) -> str:
    return "M" + "L".join(_write(point) for point in points)


def _write(point: Point) -> str:
    x, y = point
    return f"{x:.1f} {y:.1f}"


def _colour(name: str) -> str:
    """A CSS variable; black for what is no name of a colour."""
    if COLOUR_NAME.fullmatch(name):
        return f"var(--{name})"
    return "black"
