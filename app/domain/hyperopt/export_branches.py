"""The branches that the conditions of a search space make in hyperopt code."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.search_space.catalogue import Value
from app.domain.search_space.dimensions import Condition, Dimension
from app.domain.search_space.space import SearchSpace

MAX_LISTED_VALUES = 1000  # of a range that has to be written value by value
NO_CONDITION: Condition = {}


class HyperoptExportError(ValueError):
    """Why a space cannot be written as hyperopt code, in words."""


@dataclass(frozen=True)
class Branch:
    """Values of a deciding dimension, and the dimensions that are active with all of them."""

    values: list[Value]
    dimensions: list[Dimension]


def add_deciding_dimensions(space: SearchSpace) -> list[Dimension]:
    """The dimensions, and fixed ones for hyperparameters that only conditions name.

    What the catalogue says of a hyperparameter, that it requires a number of layers, is added to
    its condition: in hyperopt, nothing else would say so. A constant that decides nothing can do
    without.
    """
    dimensions = dict(space.dimensions)
    deciding = set(_names_in_conditions(list(dimensions.values())))
    unchecked = [*dimensions, *deciding]
    while unchecked:
        name = unchecked.pop()
        if name not in dimensions:
            dimensions[name] = _default_dimension(space, name)
        dimension = dimensions[name]
        requires = space.catalogue[name].requires
        is_plain_constant = dimension.count == 1 and name not in deciding
        if requires is None or is_plain_constant:
            continue
        parent, minimum = requires
        if parent not in dimensions:
            dimensions[parent] = _default_dimension(space, parent)
        condition = _condition(dimension)
        allowed = condition.get(parent) or list_values(dimensions[parent])
        sufficient = _values_from(allowed, minimum)
        dimensions[name] = replace(dimension, when={**condition, parent: sufficient})
    return list(dimensions.values())


def group_connected(dimensions: Sequence[Dimension]) -> list[list[Dimension]]:
    """The dimensions in groups that no condition links, in the order of their first members."""
    groups: list[list[Dimension]] = []
    for dimension in dimensions:
        names = _linked_names(dimension)
        linked = [group for group in groups if _is_linked(group, names)]
        if not linked:
            groups.append([dimension])
            continue
        first = groups.index(linked[0])
        joined: list[Dimension] = []
        for group in linked:
            joined += group
        joined.append(dimension)
        groups = [group for group in groups if group not in linked]
        groups.insert(first, joined)
    return groups


def find_decider(group: Sequence[Dimension]) -> Dimension | None:
    """The first unconditional dimension that others depend on."""
    names = _names_in_conditions(group)
    for dimension in group:
        if not dimension.when and dimension.name in names:
            return dimension
    return None


def split_into_branches(decider: Dimension, others: Sequence[Dimension]) -> list[Branch]:
    """A branch for each different set of dimensions that the decider's values allow."""
    values_by_allowed: dict[tuple[bool, ...], list[Value]] = {}
    for value in list_values(decider):
        allowed = tuple(_allows(other, decider.name, value) for other in others)
        branch_values = values_by_allowed.setdefault(allowed, [])
        branch_values.append(value)
    branches = []
    for allowed, values in values_by_allowed.items():
        remaining = []
        for other, is_allowed in zip(others, allowed, strict=True):
            if is_allowed:
                unconditional = _without_condition_on(other, decider.name)
                remaining.append(unconditional)
        active = _drop_never_active(remaining, others)
        branches.append(Branch(values, active))
    return branches


def list_values(dimension: Dimension) -> list[Value]:
    """Every value of a dimension. Raises HyperoptExportError where there are too many."""
    if not 0 < dimension.count <= MAX_LISTED_VALUES:
        raise HyperoptExportError(
            f"Others depend on {dimension.name}, which has too many values for branches."
        )
    return [dimension.value_at(index) for index in range(dimension.count)]


def _default_dimension(space: SearchSpace, name: str) -> Dimension:
    default = space.catalogue[name].default
    return Dimension(
        name,
        "fixed",
        values=(default,),
        catalogue=space.catalogue,
    )


def _values_from(values: Sequence[Value], minimum: int) -> tuple[Value, ...]:
    """Those of the values that are at least the minimum."""
    enough = []
    for value in values:
        if isinstance(value, int) and value >= minimum:
            enough.append(value)
    return tuple(enough)


def _is_linked(group: Sequence[Dimension], names: set[str]) -> bool:
    """Whether a group has a dimension that is, or depends on, one of these names."""
    linked_names: set[str] = set()
    for dimension in group:
        linked_names |= _linked_names(dimension)
    return not linked_names.isdisjoint(names)


def _linked_names(dimension: Dimension) -> set[str]:
    """The names of a dimension and of those in its condition."""
    condition = _condition(dimension)
    return {dimension.name, *condition}


def _allows(dimension: Dimension, name: str, value: Value) -> bool:
    """Whether a dimension can be active while another hyperparameter has a value."""
    condition = _condition(dimension)
    if name not in condition:
        return True
    return value in condition[name]


def _drop_never_active(
    remaining: Sequence[Dimension], before: Sequence[Dimension]
) -> list[Dimension]:
    """The remaining dimensions without those that depend on one that was there before."""
    gone = {dimension.name for dimension in before}
    gone -= {dimension.name for dimension in remaining}
    kept = []
    for dimension in remaining:
        if gone.isdisjoint(_condition(dimension)):
            kept.append(dimension)
    if len(kept) == len(remaining):
        return kept
    return _drop_never_active(kept, before)


def _without_condition_on(dimension: Dimension, name: str) -> Dimension:
    condition = dict(_condition(dimension))
    condition.pop(name, None)
    return replace(
        dimension,
        when=condition or None,
    )


def _names_in_conditions(dimensions: Sequence[Dimension]) -> list[str]:
    names: list[str] = []
    for dimension in dimensions:
        names += _condition(dimension)
    return names


def _condition(dimension: Dimension) -> Condition:
    return dimension.when or NO_CONDITION
