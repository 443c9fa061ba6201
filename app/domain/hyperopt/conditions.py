"""The conditions of all branches in one condition for each hyperparameter, as short as possible."""

from collections.abc import Mapping, Sequence

from app.domain.search_space.catalogue import Value
from app.domain.search_space.dimensions import Condition

MAX_BRANCHES_OF_ONE = 200  # in which one hyperparameter may occur

PossibleValues = Mapping[str, tuple[Value, ...]]


def merge_conditions(
    conditions: Sequence[Condition], possible_values: PossibleValues
) -> Condition | None:
    """One condition that holds where any of these holds; None where there is no such condition.

    `possible_values`: everything that each deciding hyperparameter can be. A condition that allows
    all of it restricts nothing.
    """
    if len(conditions) > MAX_BRANCHES_OF_ONE:
        return None
    remaining = [_drop_unrestricted(condition, possible_values) for condition in conditions]
    while len(remaining) > 1:
        merged = _merge_one_pair(remaining, possible_values)
        if merged is None:
            return None
        remaining = merged
    return remaining[0]


def _merge_one_pair(
    conditions: list[Condition], possible_values: PossibleValues
) -> list[Condition] | None:
    """The conditions with the first possible pair merged; None where no pair can be merged."""
    for first in range(len(conditions)):
        for second in range(first):
            merged = _merge_pair(conditions[first], conditions[second], possible_values)
            if merged is not None:
                remaining = list(conditions)
                del remaining[first]
                del remaining[second]
                return [*remaining, merged]
    return None


def _merge_pair(
    left: Condition, right: Condition, possible_values: PossibleValues
) -> Condition | None:
    """Two conditions as one, where one includes the other or they differ in one hyperparameter."""
    if _includes(left, right):
        return left
    if _includes(right, left):
        return right
    if set(left) != set(right):
        return None
    differing = []
    for name in left:
        if set(left[name]) != set(right[name]):
            differing.append(name)
    if len(differing) != 1:
        return None
    name = differing[0]
    values = (*left[name], *right[name])
    allowed = dict.fromkeys(values)
    merged = {**left, name: tuple(allowed)}
    return _drop_unrestricted(merged, possible_values)


def _includes(wide: Condition, narrow: Condition) -> bool:
    """Whether a condition holds wherever a narrower one does."""
    for name, allowed in wide.items():
        if name not in narrow:
            return False
        if not set(narrow[name]) <= set(allowed):
            return False
    return True


def _drop_unrestricted(condition: Condition, possible_values: PossibleValues) -> Condition:
    """A condition without hyperparameters for which it allows every possible value."""
    restricting = {}
    for name, allowed in condition.items():
        possible = possible_values.get(name, ())
        if set(allowed) != set(possible):
            restricting[name] = allowed
    return restricting


def drop_implied(name: str, conditions: Mapping[str, Condition]) -> Condition:
    """The condition of a hyperparameter, without what follows from the rest of it.

    `conditions`: those of all hyperparameters, by name.
    """
    condition = conditions[name]
    needed = {}
    for other, allowed in condition.items():
        parents = [parent for parent in condition if parent != other]
        if not _is_implied(other, allowed, parents, conditions, {name, other}):
            needed[other] = allowed
    return needed


def _is_implied(
    other: str,
    allowed: tuple[Value, ...],
    parents: Sequence[str],
    conditions: Mapping[str, Condition],
    visited: set[str],
) -> bool:
    """Whether one of the parents is active only where another one has an allowed value.

    Follows conditions of conditions and visits each hyperparameter once: there are as many paths
    as subsets.
    """
    waiting = list(parents)
    while waiting:
        name = waiting.pop()
        if name in visited:
            continue
        visited.add(name)
        condition = conditions.get(name, {})
        values = condition.get(other)
        if values is not None and set(values) <= set(allowed):
            return True
        waiting += condition
    return False
