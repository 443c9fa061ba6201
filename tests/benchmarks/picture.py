"""Draws the best value so far against time, one line a search, as a Plotly page and its picture."""

from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from tests.browser.chromium import opened

COLOURS = {"grid": "#52606d", "random": "#b7791f", "tpe": "#0f766e", "gp": "#6d28d9"}
WIDTH, HEIGHT = 980, 520


def figure(report: dict[str, Any]) -> go.Figure:
    """Lines of the first seed: dashed without successive halving, full with it, the grid grey."""
    seed = report["curves"][0]["seed"]
    drawn = go.Figure()
    for curve in (curve for curve in report["curves"] if curve["seed"] == seed):
        sampler, _, pruning = curve["search"].partition(" + ")
        drawn.add_scatter(
            x=[*curve["seconds"], curve["took"]],
            y=[*curve["best"], curve["best"][-1]],
            name=curve["search"],
            mode="lines",
            line={
                "shape": "hv",
                "color": COLOURS[sampler],
                "dash": "solid" if pruning or sampler == "grid" else "dot",
            },
        )
    drawn.update_layout(
        template="simple_white",
        width=WIDTH,
        height=HEIGHT,
        margin={"l": 70, "r": 20, "t": 50, "b": 60},
        title=f"Best validation RMSE so far ({report['task']}, seed {seed})",
        xaxis={"title": "seconds since the first trial (log scale)", "type": "log"},
        yaxis={"title": "RMSE in dollars", "type": "log"},
    )
    return drawn


def save(report: dict[str, Any], picture: Path) -> None:
    """Write the picture of whole searches."""
    shoot(figure(report), picture)


def shoot(drawn: go.Figure, picture: Path) -> None:
    """Write a picture of a figure; the page it is taken of is not kept (it carries all of Plotly)."""
    page_file = picture.with_suffix(".html")
    drawn.write_html(page_file, include_plotlyjs=True)
    try:
        with opened() as browser:
            page = browser.new_page(
                viewport={"width": drawn.layout.width, "height": drawn.layout.height}
            )
            page.goto(page_file.as_uri())
            page.locator(".main-svg").first.wait_for()
            page.screenshot(path=picture)
    finally:
        page_file.unlink()
