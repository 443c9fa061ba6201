"""The cases of a search space: what its deciding hyperparameters can be, values that decide alike taken together.

A hyperparameter decides when others are active only for some of its values, or when not everything goes together
with it. Cases make sizes exact and grids lazy, without looking at every combination.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np

from app.domain.catalogue import CATALOGUE, Value
from app.domain.dimensions import Dimension
from app.domain.hyperparameters import impossible, is_active

PARENTS = frozenset(row.requires[0] for row in CATALOGUE.values() if row.requires)
PARTICULAR = frozenset({"stateful", "shuffle", "output_activation", "scaling"})  # not everything goes with them


@dataclass(frozen=True)
class Alike:
    """Values of one dimension that decide alike: `values` of their own, or all but those."""

    dimension: Dimension
    values: tuple[Value, ...]
    are_excluded: bool = False

    @property
    def count(self) -> int:
        """How many values these are."""
        return self.dimension.count - len(self.values) if self.are_excluded else len(self.values)

    def each(self) -> Iterator[Value]:
        """Every value in order."""
        if not self.are_excluded:
            return iter(self.values)
        return (value for value in self.dimension.each() if value not in self.values)

    def sample(self, generator: np.random.Generator) -> Value:
        """One of these values, all equally likely."""
        return next(islice(self.each(), int(generator.integers(self.count)), None))


@dataclass(frozen=True)
class Case:
    """Active deciding dimensions with the values they may have, and the other dimensions that are then active."""

    deciding: Mapping[str, Alike]
    free: tuple[Dimension, ...]

    @property
    def count(self) -> int:
        """How many combinations it holds; 0 where there are endless many."""
        return math.prod([*(alike.count for alike in self.deciding.values()), *(row.count for row in self.free)])


def is_active_in(dimensions: Mapping[str, Dimension], name: str, values: Mapping[str, object]) -> bool:
    """Whether a dimension plays a part, given values of those it depends on; values left out are defaults."""
    if not is_active(name, values):
        return False
    return all(_holds(dimensions, other, allowed, values) for other, allowed in (dimensions[name].when or {}).items())


def _holds(
    dimensions: Mapping[str, Dimension], other: str, allowed: tuple[Value, ...], values: Mapping[str, object]
) -> bool:
    if other in dimensions and not is_active_in(dimensions, other, values):
        return False
    return is_active(other, values) and values.get(other, CATALOGUE[other].default) in allowed


def cases(dimensions: Mapping[str, Dimension]) -> Iterator[Case]:
    """Every possible case. Dimensions come in an order in which each stands after those it depends on."""
    deciding = _deciding(dimensions)
    rest = [dimension for name, dimension in dimensions.items() if name not in deciding]
    for alikes in _walk(dimensions, list(deciding.items()), {}):
        values = {name: next(alike.each()) for name, alike in alikes.items()}
        if not impossible(values):
            free = tuple(dimension for dimension in rest if is_active_in(dimensions, dimension.name, values))
            yield Case(alikes, free)


def _walk(
    dimensions: Mapping[str, Dimension], waiting: list[tuple[str, list[Alike]]], chosen: dict[str, Alike]
) -> Iterator[dict[str, Alike]]:
    if not waiting:
        yield chosen
        return
    (name, alikes), rest = waiting[0], waiting[1:]
    if not is_active_in(dimensions, name, {other: next(alike.each()) for other, alike in chosen.items()}):
        yield from _walk(dimensions, rest, chosen)
        return
    for alike in alikes:
        yield from _walk(dimensions, rest, {**chosen, name: alike})


def _deciding(dimensions: Mapping[str, Dimension]) -> dict[str, list[Alike]]:
    told: dict[str, dict[Value, None]] = {}
    for dimension in dimensions.values():
        for other, allowed in (dimension.when or {}).items():
            told.setdefault(other, {}).update(dict.fromkeys(allowed))
    return {
        name: _apart(dimension, tuple(told.get(name, ())))
        for name, dimension in dimensions.items()
        if name in told or name in PARENTS or name in PARTICULAR
    }


def _apart(dimension: Dimension, told: tuple[Value, ...]) -> list[Alike]:
    """The values of a dimension: each that a condition tells apart on its own, all others together."""
    if dimension.name in PARENTS or dimension.name in PARTICULAR:
        return [Alike(dimension, (value,)) for value in dimension.each()]
    own = tuple(value for value in told if dimension.contains(value))
    others = Alike(dimension, own, are_excluded=True)
    return [*(Alike(dimension, (value,)) for value in own), *([others] if others.count else [])]
