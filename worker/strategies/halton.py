"""Draws that cover a space evenly from the first one on: Halton's sequence, its digits scrambled by the seed.

Each draw alone is as random as any; together they leave no part of a hyperparameter's scale out for long, which
independent draws do (Bergstra and Bengio, Random Search for Hyper-Parameter Optimization, 2012, section 4; Owen,
A randomized Halton algorithm in R, 2017).
"""

from collections.abc import Iterator
from itertools import count, islice
from statistics import median_low

import numpy as np

from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import Parameters, Value
from app.domain.search_space.space import SearchSpace

FINEST = 1e-9  # of a scale: further digits do not matter


def even_draw(space: SearchSpace, seed: int, number: int) -> Parameters | None:
    """The draw for the trial of a number (from 1); None where its values are impossible together."""
    return space.to_parameters(_values(space, seed, number))


def middle_draw(space: SearchSpace, seed: int) -> Parameters | None:
    """The middle of whatever has an order, the rest as in the first even draw; None where that is impossible together.

    People choose ranges around what they believe in, so a search that learns begins there.
    """
    ordered = [
        dimension
        for dimension in space.searched
        if not isinstance(dimension.value_at(0), str | bool)
    ]
    return space.to_parameters(
        _values(space, seed, 1) | {dimension.name: _middle(dimension) for dimension in ordered}
    )


def _values(space: SearchSpace, seed: int, number: int) -> dict[str, Value]:
    bases = islice(_primes(), len(space.searched))
    return {
        dimension.name: _value(dimension, _share(number, base, [seed, place]))
        for place, (dimension, base) in enumerate(zip(space.searched, bases, strict=True))
    }


def _middle(dimension: Dimension) -> Value:
    """The middle of a scale; of an even number of values to choose from the lower one of two."""
    return median_low(dimension.values) if dimension.is_listed else dimension.value_at_fraction(0.5)


def _share(number: int, base: int, seed: list[int]) -> float:
    """Number's digits behind the point, the last one first, each exchanged for another: between 0 and 1."""
    generator, share, weight = np.random.default_rng([*seed, base]), 0.0, 1.0
    while weight > FINEST:
        number, digit = divmod(number, base)
        weight /= base
        share += weight * float(generator.permutation(base)[digit])
    return min(share, 1.0)


def _value(dimension: Dimension, share: float) -> Value:
    """The value at a share of a dimension, each of those that can be counted as likely as any other."""
    if dimension.count and not dimension.is_log:
        return dimension.value_at(min(int(share * dimension.count), dimension.count - 1))
    return dimension.value_at_fraction(share)


def _primes() -> Iterator[int]:
    return (n for n in count(2) if all(n % d for d in range(2, n)))
