"""Charts of what comes next: the last rows of a file, and forecasts of those after them."""

from collections.abc import Mapping, Sequence

import numpy as np

from app.domain.baselines import name_naive
from app.services.futures import Floats, FutureView
from app.web.charts import figures
from app.web.charts.compared_lines import label_end, make_labelled_figure, style_trace
from app.web.charts.figures import Figure, Layout, Trace
from app.web.charts.numbers import finite_or_none, iso_dates, thin_points


def future_figure(view: FutureView, target: str) -> Figure:
    """Draw the last rows, the forecast with its bands, and the naive one."""
    traces = _draw_bands(view)
    traces += [
        _draw_history(view, "chart-1"),
        _draw_ahead(view, view.predicted, f"forecast by {view.source}", "chart-2", 2.2),
        _draw_ahead(view, view.naive, name_naive(), "chart-3", 1.5, "dot"),
    ]
    return {"data": traces, "layout": _layout(view, target)}


def futures_figure(
    views: Mapping[int, FutureView],
    target: str,
    missing: Sequence[str] = (),
    pinned: int | None = None,
) -> Figure:
    """Draw the forecasts of several trials, by their indices, each in its style, without bands.

    pinned: the index of the one that the others are compared with. missing: why others have no
    forecast, of which the first reason is shown where there is none at all.
    """
    if not views:
        return figures.empty_figure(missing[0] if missing else "There is no forecast yet.")
    first = next(iter(views.values()))
    traces = [_draw_history(first, "ink")]
    for index, view in views.items():
        trace = _draw_ahead(view, view.predicted, view.source, "ink", 2.0)
        style_trace(trace, index, is_pinned=index == pinned)
        traces.append(trace)
    naive = _draw_ahead(first, first.naive, name_naive(), "warm", 1.5, "dot")
    label_end(naive)
    return make_labelled_figure([*traces, naive], _layout(first, target))


def _layout(view: FutureView, target: str) -> Layout:
    layout = figures.time_layout(target)
    last_date = _last_date(view)
    layout["shapes"] = [figures.vertical_line(last_date, "faint")]
    return layout


def _last_date(view: FutureView) -> str:
    return iso_dates(view.history_at[-1:])[0]


def _draw_history(view: FutureView, colour: str) -> Trace:
    indices = thin_points(view.history[None, :])
    dates = iso_dates(view.history_at[indices])
    values = finite_or_none(view.history[indices].tolist())
    return figures.line_trace(dates, values, "actual", colour, width=1.8)


def _draw_ahead(
    view: FutureView, values: Floats, name: str, colour: str, width: float, dash: str = "solid"
) -> Trace:
    """A line from the last row on, so that even a single row to come is seen."""
    return figures.line_trace(
        _dates_from_last_row(view),
        _values_from_last_row(view, values),
        name,
        colour,
        width=width,
        dash=dash,
        with_dots=len(values) == 1 or dash == "solid",
    )


def _dates_from_last_row(view: FutureView) -> list[str]:
    return [_last_date(view), *iso_dates(view.at)]


def _values_from_last_row(view: FutureView, values: Floats) -> list[float | None]:
    return finite_or_none(np.append(view.history[-1], values).tolist())


def _draw_bands(view: FutureView) -> list[Trace]:
    """The widest first, behind the lines."""
    traces: list[Trace] = []
    for level in sorted(view.bands, reverse=True):
        band = view.bands[level]
        traces += figures.band_traces(
            _dates_from_last_row(view),
            _values_from_last_row(view, band.lower),
            _values_from_last_row(view, band.upper),
            level,
        )
    return traces
