"""Draws that cover a space evenly from the first one on: a scrambled Halton sequence.

Each draw alone is as random as any. Together they leave no part of a hyperparameter's scale out
for long, as independent draws do (Bergstra and Bengio, Random Search for Hyper-Parameter
Optimization, 2012, section 4). The seed permutes the digits (Owen, A randomized Halton algorithm
in R, 2017).
"""

from collections.abc import Iterator
from itertools import count
from statistics import median_low

import numpy as np

from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import Parameters, Value
from app.domain.search_space.space import SearchSpace

SMALLEST_DIGIT_WEIGHT = 1e-9  # of a scale from 0 to 1: further digits do not matter


def even_draw(space: SearchSpace, seed: int, number: int) -> Parameters | None:
    """The draw for the trial with a number from 1; None if its values are invalid together."""
    values = _draw_values(space, seed, number)
    return space.to_parameters(values)


def middle_draw(space: SearchSpace, seed: int) -> Parameters | None:
    """The middle of every dimension that has an order, the rest from the first even draw.

    People choose ranges around what they believe in, so a search that learns begins there.
    None if the values are invalid together.
    """
    values = _draw_values(space, seed, 1)
    for dimension in space.searched:
        if _is_ordered(dimension):
            values[dimension.name] = _middle_value(dimension)
    return space.to_parameters(values)


def _draw_values(space: SearchSpace, seed: int, number: int) -> dict[str, Value]:
    primes = _primes()
    values: dict[str, Value] = {}
    for index, dimension in enumerate(space.searched):
        base = next(primes)
        seeds = [seed, index]
        fraction = _halton_fraction(number, base, seeds)
        values[dimension.name] = _value_at_fraction(dimension, fraction)
    return values


def _is_ordered(dimension: Dimension) -> bool:
    first = dimension.value_at(0)
    is_category = isinstance(first, str | bool)
    return not is_category


def _middle_value(dimension: Dimension) -> Value:
    """The middle of a scale; the lower middle one of an even number of listed values."""
    if dimension.is_listed:
        return median_low(dimension.values)
    return dimension.value_at_fraction(0.5)


def _halton_fraction(number: int, base: int, seed: list[int]) -> float:
    """The radical inverse of a number, its digits permuted: between 0 and 1."""
    generator = np.random.default_rng([*seed, base])
    fraction = 0.0
    weight = 1.0
    while weight > SMALLEST_DIGIT_WEIGHT:
        number, digit = divmod(number, base)
        weight /= base
        permutation = generator.permutation(base)
        fraction += weight * float(permutation[digit])
    return min(fraction, 1.0)


def _value_at_fraction(dimension: Dimension, fraction: float) -> Value:
    """The value at a fraction of a dimension's scale; countable values are equally likely."""
    count = dimension.count
    if count == 0 or dimension.is_log:
        return dimension.value_at_fraction(fraction)
    last = count - 1
    index = int(fraction * count)
    return dimension.value_at(min(index, last))


def _primes() -> Iterator[int]:
    for number in count(2):
        smaller = range(2, number)
        if all(number % divisor for divisor in smaller):
            yield number
