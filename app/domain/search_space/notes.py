"""What of a search space is not searched, though it is written: said once, before it runs."""

from collections.abc import Mapping

from app.domain.search_space.catalogue import Value
from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.problems import Problem
from app.domain.search_space.space import SearchSpace

RANGES = ("uniform", "loguniform", "integer")


def describe_losses(document: Mapping[str, object], space: SearchSpace) -> list[str]:
    """A sentence for each bound that is cut off, and for each hyperparameter without effect.

    `document`: the JSON that the space is made of. Unmet conditions are no losses but problems.
    """
    notes = []
    for name, dimension in space.dimensions.items():
        for written, searched in _cut_bounds(document.get(name), dimension):
            notes.append(
                f"{name}: {written:g} is not possible; the search keeps to {searched} there."
            )
    for name in _never_active(space):
        requires = _unmet_requirement(space, name)
        if requires is not None:
            other, minimum = requires
            notes.append(f"{name} is not used: {other} is always less than {minimum} here.")
    return notes


def find_unmet_conditions(space: SearchSpace) -> list[Problem]:
    """The hyperparameters whose condition never holds in this space."""
    problems = []
    for name in _never_active(space):
        if _unmet_requirement(space, name) is None:
            problems.append(Problem(name, _explain_condition(space, name)))
    return problems


def _explain_condition(space: SearchSpace, name: str) -> str:
    condition = space.dimensions[name].when or {}
    for other, allowed in condition.items():
        dimension = _dimension_of(space, other)
        if not any(dimension.contains(value) for value in allowed):
            return (
                f"{name} is never searched: its condition asks for {other}={_list(allowed)}, but "
                f"{other} is always {_describe(dimension)} here."
            )
    return f"{name} is never searched: its conditions never hold together."


def _unmet_requirement(space: SearchSpace, name: str) -> tuple[str, int] | None:
    """What a hyperparameter requires, such as a number of layers, and never has."""
    requires = space.catalogue[name].requires
    if requires is None:
        return None
    other, minimum = requires
    dimension = _dimension_of(space, other)
    values = [dimension.value_at(index) for index in range(dimension.count)]
    if any(isinstance(value, int) and value >= minimum for value in values):
        return None
    return requires


def _cut_bounds(entry: object, dimension: Dimension) -> list[tuple[float, Value]]:
    """The bounds of a range that is written, beside those that are searched instead."""
    if not isinstance(entry, Mapping):
        return []
    ends: object = next((entry[kind] for kind in RANGES if kind in entry), None)
    if not isinstance(ends, list | tuple):
        return []
    low, high = ends
    row = dimension.catalogue[dimension.name]
    cut = []
    if low < row.low:
        cut.append((low, dimension.first))
    if high > row.high:
        cut.append((high, dimension.last))
    return cut


def _never_active(space: SearchSpace) -> list[str]:
    """The dimensions that are active in no branch of the space."""
    active: set[str] = set()
    for branch in space.branches:
        active |= set(branch.active)
    return [name for name in space.dimensions if name not in active]


def _dimension_of(space: SearchSpace, name: str) -> Dimension:
    """What a hyperparameter can be: its default, where the space leaves it out."""
    if name in space.dimensions:
        return space.dimensions[name]
    default = space.catalogue[name].default
    return Dimension(name, "fixed", (default,), catalogue=space.catalogue)


def _describe(dimension: Dimension) -> str:
    if dimension.is_listed:
        return _list(dimension.values)
    return f"from {dimension.low:g} to {dimension.high:g}"


def _list(values: tuple[Value, ...]) -> str:
    return " or ".join(str(value) for value in values)
