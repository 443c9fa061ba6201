"""Charts of a series over time, and of how it is split into its three parts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.split import Split
from app.domain.terms import Part
from app.web.charts import figures
from app.web.charts.figures import Figure, Trace
from app.web.charts.gaps import Gaps, gap_bands
from app.web.charts.numbers import finite_or_none, iso_dates, thin_points

PART_COLOURS = {Part.TRAIN: "chart-1", Part.VALIDATION: "chart-2", Part.TEST: "chart-4"}


@dataclass(frozen=True)
class SeriesNumbers:
    """A series by date, thinned where it is long."""

    dates: list[str]
    values: list[float | None]


@dataclass(frozen=True)
class PartSpan:
    """The rows of one part: how many there are, and the dates of three of them."""

    part: Part
    n_rows: int
    first: str
    middle: str
    last: str


def series_numbers(dates: NDArray[np.datetime64], values: NDArray[np.float64]) -> SeriesNumbers:
    """Choose the points of a series that are drawn."""
    indices = thin_points(values[None, :])
    return SeriesNumbers(
        dates=iso_dates(dates[indices]),
        values=finite_or_none(values[indices].tolist()),
    )


def part_spans(dates: NDArray[np.datetime64], split: Split) -> list[PartSpan]:
    """Find the dates that each part of a series covers, without the parts that have no rows."""
    spans = []
    parts = split.parts(len(dates))
    for part, rows in parts.items():
        if len(rows) == 0:
            continue
        middle_row = (rows.start + rows.stop) // 2
        last_row = rows.stop - 1
        three_dates = dates[[rows.start, middle_row, last_row]]
        first, middle, last = iso_dates(three_dates)
        span = PartSpan(
            part=part,
            n_rows=len(rows),
            first=first,
            middle=middle,
            last=last,
        )
        spans.append(span)
    return spans


def series_figure(
    dates: NDArray[np.datetime64],
    values: NDArray[np.float64],
    target: str,
    gaps: Gaps | None = None,
) -> Figure:
    """Draw a series over time. gaps: the rows before and after each, (gaps, 2)."""
    numbers = series_numbers(dates, values)
    line = figures.line_trace(
        numbers.dates,
        numbers.values,
        target,
        "chart-1",
        width=1.4,
    )
    layout = figures.time_layout(target)
    layout["hovermode"] = "x"
    layout["showlegend"] = False
    layout["margin"]["t"] = 12
    if gaps is not None:
        layout["shapes"] = gap_bands(gaps)
    return {"data": [line], "layout": layout}


def row_figure(row_numbers: NDArray[np.int64], values: NDArray[np.float64], target: str) -> Figure:
    """Draw a series without dates by the numbers of its rows."""
    indices = thin_points(values[None, :])
    line = figures.line_trace(
        row_numbers[indices].tolist(),
        finite_or_none(values[indices].tolist()),
        target,
        "chart-1",
        width=1.4,
    )
    layout = figures.axes_layout("row", target)
    layout["hovermode"] = "x"
    layout["showlegend"] = False
    return {"data": [line], "layout": layout}


def split_figure(
    dates: NDArray[np.datetime64],
    values: NDArray[np.float64],
    target: str,
    split: Split,
    gaps: Gaps | None = None,
    filled_rows: NDArray[np.int64] | None = None,
) -> Figure:
    """Draw a series over time with a band for each of its three parts.

    gaps: where rows are missing, which is shaded. filled_rows: those whose value the file lacks.
    """
    figure = series_figure(dates, values, target, gaps)
    if filled_rows is not None and len(filled_rows):
        figure["data"].append(_mark_filled(dates[filled_rows], values[filled_rows]))
    bands = []
    notes = []
    for span in part_spans(dates, split):
        colour = PART_COLOURS[span.part]
        band = figures.vertical_band(span.first, span.last, colour)
        bands.append(band)
        text = f"{span.part}<br>{span.n_rows:,}"
        note = figures.note_above(span.middle, text)
        notes.append(note)
    layout = figure["layout"]
    layout["shapes"] = [*bands, *layout.get("shapes", ())]
    layout["annotations"] = notes
    layout["margin"]["t"] = 46  # for the notes
    return figure


def _mark_filled(dates: NDArray[np.datetime64], values: NDArray[np.float64]) -> Trace:
    """Points for values that were filled, thinned where there are very many."""
    indices = thin_points(values[None, :])
    return figures.marker_trace(
        iso_dates(dates[indices]),
        values[indices].tolist(),
        "filled",
        {"size": 6, "color": "warm", "symbol": "circle-open"},
        "%{y:.6g}, filled",
    )
