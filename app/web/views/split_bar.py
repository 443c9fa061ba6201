"""A series as a small line, with its train, validation and test parts as a bar behind it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from app.domain.csv_reading.series import Floats
from app.schemas import SplitRequest
from app.services import datasets
from app.web.charts.numbers import thin_points
from app.web.charts.series import part_spans
from app.web.forms.experiment import find_dataset
from app.web.forms.labels import PARTS

MAX_LINE_POINTS = 300
HEIGHT = 28  # of the drawing, whose width is 100, as the parts are in percent
MARGIN = 3


@dataclass(frozen=True)
class BarPart:
    """One part: where it begins and how wide it is, in percent; its number of rows, its dates."""

    name: str
    start: float
    width: float
    rows: str
    dates: str


@dataclass(frozen=True)
class SplitBar:
    """What the page draws. line: the points of an SVG polyline; no parts where none add up."""

    line: str = ""
    parts: tuple[BarPart, ...] = ()


def describe_split(session: Session, fields: Mapping[str, str]) -> SplitBar:
    """The chosen dataset and the split that the fields of a form say."""
    dataset = find_dataset(session, fields)
    if dataset is None:
        return SplitBar()
    series = datasets.series(session, dataset)
    line = draw_line(series.target_values)
    split = _read_split(fields)
    if split is None:
        return SplitBar(line)
    parts = []
    start = 0.0
    for span in part_spans(series.dates, split.to_split()):
        width = 100 * getattr(split, span.part.value)
        rows = f"{span.n_rows:,} rows"
        dates = f"{span.first} to {span.last}"
        parts.append(BarPart(span.part.value, round(start, 3), round(width, 3), rows, dates))
        start += width
    return SplitBar(line, tuple(parts))


def draw_line(values: Floats) -> str:
    """The points of a line that fills the drawing, thinned to its extremes."""
    indices = thin_points(values[None, :], MAX_LINE_POINTS)
    chosen = values[indices]
    across = 100 * indices / max(1, len(values) - 1)
    spread = np.ptp(chosen) or 1.0
    heights = HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (chosen - chosen.min()) / spread
    points = zip(across, heights, strict=True)
    return " ".join(f"{x:.4g},{y:.3g}" for x, y in points)


def _read_split(fields: Mapping[str, str]) -> SplitRequest | None:
    try:
        fractions = {part: float(fields.get(part, "")) / 100 for part in PARTS}
        return SplitRequest(**fractions)
    except ValueError:
        return None
