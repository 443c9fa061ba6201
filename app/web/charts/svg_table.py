"""The numbers of a figure as an HTML table, behind a drawing in a file without scripts."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from markupsafe import Markup

from app.web.charts.figures import Figure, Trace
from app.web.formats import integer

MAX_TABLE_ROWS = 1_000
MISSING = "–"
AXIS_OF_EDGE = "y2"  # marks at the upper edge: their height says nothing


@dataclass(frozen=True)
class FigureTable:
    """A row for each place on the x axis that has a mark or a line, a column for each trace."""

    titles: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def draw_table(figure: Figure, label: str) -> Markup:
    """The table, closed until somebody opens it. At most 1,000 rows, and then it says so."""
    table = tabulate_figure(figure)
    shown_rows = table.rows[:MAX_TABLE_ROWS]
    note = ""
    if len(table.rows) > MAX_TABLE_ROWS:
        note = f": the first {integer(MAX_TABLE_ROWS)} of {integer(len(table.rows))} rows"
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(text) for text in table.titles)
    body = Markup("").join(_draw_row(row) for row in shown_rows)
    return Markup(
        '<details><summary>Numbers as a table</summary><div class="scroll" tabindex="0"'
        ' role="region" aria-label="Numbers of: {}"><table class="numbers"><caption>{}{}</caption>'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div></details>"
    ).format(label, label, note, heads, body)


def tabulate_figure(figure: Figure) -> FigureTable:
    """Read a figure's traces. A level line stands in every row, a line of steps until the next."""
    traces = [trace for trace in figure["data"] if _is_shown(trace)]
    x_values: set[Any] = set()
    for trace in traces:
        if not _is_level(trace):
            x_values.update(x for x in trace["x"] if x is not None)
    if not x_values:
        x_values.update(x for trace in traces for x in trace["x"])
    ordered = sorted(x_values)
    columns = [_read_column(trace, ordered) for trace in traces]
    titles = [_name_column(traces, index) for index in range(len(traces))]
    rows = list(zip(ordered, *columns, strict=True))
    return FigureTable((_name_x_axis(figure), *titles), rows)


def _is_shown(trace: Trace) -> bool:
    return trace.get("visible", True) is not False and len(trace["x"]) > 0


def _is_level(trace: Trace) -> bool:
    return trace["mode"] == "lines" and len(trace["y"]) == 2 and trace["y"][0] == trace["y"][1]


def _read_column(trace: Trace, x_values: Sequence[Any]) -> list[Any]:
    if _is_level(trace):
        return [trace["y"][0]] * len(x_values)
    values = dict(zip(trace["x"], trace["y"], strict=True))
    if trace.get("yaxis") == AXIS_OF_EDGE:
        values = dict.fromkeys(trace["x"], "yes")
    if trace.get("line", {}).get("shape") != "hv":
        return [values.get(x) for x in x_values]
    column = []
    latest = None
    for x in x_values:
        latest = values.get(x, latest)
        column.append(latest)
    return column


def _name_column(traces: Sequence[Trace], index: int) -> str:
    trace = traces[index]
    name = unescape(trace["name"])
    if trace.get("fill") == "tonexty":
        return f"{name}, upper"
    is_lower = index + 1 < len(traces) and traces[index + 1].get("fill") == "tonexty"
    return f"{name}, lower" if is_lower else name


def _name_x_axis(figure: Figure) -> str:
    axis = figure["layout"]["xaxis"]
    title = unescape(axis.get("title", {}).get("text", ""))
    return title or ("date" if axis.get("type") == "date" else "x")


def _draw_row(row: Sequence[Any]) -> Markup:
    x, *values = row
    cells = Markup("").join(Markup("<td>{}</td>").format(_write(value)) for value in values)
    return Markup('<tr><th scope="row">{}</th>{}</tr>').format(_write(x), cells)


def _write(value: Any) -> str:
    if value is None:
        return MISSING
    return f"{value:.6g}" if isinstance(value, float) else str(value)
