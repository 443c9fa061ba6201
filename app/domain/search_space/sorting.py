"""How a space's dimensions depend on each other: each comes after those that it depends on."""

from collections.abc import Mapping

from app.domain.search_space.catalogue import Catalogue
from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.problems import Problem, SpaceError


def sort_by_dependency(
    dimensions: Mapping[str, Dimension], catalogue: Catalogue
) -> dict[str, Dimension]:
    """Sort dimensions, in the catalogue's order where possible. Raises SpaceError for a cycle."""
    done: dict[str, Dimension] = {}
    remaining = [name for name in catalogue if name in dimensions]
    while remaining:
        ready = []
        for name in remaining:
            parents = _parents(dimensions[name])
            if parents.isdisjoint(remaining):
                ready.append(name)
        if not ready:
            names = ", ".join(remaining)
            message = f"These conditions form a cycle: {names}."
            raise SpaceError([Problem(name, message) for name in remaining])
        for name in ready:
            done[name] = dimensions[name]
        remaining = [name for name in remaining if name not in done]
    return done


def find_continuous_conditions(dimensions: Mapping[str, Dimension]) -> list[Problem]:
    """A problem for each condition on a continuous dimension."""
    problems = []
    for name, dimension in dimensions.items():
        for other in dimension.when or {}:
            if other in dimensions and dimensions[other].is_continuous:
                message = (
                    f"{name} cannot depend on {other}, which has an unlimited number of values: "
                    f"give {other} a choice."
                )
                problems.append(Problem(name, message))
    return problems


def _parents(dimension: Dimension) -> set[str]:
    """The hyperparameters that a dimension depends on."""
    parents = set(dimension.when or {})
    row = dimension.catalogue[dimension.name]
    if row.requires:
        other, _ = row.requires
        parents.add(other)
    return parents
