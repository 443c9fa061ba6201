"""A picture of the best value so far against time, one line a search."""

from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from tests.browser.chromium import opened

COLOURS = {"grid": "#52606d", "random": "#b7791f", "tpe": "#0f766e", "gp": "#6d28d9"}
WIDTH = 980
HEIGHT = 520


def draw_searches(report: dict[str, Any]) -> go.Figure:
    """Lines of the first seed: dotted without successive halving, solid with it; the grid solid."""
    seed = report["curves"][0]["seed"]
    figure = go.Figure()
    for curve in report["curves"]:
        if curve["seed"] != seed:
            continue
        sampler, _, pruning = curve["search"].partition(" + ")
        is_solid = pruning or sampler == "grid"
        dash = "solid" if is_solid else "dot"
        figure.add_scatter(
            x=[*curve["seconds"], curve["took"]],
            y=[*curve["best"], curve["best"][-1]],
            name=curve["search"],
            mode="lines",
            line={"shape": "hv", "color": COLOURS[sampler], "dash": dash},
        )
    figure.update_layout(
        template="simple_white",
        width=WIDTH,
        height=HEIGHT,
        margin={"l": 70, "r": 20, "t": 50, "b": 60},
        title=f"Best validation RMSE so far ({report['task']}, seed {seed})",
        xaxis={"title": "seconds since the first trial (log scale)", "type": "log"},
        yaxis={"title": "RMSE in dollars", "type": "log"},
    )
    return figure


def save_searches(report: dict[str, Any], picture: Path) -> None:
    """Write the picture of a task's searches."""
    save_figure(draw_searches(report), picture)


def save_figure(figure: go.Figure, picture: Path) -> None:
    """Write a picture of a figure, taken of a temporary page in Chromium."""
    size = {"width": figure.layout.width, "height": figure.layout.height}
    page_file = picture.with_suffix(".html")
    figure.write_html(page_file, include_plotlyjs=True)
    try:
        with opened() as browser:
            page = browser.new_page(viewport=size)
            page.goto(page_file.as_uri())
            page.locator(".main-svg").first.wait_for()
            page.screenshot(path=picture)
    finally:
        page_file.unlink()
