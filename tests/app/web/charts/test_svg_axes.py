"""Axes in SVG: round ticks, dates, and logarithms."""

import pytest

from app.web.charts import figures
from app.web.charts.svg_axes import make_axes, nice_numbers


def labels_of(axis) -> list[str]:
    return [label for _, label in axis._ticks()]


@pytest.mark.parametrize(
    ("low", "high", "numbers"),
    [(0, 10, [0, 2, 4, 6, 8, 10]), (-1, 1, [-1, -0.5, 0, 0.5, 1]), (3, 3, [3])],
)
def test_ticks_are_round_numbers(low, high, numbers):
    assert nice_numbers(low, high) == numbers


def test_dates_are_ticks_once_each():
    dates = ["2020-01-01", "2021-01-01"]
    hours = ["2020-01-01T00:00:00", "2020-01-02T06:00:00"]
    layout = figures.time_layout("y")

    x, _, _ = make_axes([figures.line_trace(dates, [1, 2], "a", "ink")], layout)
    by_hour, _, _ = make_axes([figures.line_trace(hours, [1, 2], "a", "ink")], layout)

    assert len(labels_of(x)) == 5
    assert all(label.startswith("2020-") and len(label) == 10 for label in labels_of(x))
    assert all(len(label) == 16 for label in labels_of(by_hour))
    assert x.place("2020-01-01") < x.place("2020-06-01") < x.place("2021-01-01")


def test_a_logarithmic_axis_has_no_place_for_zero():
    layout = figures.axes_layout("x", "y")
    layout["yaxis"]["type"] = "log"

    _, y, _ = make_axes([figures.line_trace([1, 2, 3], [1, 100, 0], "a", "ink")], layout)

    assert labels_of(y) == ["1", "2", "5", "10", "20", "50", "100"]
    assert y.place(0) is None
    assert y.place(10) == pytest.approx((y.place(1) + y.place(100)) / 2)
