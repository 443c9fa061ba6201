"""How strongly having a value goes with worse objectives: coefficients and their p-values.

`has_value`: shape (trials,), booleans, with at least one of each. `values`: shape (trials,), finite
numbers. A coefficient is between -1 and 1. It is above 0 where trials that have the value have the
larger numbers, and nan where all numbers are equal.
"""

from collections.abc import Mapping
from math import atan, cos, erfc, nan, pi, sin, sqrt

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


def coefficient(method: str, has_value: Flags, values: Floats) -> float:
    """The coefficient of one of METHODS. Kendall's is tau-b, which allows for ties."""
    if method == "kendall":
        return _kendall_tau_b(has_value, values)
    if method == "pearson":
        return _pearson(has_value, values)
    return _pearson(has_value, ranks(values))


def p_value(method: str, has_value: Flags, values: Floats, coefficient: float) -> float:
    """The two-sided probability of a coefficient at least this far from 0 by chance.

    Student's t distribution with n - 2 degrees of freedom. For Kendall's tau the normal
    approximation, its variance corrected for ties (Kendall, Rank Correlation Methods, 1970).
    It holds for a single coefficient, not for the largest of many.
    """
    n = len(values)
    if method == "kendall":
        difference = abs(_order_difference(has_value, values))
        variance = _order_variance(has_value, values)
        return erfc(difference / sqrt(2 * variance))
    if n < 3:
        return 1.0
    if abs(coefficient) >= 1:
        return 0.0
    degrees = n - 2
    unexplained = 1 - coefficient * coefficient
    t = abs(coefficient) * sqrt(degrees / unexplained)
    return _two_sided_t_probability(t, degrees)


def ranks(values: Floats) -> Floats:
    """Ranks from 1, shape (trials,); equal values share the mean of theirs."""
    _, group_of_value, counts = np.unique(
        values,
        return_inverse=True,
        return_counts=True,
    )
    last_ranks = np.cumsum(counts)
    mean_ranks: Floats = last_ranks - (counts - 1) / 2
    return mean_ranks[group_of_value]


def _pearson(has_value: Flags, values: Floats) -> float:
    largest = float(np.abs(values).max())
    if largest > 1:  # squares of the largest floats would overflow
        values = values / largest
    fraction = has_value.mean()
    left = has_value - fraction
    right = values - values.mean()
    left_norm = sqrt(float(left @ left))
    right_norm = sqrt(float(right @ right))
    spread = left_norm * right_norm
    if spread == 0:
        return nan
    correlation = left @ right / spread
    return float(np.clip(correlation, -1, 1))


def _kendall_tau_b(has_value: Flags, values: Floats) -> float:
    n = len(values)
    n_pairs = n * (n - 1) / 2
    untied_flags = n_pairs - _count_tied_pairs(has_value)
    untied_values = n_pairs - _count_tied_pairs(values)
    spread = sqrt(untied_flags) * sqrt(untied_values)
    if spread == 0:
        return nan
    difference = _order_difference(has_value, values)
    return difference / spread


def _order_difference(has_value: Flags, values: Floats) -> float:
    """Of all pairs of a trial with the value and one without, how many more are in order.

    In order means that the trial with the value has the larger number.
    """
    without = np.sort(values[~has_value])
    with_value = values[has_value]
    n_smaller = np.searchsorted(without, with_value, side="left")
    n_not_larger = np.searchsorted(without, with_value, side="right")
    n_pairs = len(without) * len(with_value)
    in_order = int(n_smaller.sum())
    in_reverse = n_pairs - int(n_not_larger.sum())
    return float(in_order - in_reverse)


def _order_variance(has_value: Flags, values: Floats) -> float:
    """The variance of `_order_difference` by chance, corrected for ties."""
    n = float(len(values))
    x = _group_sizes(has_value)
    y = _group_sizes(values)
    without_ties = n * (n - 1) * (2 * n + 5)
    correction = _tie_correction(x) + _tie_correction(y)
    plain = without_ties - correction
    pairs = _count_ordered_pairs(x) * _count_ordered_pairs(y) / (2 * n * (n - 1))
    triples = 0.0
    if n > 2:
        product = _count_ordered_triples(x) * _count_ordered_triples(y)
        triples = product / (9 * n * (n - 1) * (n - 2))
    return plain / 18 + pairs + triples


def _tie_correction(sizes: Floats) -> float:
    """What groups of equal values take from 18 times the variance."""
    corrections = sizes * (sizes - 1) * (2 * sizes + 5)
    return float(corrections.sum())


def _count_ordered_pairs(sizes: Floats) -> float:
    pairs = sizes * (sizes - 1)
    return float(pairs.sum())


def _count_ordered_triples(sizes: Floats) -> float:
    triples = sizes * (sizes - 1) * (sizes - 2)
    return float(triples.sum())


def _count_tied_pairs(values: NDArray[np.generic]) -> float:
    sizes = _group_sizes(values)
    pairs = sizes * (sizes - 1) / 2
    return float(pairs.sum())


def _group_sizes(values: NDArray[np.generic]) -> Floats:
    """How many values are equal, for each distinct value."""
    _, counts = np.unique(values, return_counts=True)
    sizes: Floats = counts.astype(np.float64)
    return sizes


def _two_sided_t_probability(t: float, degrees: int) -> float:
    """P(|T| > t) of Student's t distribution with whole degrees of freedom.

    Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
    """
    angle = atan(t / sqrt(degrees))
    is_odd = degrees % 2
    term = cos(angle) if is_odd else 1.0
    total = term
    first_step = 2 + is_odd
    for step in range(first_step, degrees - 1, 2):
        term *= cos(angle) ** 2 * (step - 1) / step
        total += term
    inside = 0.0
    if degrees > 1:
        inside = sin(angle) * total
    if is_odd:
        inside = 2 / pi * (angle + inside)
    outside = 1 - inside
    return min(max(outside, 0.0), 1.0)
