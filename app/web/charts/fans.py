"""Charts of the forecasts of several rows from a few origins, over what happened."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from app.domain.bands import Band
from app.services.several_steps import Floats, StepForecasts
from app.web.charts import figures
from app.web.charts.figures import Figure, Layout, Trace
from app.web.charts.numbers import finite_or_none, thin_points

MIN_ROWS_BEFORE = 8  # actual rows that are drawn before a short forecast
MAX_FRACTION = 0.75  # of a part: a chart of less than that leaves the rows in between out
Stretch = tuple[int, int]  # rows, from the first to the one after the last


def fans_figure(
    forecasts: StepForecasts,
    indices: Sequence[int],
    bands: Mapping[float, Band],
    target: str,
) -> Figure:
    """Draw what was forecast from a few origins over what happened.

    bands: by level, (indices, horizon). A chart of a few short forecasts in a long part leaves out
    the rows between them.
    """
    stretches = choose_stretches(forecasts, indices)
    traces = _draw_bands(forecasts, indices, bands)
    traces.append(_draw_actual(forecasts, stretches))
    traces += _draw_fans(forecasts, indices)
    traces.append(_draw_origins(forecasts, indices))
    return {"data": traces, "layout": _layout(forecasts, stretches, target)}


def choose_stretches(forecasts: StepForecasts, indices: Sequence[int]) -> list[Stretch]:
    """The rows that are drawn: those around each forecast; all between, where these are few."""
    n_before = max(MIN_ROWS_BEFORE, forecasts.horizon)
    n_rows = len(forecasts.all_dates)
    stretches: list[Stretch] = []
    for index in sorted(indices):
        origin = forecasts.first_rows[index]
        start = max(0, origin - n_before)
        end = min(n_rows, origin + forecasts.horizon + n_before // 2)
        if stretches and start <= stretches[-1][1]:
            start, _ = stretches.pop()
        stretches.append((start, end))
    n_drawn = sum(end - start for start, end in stretches)
    n_between = stretches[-1][1] - stretches[0][0]
    if n_drawn >= MAX_FRACTION * n_between:
        return [(stretches[0][0], stretches[-1][1])]
    return stretches


def _draw_actual(forecasts: StepForecasts, stretches: Sequence[Stretch]) -> Trace:
    dates: list[str] = []
    values: list[float | None] = []
    for start, end in stretches:
        rows = start + thin_points(forecasts.values[None, start:end])
        if dates:  # a gap in the line
            dates += _iso_dates(forecasts, np.array([start]))
            values.append(None)
        dates += _iso_dates(forecasts, rows)
        values += finite_or_none(forecasts.values[rows].tolist())
    return figures.line_trace(dates, values, "actual", "chart-1", width=1.6)


def _draw_fans(forecasts: StepForecasts, indices: Sequence[int]) -> list[Trace]:
    """A line each from the last known value on. Hovering over it says its origin and its step."""
    traces: list[Trace] = []
    for index in indices:
        rows = _fan_rows(forecasts, index)
        trace = figures.line_trace(
            _iso_dates(forecasts, rows),
            _from_last_known(forecasts, index, forecasts.predicted[index]),
            f"forecasts of {forecasts.horizon} rows",
            "chart-2",
            width=2,
            with_dots=False,
        )
        known_until = _known_until(forecasts, index)
        trace |= {
            "legendgroup": "forecast",
            "showlegend": not traces,
            "customdata": list(range(forecasts.horizon + 1)),
            "hovertemplate": (
                f"%{{x}}: %{{y:.6g}}<br>%{{customdata}} rows ahead of {known_until}<extra></extra>"
            ),
        }
        traces.append(trace)
    return traces


def _draw_origins(forecasts: StepForecasts, indices: Sequence[int]) -> Trace:
    rows = np.array([forecasts.first_rows[index] - 1 for index in indices])
    return figures.marker_trace(
        _iso_dates(forecasts, rows),
        finite_or_none(forecasts.values[rows].tolist()),
        "last known row",
        {"color": "ink", "symbol": "circle", "size": 8},
        "forecast from %{x}<br>last known value: %{y:.6g}<extra></extra>",
    )


def _draw_bands(
    forecasts: StepForecasts, indices: Sequence[int], bands: Mapping[float, Band]
) -> list[Trace]:
    """The widest first, behind the lines; one entry of the legend for all of a level."""
    traces: list[Trace] = []
    for level in sorted(bands, reverse=True):
        is_first = True
        for position, index in enumerate(indices):
            lower = bands[level].lower[position]
            upper = bands[level].upper[position]
            if not np.isfinite(upper).all():
                continue
            pair = figures.band_traces(
                _iso_dates(forecasts, _fan_rows(forecasts, index)),
                _from_last_known(forecasts, index, lower),
                _from_last_known(forecasts, index, upper),
                level,
            )
            pair[1] |= {"showlegend": is_first, "hoverinfo": "skip"}
            del pair[1]["hovertemplate"]
            is_first = False
            traces += pair
    return traces


def _layout(forecasts: StepForecasts, stretches: Sequence[Stretch], target: str) -> Layout:
    layout = figures.time_layout(target)
    layout["hovermode"] = "closest"
    if len(stretches) > 1:
        breaks = []
        lines = []
        for (_, end), (start, _) in pairwise(stretches):
            first, last = _iso_dates(forecasts, np.array([end - 1, start]))
            breaks.append({"bounds": [first, last]})
            lines.append(figures.vertical_line(last, "faint"))
        layout["xaxis"]["rangebreaks"] = breaks
        layout["shapes"] = lines
    return layout


def _fan_rows(forecasts: StepForecasts, index: int) -> np.ndarray:
    """The last known row, and those that are forecast."""
    origin = forecasts.first_rows[index]
    return np.arange(origin - 1, origin + forecasts.horizon)


def _from_last_known(forecasts: StepForecasts, index: int, values: Floats) -> list[float | None]:
    last_known = forecasts.values[forecasts.first_rows[index] - 1]
    return finite_or_none(np.append(last_known, values).tolist())


def _known_until(forecasts: StepForecasts, index: int) -> str:
    """The date of the last known row, as people write it."""
    row = np.array([forecasts.first_rows[index] - 1])
    return _iso_dates(forecasts, row)[0].replace("T", " ").removesuffix(":00")


def _iso_dates(forecasts: StepForecasts, rows: np.ndarray) -> list[str]:
    """Dates that all have a time of day, or none."""
    dates = forecasts.all_dates[rows].astype(f"datetime64[{forecasts.date_unit}]")
    texts = np.datetime_as_string(dates)
    return [str(text) for text in texts]
