"""Numbers and dates in the form a figure takes: thinned, finite and JSON."""

import itertools
from collections.abc import Iterable
from math import isfinite

import numpy as np
from numpy.typing import NDArray

MAX_POINTS = 3000  # of one line: a longer one is thinned, and its extremes are kept


def iso_dates(dates: NDArray[np.datetime64]) -> list[str]:
    """Dates as ISO text, without the time of day where all of them are at midnight."""
    rounded = dates.astype("datetime64[D]")
    is_at_midnight = dates == rounded
    if not is_at_midnight.all():
        rounded = dates.astype("datetime64[s]")
    texts = np.datetime_as_string(rounded)
    return [str(text) for text in texts]


def finite_or_none(values: Iterable[float | None]) -> list[float | None]:
    """Numbers as JSON can hold them. None, a gap in a line, replaces infinity and NaN."""
    results: list[float | None] = []
    for value in values:
        if value is not None and isfinite(value):
            results.append(value)
        else:
            results.append(None)
    return results


def thin_points(lines: NDArray[np.float64], max_points: int = MAX_POINTS) -> NDArray[np.int64]:
    """Choose which points of long lines to draw: the lowest and the highest of each bin.

    `lines` has the shape (lines, points). Returns the sorted indices of the points (columns), all
    of them where there are at most `max_points`.
    """
    n_lines, n_points = lines.shape
    if n_points <= max_points:
        return np.arange(n_points)
    n_bins = max_points // (2 * n_lines)
    edges = np.linspace(0, n_points, n_bins + 1).astype(int)
    indices = {0, n_points - 1}
    for start, end in itertools.pairwise(edges):
        for line in lines:
            values = line[start:end]
            lowest = int(values.argmin())
            highest = int(values.argmax())
            indices.add(start + lowest)
            indices.add(start + highest)
    return np.array(sorted(indices))
