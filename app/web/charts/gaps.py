"""Where rows are missing in a series, as shaded stretches of a chart over time."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.web.charts import figures
from app.web.charts.numbers import iso_dates

MAX_SHADED_GAPS = 100  # the longest ones: hundreds of shapes make a chart slow
Gaps = NDArray[np.datetime64]


def choose_gaps(gaps: Gaps) -> Gaps:
    """The longest of these gaps, the rows before and after each, in their order, (gaps, 2)."""
    if len(gaps) <= MAX_SHADED_GAPS:
        return gaps
    lengths = gaps[:, 1] - gaps[:, 0]
    longest_first = np.argsort(-lengths.astype(np.int64), kind="stable")
    return gaps[np.sort(longest_first[:MAX_SHADED_GAPS])]


def gap_bands(gaps: Gaps) -> list[dict[str, Any]]:
    """The shapes that shade them, each with an edge, so that a short gap is seen too."""
    if not len(gaps):
        return []
    chosen = choose_gaps(gaps)
    moments = iso_dates(chosen.ravel())
    bands = []
    for first_x, last_x in zip(moments[::2], moments[1::2], strict=True):
        band = figures.vertical_band(first_x, last_x, "warm")
        band |= {"opacity": 0.3, "line": {"width": 1, "color": "warm"}, "name": "gap"}
        bands.append(band)
    return bands
