"""Figures with colours in place of the theme's names for them."""

import plotly.graph_objects as go

THEME_NAMES = {f"chart-{number}" for number in range(1, 7)} | {
    "chart-band-80",
    "chart-band-95",
    "chart-crowd",
    "good",
    "warm",
    "bad",
    "faint",
    "ink",
}


def with_real_colours(figure) -> go.Figure:
    """The figure as Plotly accepts it. Raises ValueError where Plotly refuses a part of it."""
    return go.Figure(_replace_names(figure))


def _replace_names(part):
    if isinstance(part, dict):
        return {name: _replace_names(inner) for name, inner in part.items()}
    if isinstance(part, list):
        return [_replace_names(inner) for inner in part]
    if isinstance(part, str) and part in THEME_NAMES:
        return "#123456"
    return part
