"""The axes of charts in SVG: linear, logarithmic or of dates, with their ticks and titles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import unescape
from math import ceil, floor, isfinite, log10
from typing import Any

import numpy as np
from markupsafe import Markup

from app.web.charts.figures import AXIS_MARGIN, Layout, Trace

WIDTH = 760
HEIGHT = 320
LEFT = 70
RIGHT = WIDTH - 12
TOP = 18
BOTTOM = HEIGHT - 40
N_TICKS = 6
NICE_STEPS = (1, 2, 2.5, 5, 10)
SECONDS_OF_DAY = 86_400
DATES_FROM_DAYS = 4  # days: over less, ticks have the time of day
YEARS_FROM_DAYS = 2_500  # days: over more, ticks are years

Point = tuple[float, float]


@dataclass(frozen=True)
class Axis:
    """From values to places in the drawing. `low` and `high` are logarithms on a log scale."""

    kind: str
    low: float
    high: float
    start: float
    end: float
    title: str = ""
    is_vertical: bool = False

    def place(self, value: Any) -> float | None:
        """Where a value lies; None for what is no number, or cannot be drawn."""
        number = to_number(value, self.kind)
        if number is None:
            return None
        return self._scale(number)

    def draw_grid(self) -> list[Markup]:
        """The lines and labels of the ticks, and the title."""
        parts = []
        for number, label in self._ticks():
            place = self._scale(number)
            if self.is_vertical:
                part = Markup(
                    '<path class="grid" d="M{} {:.1f}H{}"/>'
                    '<text x="{}" y="{:.1f}" text-anchor="end">{}</text>'
                ).format(LEFT, place, RIGHT, LEFT - 7, place + 4, label)
            else:
                part = Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
                    place, BOTTOM + 17, label
                )
            parts.append(part)
        return [*parts, self._draw_title()]

    def _draw_title(self) -> Markup:
        if self.is_vertical:
            middle = (TOP + BOTTOM) / 2
            title = Markup(
                '<text transform="translate(13 {:.1f}) rotate(-90)" text-anchor="middle">{}</text>'
            )
            return title.format(middle, self.title)
        title = Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>')
        return title.format((LEFT + RIGHT) / 2, HEIGHT - 4, self.title)

    def _scale(self, number: float) -> float:
        span = self.high - self.low
        share = (number - self.low) / span if span else 0.5
        return self.start + share * (self.end - self.start)

    def _ticks(self) -> list[tuple[float, str]]:
        if self.kind == "date":
            return _date_ticks(self.low, self.high)
        if self.kind == "log":
            return _log_ticks(self.low, self.high)
        return [(number, f"{number:.6g}") for number in nice_numbers(self.low, self.high)]


def make_axes(traces: Sequence[Trace], layout: Layout) -> tuple[Axis, Axis, Axis]:
    """The x axis, the y axis, and that of marks at the upper edge, for all values drawn."""
    x_kind = layout["xaxis"].get("type", "linear")
    y_kind = layout["yaxis"].get("type", "linear")
    main = [trace for trace in traces if trace.get("yaxis") != "y2"]
    x_low, x_high = _find_range([x for trace in traces for x in trace["x"]], x_kind)
    y_low, y_high = _find_range([y for trace in main for y in trace["y"]], y_kind)
    x_margin = 0.01 * (x_high - x_low)
    y_margin = AXIS_MARGIN * (y_high - y_low)
    x_title = unescape(layout["xaxis"]["title"]["text"])
    y_title = unescape(layout["yaxis"]["title"]["text"])
    x = Axis(x_kind, x_low - x_margin, x_high + x_margin, LEFT, RIGHT, x_title)
    y = Axis(y_kind, y_low - y_margin, y_high + y_margin, BOTTOM, TOP, y_title, is_vertical=True)
    edge = Axis("linear", 0.0, 1.0, BOTTOM, TOP, is_vertical=True)
    return x, y, edge


def to_number(value: Any, kind: str) -> float | None:
    """A value on the scale of an axis: dates in seconds, logarithms on a log scale."""
    if value is None:
        return None
    if kind == "date":
        return float(np.datetime64(value).astype("datetime64[s]").astype(float))
    number = float(value)
    if not isfinite(number) or (kind == "log" and number <= 0):
        return None
    return log10(number) if kind == "log" else number


def nice_numbers(low: float, high: float) -> list[float]:
    """About N_TICKS round numbers from `low` to `high`."""
    span = high - low
    if span <= 0:
        return [low]
    rough = span / N_TICKS
    magnitude = 10.0 ** floor(log10(rough))
    step = next(nice * magnitude for nice in NICE_STEPS if nice * magnitude >= rough * 0.999)
    first = ceil(low / step)
    last = floor(high / step)
    return [index * step for index in range(first, last + 1)]


def _find_range(values: Iterable[Any], kind: str) -> Point:
    numbers = [number for value in values if (number := to_number(value, kind)) is not None]
    if not numbers:
        return 0.0, 1.0
    low = min(numbers)
    high = max(numbers)
    if low == high:
        margin = abs(low) / 2 or 1.0
        return low - margin, high + margin
    return low, high


def _log_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Powers of ten and their double and fivefold; over less than one of ten, round numbers."""
    if high - low < 1:
        numbers = nice_numbers(10**low, 10**high)
    else:
        exponents = range(floor(low), ceil(high) + 1)
        factors = (1, 2, 5) if high - low < 3 else (1,)
        numbers = [factor * 10.0**exponent for exponent in exponents for factor in factors]
    ticks = [(log10(number), f"{number:.4g}") for number in numbers if number > 0]
    return [(place, label) for place, label in ticks if low <= place <= high]


def _date_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Dates at even distances, none of them twice."""
    days = (high - low) / SECONDS_OF_DAY
    labels: dict[str, float] = {}
    for second in np.linspace(low, high, N_TICKS + 1)[1:-1]:
        unit = "m" if days < DATES_FROM_DAYS else "D"
        if days > YEARS_FROM_DAYS:
            unit = "M"
        date = np.datetime64(int(second), "s").astype(f"datetime64[{unit}]")
        text = str(date).replace("T", " ")
        labels.setdefault(text, float(date.astype("datetime64[s]").astype(float)))
    return [(place, text) for text, place in labels.items() if low <= place <= high]
