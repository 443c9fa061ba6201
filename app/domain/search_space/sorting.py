"""The order of a space's dimensions: each after those that it depends on."""

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
            message = f"These conditions form a cycle: {', '.join(remaining)}."
            raise SpaceError([Problem(name, message) for name in remaining])
        for name in ready:
            done[name] = dimensions[name]
        remaining = [name for name in remaining if name not in done]
    return done


def _parents(dimension: Dimension) -> set[str]:
    """The hyperparameters that a dimension depends on."""
    parents = set(dimension.when or {})
    requires = dimension.catalogue[dimension.name].requires
    if requires:
        parents.add(requires[0])
    return parents
