"""Compared trials are told apart without their colours, and the pinned one at first sight."""

from app.web.charts import figures
from app.web.charts.compared_lines import STYLES, choose_style, style_trace


def test_each_trial_has_a_dash_and_a_marker_of_its_own():
    assert len({style.dash for style in STYLES}) == len(STYLES)
    assert len({style.symbol for style in STYLES}) == len(STYLES)


def test_a_pinned_line_is_thick_and_solid_and_each_line_is_named_at_its_end():
    pinned = figures.line_trace([1, 2], [3.0, 4.0], "trial 2 (baseline)", "ink")
    other = figures.line_trace([1, 2], [3.0, 4.0], "trial 3", "ink")

    style_trace(pinned, 1, is_pinned=True)
    style_trace(other, 2)

    assert pinned["line"]["dash"] == "solid"
    assert pinned["line"]["width"] > 2 * other["line"]["width"]
    assert pinned["marker"]["symbol"] == choose_style(1).symbol
    assert other["line"]["dash"] == choose_style(2).dash != "solid"
    assert other["meta"] == {"label": "trial 3"}
