"""The cases of a search space: what its deciding hyperparameters can be, values that decide alike taken together.

A hyperparameter decides when others are active only for some of its values, or when not everything goes together
with it. Cases make sizes exact and grids lazy, without looking at every combination.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.domain.search_space.catalogue import CATALOGUE, Catalogue, Value
from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import impossible, is_active

PARTICULAR = frozenset(
    {"stateful", "shuffle", "output_activation", "scaling"}
)  # not everything goes with them


@dataclass(frozen=True)
class Alike:
    """Values of one dimension that decide alike: those at `places`, or all but those."""

    dimension: Dimension
    places: tuple[int, ...]  # rising where they are left out
    are_left_out: bool = False

    @property
    def count(self) -> int:
        """How many values these are."""
        return self.dimension.count - len(self.places) if self.are_left_out else len(self.places)

    def value_at(self, place: int) -> Value:
        """The value at a place from 0 to count - 1."""
        if not self.are_left_out:
            return self.dimension.value_at(self.places[place])
        for left_out in self.places:
            place += place >= left_out
        return self.dimension.value_at(place)

    def sample(self, generator: np.random.Generator) -> Value:
        """One of these values, all equally likely."""
        return self.value_at(int(generator.integers(self.count)))


@dataclass(frozen=True)
class Case:
    """Active deciding dimensions with the values they may have, and the other dimensions that are then active."""

    deciding: Mapping[str, Alike]
    free: tuple[Dimension, ...]

    @property
    def counted(self) -> dict[str, Alike | Dimension]:
        """Everything that is active, by name."""
        return {**self.deciding, **{dimension.name: dimension for dimension in self.free}}

    @property
    def is_endless(self) -> bool:
        """It holds endless many combinations."""
        return any(dimension.is_continuous for dimension in self.free)

    @cached_property
    def count(self) -> int:
        """How many combinations it holds, where they can be counted."""
        return math.prod(row.count for row in self.counted.values())

    def values_at(self, place: int) -> dict[str, Value]:
        """The combination at a place from 0 to count - 1; the last dimensions vary fastest."""
        places = {}
        for name, row in reversed(self.counted.items()):
            place, places[name] = divmod(place, row.count)
        return {name: row.value_at(places[name]) for name, row in self.counted.items()}

    def sample(self, generator: np.random.Generator) -> dict[str, Value]:
        """One combination."""
        return {name: row.sample(generator) for name, row in self.counted.items()}


def is_active_in(
    dimensions: Mapping[str, Dimension], name: str, values: Mapping[str, object]
) -> bool:
    """Whether a dimension plays a part, given values of those it depends on; values left out are defaults."""
    if not is_active(name, values, dimensions[name].catalogue):
        return False
    when = dimensions[name].when
    return when is None or all(
        _holds(dimensions, dimensions[name].catalogue, other, allowed, values)
        for other, allowed in when.items()
    )


def _holds(
    dimensions: Mapping[str, Dimension],
    catalogue: Catalogue,
    other: str,
    allowed: tuple[Value, ...],
    values: Mapping[str, object],
) -> bool:
    if other in dimensions and not is_active_in(dimensions, other, values):
        return False
    return (
        is_active(other, values, catalogue)
        and values.get(other, catalogue[other].default) in allowed
    )


def cases(dimensions: Mapping[str, Dimension], catalogue: Catalogue) -> Iterator[Case]:
    """Every possible case. Dimensions come in an order in which each stands after those it depends on."""
    deciding = _deciding(dimensions, catalogue)
    rest = [dimension for name, dimension in dimensions.items() if name not in deciding]
    for alikes in _walk(dimensions, list(deciding.items()), {}):
        values = {name: alike.value_at(0) for name, alike in alikes.items()}
        if not impossible(values, catalogue):
            free = tuple(
                dimension for dimension in rest if is_active_in(dimensions, dimension.name, values)
            )
            yield Case(alikes, free)


def _walk(
    dimensions: Mapping[str, Dimension],
    waiting: list[tuple[str, list[Alike]]],
    chosen: dict[str, Alike],
) -> Iterator[dict[str, Alike]]:
    if not waiting:
        yield chosen
        return
    (name, alikes), rest = waiting[0], waiting[1:]
    if not is_active_in(
        dimensions, name, {other: alike.value_at(0) for other, alike in chosen.items()}
    ):
        yield from _walk(dimensions, rest, chosen)
        return
    for alike in alikes:
        yield from _walk(dimensions, rest, {**chosen, name: alike})


def _deciding(dimensions: Mapping[str, Dimension], catalogue: Catalogue) -> dict[str, list[Alike]]:
    particular = PARTICULAR if catalogue is CATALOGUE else frozenset()
    one_by_one = particular | {row.requires[0] for row in catalogue.values() if row.requires}
    told: dict[str, dict[Value, None]] = {}
    for dimension in dimensions.values():
        for other, allowed in (dimension.when or {}).items():
            told.setdefault(other, {}).update(dict.fromkeys(allowed))
    return {
        name: _apart(dimension, tuple(told.get(name, ())), one_by_one=name in one_by_one)
        for name, dimension in dimensions.items()
        if name in told or name in one_by_one
    }


def _apart(dimension: Dimension, told: tuple[Value, ...], *, one_by_one: bool) -> list[Alike]:
    """The values of a dimension: each that a condition tells apart on its own, all others together."""
    if one_by_one:
        return [Alike(dimension, (place,)) for place in range(dimension.count)]
    own = sorted(dimension.place_of(value) for value in told if dimension.contains(value))
    others = Alike(dimension, tuple(own), are_left_out=True)
    return [*(Alike(dimension, (place,)) for place in own), *([others] if others.count else [])]
