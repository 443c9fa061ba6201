"""Draws that cover a space evenly from the first one on: Halton's sequence, its digits scrambled by the seed.

Each draw alone is as random as any; together they leave no part of a hyperparameter's scale out for long, which
independent draws do (Bergstra and Bengio, Random Search for Hyper-Parameter Optimization, 2012, section 4; Owen,
A randomized Halton algorithm in R, 2017).
"""

from collections.abc import Iterator
from itertools import count, islice

import numpy as np

from app.domain.dimensions import Dimension
from app.domain.hyperparameters import Parameters, Value
from app.domain.space import SearchSpace

FINEST = 1e-9  # of a scale: further digits do not matter


def even_draw(space: SearchSpace, seed: int, number: int) -> Parameters | None:
    """The draw for the trial of a number (from 1); None where its values are impossible together."""
    bases = islice(_primes(), len(space.searched))
    return space.settle({
        dimension.name: _value(dimension, _share(number, base, [seed, place]))
        for place, (dimension, base) in enumerate(zip(space.searched, bases, strict=True))
    })  # fmt: skip


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
    return dimension.at(share)


def _primes() -> Iterator[int]:
    return (n for n in count(2) if all(n % d for d in range(2, n)))
