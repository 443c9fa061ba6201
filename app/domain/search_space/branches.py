"""The branches of a search space: what its deciding dimensions can be, in groups of values.

A dimension is deciding when others are active only for some of its values, or when not all of its
values go together with those of others. Values that make no difference share a group, so that
branches give exact sizes and lazy grids without listing every combination.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.domain.search_space.catalogue import CATALOGUE, Catalogue, Value
from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import incompatibilities, is_active

INTERDEPENDENT = frozenset({"stateful", "shuffle", "output_activation", "scaling"})


@dataclass(frozen=True)
class ValueGroup:
    """Values of one dimension that decide alike: those at `indices`, or all others."""

    dimension: Dimension
    indices: tuple[int, ...]  # ascending where they are excluded
    are_excluded: bool = False

    @property
    def count(self) -> int:
        """How many values the group has."""
        listed = len(self.indices)
        if self.are_excluded:
            return self.dimension.count - listed
        return listed

    def value_at(self, index: int) -> Value:
        """The value at an index from 0 to count - 1."""
        if not self.are_excluded:
            listed = self.indices[index]
            return self.dimension.value_at(listed)
        for excluded in self.indices:
            if index >= excluded:
                index += 1
        return self.dimension.value_at(index)

    def sample(self, generator: np.random.Generator) -> Value:
        """One of the values, all equally likely."""
        count = self.count
        index = int(generator.integers(count))
        return self.value_at(index)


Groups = Mapping[str, ValueGroup]


@dataclass(frozen=True)
class Branch:
    """Active dimensions: the deciding ones with a group of values each, and the free ones."""

    groups: Groups
    free: tuple[Dimension, ...]

    @property
    def active(self) -> dict[str, ValueGroup | Dimension]:
        """Everything that is active, by name."""
        active: dict[str, ValueGroup | Dimension] = dict(self.groups)
        for dimension in self.free:
            active[dimension.name] = dimension
        return active

    @property
    def is_continuous(self) -> bool:
        """It has an unlimited number of combinations."""
        return any(dimension.is_continuous for dimension in self.free)

    @cached_property
    def count(self) -> int:
        """How many combinations it has; 0 where it is continuous."""
        parts = self.active.values()
        counts = [part.count for part in parts]
        return math.prod(counts)

    def values_at(self, index: int) -> dict[str, Value]:
        """The combination at an index from 0 to count - 1; the last dimensions vary fastest."""
        active = self.active
        indices = {}
        for name, part in reversed(active.items()):
            index, indices[name] = divmod(index, part.count)
        values = {}
        for name, part in active.items():
            values[name] = part.value_at(indices[name])
        return values

    def sample(self, generator: np.random.Generator) -> dict[str, Value]:
        """One combination."""
        values = {}
        for name, part in self.active.items():
            values[name] = part.sample(generator)
        return values


def is_dimension_active(
    dimensions: Mapping[str, Dimension], name: str, values: Mapping[str, object]
) -> bool:
    """Whether a dimension is active beside these values; missing ones count as their defaults."""
    dimension = dimensions[name]
    if not is_active(name, values, dimension.catalogue):
        return False
    if dimension.when is None:
        return True
    for other, allowed in dimension.when.items():
        if not _has_value(dimensions, dimension.catalogue, other, allowed, values):
            return False
    return True


def _has_value(
    dimensions: Mapping[str, Dimension],
    catalogue: Catalogue,
    name: str,
    allowed: tuple[Value, ...],
    values: Mapping[str, object],
) -> bool:
    """Whether a hyperparameter is active and has one of the allowed values."""
    if name in dimensions and not is_dimension_active(dimensions, name, values):
        return False
    if not is_active(name, values, catalogue):
        return False
    default = catalogue[name].default
    value = values.get(name, default)
    return value in allowed


def enumerate_branches(
    dimensions: Mapping[str, Dimension], catalogue: Catalogue
) -> Iterator[Branch]:
    """Every possible branch. Each dimension must come after those that it depends on."""
    deciding = _group_deciding_values(dimensions, catalogue)
    others = [dimension for name, dimension in dimensions.items() if name not in deciding]
    all_groups = list(deciding.items())
    for groups in _combine_groups(dimensions, all_groups, {}):
        values = _first_values(groups)
        if incompatibilities(values, catalogue):
            continue
        free = []
        for other in others:
            if is_dimension_active(dimensions, other.name, values):
                free.append(other)
        yield Branch(groups, tuple(free))


def _combine_groups(
    dimensions: Mapping[str, Dimension],
    deciding: list[tuple[str, list[ValueGroup]]],
    chosen: Groups,
) -> Iterator[Groups]:
    """Every combination of one group for each deciding dimension, inactive ones left out."""
    if not deciding:
        yield chosen
        return
    name, groups = deciding[0]
    rest = deciding[1:]
    if not is_dimension_active(dimensions, name, _first_values(chosen)):
        yield from _combine_groups(dimensions, rest, chosen)
        return
    for group in groups:
        yield from _combine_groups(dimensions, rest, {**chosen, name: group})


def _first_values(groups: Groups) -> dict[str, Value]:
    """One value of each group: the others decide alike."""
    values = {}
    for name, group in groups.items():
        values[name] = group.value_at(0)
    return values


def _group_deciding_values(
    dimensions: Mapping[str, Dimension], catalogue: Catalogue
) -> dict[str, list[ValueGroup]]:
    """The groups of each deciding dimension."""
    singled_out = {row.requires[0] for row in catalogue.values() if row.requires}
    if catalogue is CATALOGUE:
        singled_out |= INTERDEPENDENT
    named_values = _values_in_conditions(dimensions)
    groups = {}
    for name, dimension in dimensions.items():
        if name in singled_out:
            groups[name] = _one_value_groups(dimension)
        elif name in named_values:
            groups[name] = _group_values(dimension, named_values[name])
    return groups


def _one_value_groups(dimension: Dimension) -> list[ValueGroup]:
    """Each value in a group of its own."""
    indices = range(dimension.count)
    return [ValueGroup(dimension, (index,)) for index in indices]


def _values_in_conditions(dimensions: Mapping[str, Dimension]) -> dict[str, list[Value]]:
    """The values that conditions name, by hyperparameter, each of them once."""
    values: dict[str, list[Value]] = {}
    for dimension in dimensions.values():
        condition = dimension.when or {}
        for name, allowed in condition.items():
            named_values = values.setdefault(name, [])
            named_values += allowed
    distinct = {}
    for name, named_values in values.items():
        distinct[name] = list(dict.fromkeys(named_values))
    return distinct


def _group_values(dimension: Dimension, named_values: list[Value]) -> list[ValueGroup]:
    """Each value that a condition names in a group of its own, all others in one more group."""
    indices = []
    for value in named_values:
        if dimension.contains(value):
            indices.append(dimension.index_of(value))
    indices.sort()
    groups = [ValueGroup(dimension, (index,)) for index in indices]
    others = ValueGroup(dimension, tuple(indices), are_excluded=True)
    if others.count:
        groups.append(others)
    return groups
