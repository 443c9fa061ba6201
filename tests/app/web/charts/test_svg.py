"""Figures as SVG: every kind of trace that the charts have, thinned, escaped and with a legend."""

import re
from xml.etree import ElementTree

import pytest

from app.web.charts import figures
from app.web.charts.svg import draw_svg


def parsed(figure):
    """The drawing as XML, so that every element of it is closed and every text is escaped."""
    return ElementTree.fromstring(str(draw_svg(figure, "a <label>")))


def figure_of(*traces, **layout):
    made = figures.counting_layout("epoch", "loss & more", 3)
    return {"data": list(traces), "layout": made | layout}


def line(*values, name="a line", **changes):
    x = list(range(1, len(values) + 1))
    return figures.line_trace(x, list(values), name, "chart-1", **changes)


def test_a_line_is_broken_at_its_gaps_and_named_in_the_legend():
    drawn = parsed(figure_of(line(1.0, None, 3.0, 2.0, name="<b>tags</b>", dash="dot")))

    (path,) = [one for one in drawn.iter("path") if one.get("fill") == "none"]
    assert path.get("d").count("M") == 2
    assert path.get("d").count("L") == 1
    assert path.get("style") == "stroke:var(--chart-1)"
    assert path.get("stroke-dasharray") == "2 4"
    assert [item.text or item[0].tail for item in drawn.iter("li")] == ["<b>tags</b>"]
    assert "loss & more" in [text.text for text in drawn.iter("text")]
    assert drawn.find("svg").get("aria-label") == "a <label>"


def test_higher_values_stand_higher_and_later_ones_further_right():
    drawn = parsed(figure_of(line(1.0, 3.0)))

    (path,) = [one for one in drawn.iter("path") if one.get("fill") == "none"]
    first, second = re.findall(r"([\d.]+) ([\d.]+)", path.get("d"))
    assert float(second[0]) > float(first[0])
    assert float(second[1]) < float(first[1])


def test_a_long_line_keeps_its_extremes_and_little_else():
    values = [0.0] * 50_000
    values[20_000] = 9.0
    values[20_001] = -9.0

    text = str(draw_svg(figure_of(line(*values)), ""))

    assert len(text) < 80_000
    (path,) = [part for part in re.findall(r'<path d="([^"]+)"', text) if "L" in part]
    heights = {float(height) for height in re.findall(r" ([\d.]+)", path)}
    assert len(heights) == 3


def test_bands_marks_lines_and_notes_are_drawn():
    band = figures.band_traces([1, 2], [1.0, 1.0], [2.0, 3.0], 0.8)
    cross = figures.marker_trace([2], [0.97], "failed", {"color": "bad", "symbol": "x"}, "")
    dots = figures.marker_trace([1, 1], [1.0, 1.0], "done", {"color": "good", "size": 8}, "")
    hidden = figures.marker_trace([1], [1.0], "hidden", {"color": "good"}, "") | {"visible": False}
    drawn = parsed(
        figure_of(
            *band,
            cross | {"yaxis": "y2"},
            dots,
            hidden,
            shapes=[figures.vertical_line(2, "good")],
            annotations=[figures.note_above(2, "best epoch 2")],
        )
    )

    styles = [path.get("style") for path in drawn.iter("path")]
    assert "fill:var(--chart-band-80)" in styles
    assert styles.count("stroke:var(--good)") == 2  # the line of the shape, and the dots
    assert [one.get("d").count("M") for one in drawn.iter("path") if one.get("opacity")] == [1, 1]
    assert "best epoch 2" in [text.text for text in drawn.iter("text")]
    assert [item[0].tail for item in drawn.iter("li")] == ["80 % band", "failed", "done"]


def test_an_empty_figure_is_its_sentence():
    drawn = draw_svg(figures.empty_figure("No trial has <begun> yet."), "")

    assert drawn == '<p class="faint">No trial has &lt;begun&gt; yet.</p>'


def test_a_colour_that_is_no_name_gets_nowhere():
    trace = line(1.0, 2.0)
    trace["line"]["color"] = 'red"/><script>'

    assert "script" not in str(draw_svg(figure_of(trace), ""))


@pytest.mark.parametrize("values", [(5.0,), (5.0, 5.0), (0.0, 0.0), (None, None)])
def test_a_line_without_a_range_is_drawn_all_the_same(values):
    assert parsed(figure_of(line(*values))).find("svg") is not None
