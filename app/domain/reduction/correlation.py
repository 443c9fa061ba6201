"""How strongly having something goes with worse values: coefficients of a yes-or-no against numbers, and their chance.

`having`: shape (n,), booleans; `values`: shape (n,), finite numbers. Both groups hold at least one. A coefficient is
between -1 and 1, above 0 where those that have it have the larger values; nan where all values are equal.
"""

from collections.abc import Mapping
from math import atan, cos, erfc, pi, sin, sqrt

import numpy as np
from numpy.typing import NDArray

METHODS: Mapping[str, str] = {
    "spearman": "Correlation of ranks: an outlier counts no more than any other bad value.",
    "kendall": "Share of pairs in the right order: the most careful one with few trials.",
    "pearson": "Correlation of the values themselves: a very bad trial weighs much.",
    "correlation": "Talos' name for spearman.",
}
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]


def coefficient(method: str, having: Flags, values: Floats) -> float:
    """The coefficient of one of METHODS. Kendall's is tau-b, which allows for ties."""
    if method == "kendall":
        return _kendall(having, values)
    return _pearson(having, values if method == "pearson" else ranks(values))


def p_value(method: str, having: Flags, values: Floats, found: float) -> float:
    """The two-sided probability of a coefficient at least this far from 0 where nothing is to be found.

    Student's t with n - 2 degrees of freedom; for Kendall's the normal approximation, its variance corrected for ties
    (Kendall, Rank Correlation Methods, 1970). It is the chance of one coefficient, not of the largest of many.
    """
    count = len(values)
    if method == "kendall":
        return erfc(abs(_order(having, values)) / sqrt(2 * _order_variance(having, values)))
    if count < 3:
        return 1.0
    if abs(found) >= 1:
        return 0.0
    return _t_outside(abs(found) * sqrt((count - 2) / (1 - found * found)), count - 2)


def ranks(values: Floats) -> Floats:
    """Ranks from 1, equal values sharing the mean of theirs. Shape as `values`."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    means: Floats = (last - (count - 1) / 2)[place]
    return means


def _pearson(having: Flags, values: Floats) -> float:
    largest = float(np.abs(values).max())
    scaled = (
        values / largest if largest > 1 else values
    )  # squares of the largest numbers there are would overflow
    left, right = having - having.mean(), scaled - scaled.mean()
    spread = sqrt(float(left @ left)) * sqrt(float(right @ right))
    return float(np.clip(left @ right / spread, -1, 1)) if spread > 0 else float("nan")


def _kendall(having: Flags, values: Floats) -> float:
    pairs = len(values) * (len(values) - 1) / 2
    untied = [
        pairs - float((tied * (tied - 1) / 2).sum()) for tied in (_ties(having), _ties(values))
    ]
    spread = sqrt(untied[0]) * sqrt(untied[1])
    return _order(having, values) / spread if spread > 0 else float("nan")


def _order(having: Flags, values: Floats) -> float:
    """Pairs of one that has it and one that has not: those in which it has the larger value minus the others."""
    without, those = np.sort(values[~having]), values[having]
    below = np.searchsorted(without, those, side="left").sum()
    above = len(without) * len(those) - np.searchsorted(without, those, side="right").sum()
    return float(below - above)


def _order_variance(having: Flags, values: Floats) -> float:
    n, x, y = float(len(values)), _ties(having), _ties(values)
    plain = n * (n - 1) * (2 * n + 5) - sum(
        float((t * (t - 1) * (2 * t + 5)).sum()) for t in (x, y)
    )
    twos = float((x * (x - 1)).sum()) * float((y * (y - 1)).sum()) / (2 * n * (n - 1))
    threes = float((x * (x - 1) * (x - 2)).sum()) * float((y * (y - 1) * (y - 2)).sum())
    return plain / 18 + twos + (threes / (9 * n * (n - 1) * (n - 2)) if n > 2 else 0.0)


def _ties(values: NDArray[np.generic]) -> Floats:
    counts: Floats = np.unique(values, return_counts=True)[1].astype(np.float64)
    return counts


def _t_outside(t: float, degrees: int) -> float:
    """P(|T| > t) of Student's t with whole degrees of freedom (Abramowitz and Stegun, 26.7.3 and 26.7.4)."""
    angle = atan(t / sqrt(degrees))
    odd = degrees % 2
    term = total = cos(angle) if odd else 1.0
    for step in range(2 + odd, degrees - 1, 2):
        term *= cos(angle) ** 2 * (step - 1) / step
        total += term
    inside = sin(angle) * total if degrees > 1 else 0.0
    if odd:
        inside = 2 / pi * (angle + inside)
    return min(max(1 - inside, 0.0), 1.0)
