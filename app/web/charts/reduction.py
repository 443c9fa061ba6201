"""The chart of a search space that shrinks: a function that returns numbers, and one that draws them."""

from html import escape
from math import isfinite
from typing import Any

from app.domain.reduction.steps import Look, Thinning
from app.web.charts import figures
from app.web.charts.figures import Figure
from app.web.views.reduction_text import look_text

SPREAD = 10  # how many times what is left the whole is before a logarithmic scale shows more
CUT = {"color": "bad", "symbol": "triangle-down", "size": 11}
QUIET = {"color": "chart-3", "symbol": "circle-open", "size": 7}


def reduction_numbers(thinning: Thinning, size: int | None, ended: int) -> dict[str, Any]:
    """What is left by ended trials: combinations, or per cent of the space where they are endless.

    size: combinations before the first look; ended: trials ended by now, to which the last value holds.
    """
    is_counted = size is not None and isfinite(_float(size))
    left = [_float(look.size_after) if is_counted else 100 * look.share for look in thinning.looks]
    whole = _float(size) if is_counted else 100.0
    at = [look.ended for look in thinning.looks]
    return {
        "at": [0, *at, max([ended, *at])],
        "left": [whole, *left, left[-1] if left else whole],
        "looks": list(zip(thinning.looks, left, strict=True)),
        "is_counted": is_counted,
    }


def reduction_figure(thinning: Thinning, size: int | None, ended: int) -> Figure:
    """What is left of the space by trials; each look a mark that says on hover what it dropped and why."""
    numbers = reduction_numbers(thinning, size, ended)
    words = "combinations left" if numbers["is_counted"] else "% of the space left"
    steps = figures.line(numbers["at"], numbers["left"], words, "chart-1")
    steps["line"]["shape"], steps["hoverinfo"] = "hv", "skip"
    del steps["hovertemplate"]
    data = [steps]
    for name, marker, is_cut in (("cut", CUT, True), ("look without a cut", QUIET, False)):
        found = [(look, left) for look, left in numbers["looks"] if look.is_cut is is_cut]
        if found:
            places = [look.ended for look, _ in found], [left for _, left in found]
            marks = figures.marks(*places, name, marker, "%{customdata}<extra></extra>")
            data.append(marks | {"customdata": [_said(look, thinning) for look, _ in found]})
    layout = figures.counted_layout("trials ended", words, numbers["at"][-1])
    layout["yaxis"] |= _scale(numbers["left"])
    return {"data": data, "layout": layout}


def _scale(left: list[float]) -> dict[str, Any]:
    spread = max(left) / min(left)
    if spread <= SPREAD:
        return {"rangemode": "tozero", "tickformat": "~g"}
    return {"type": "log", "tickformat": "~g"} | ({"dtick": "D2"} if spread <= SPREAD**3 else {})


def _said(look: Look, thinning: Thinning) -> str:
    return "<br>".join(escape(sentence, quote=False) for sentence in look_text(look, thinning))


def _float(size: int | None) -> float:
    try:
        return float("inf") if size is None else float(size)
    except OverflowError:
        return float("inf")
