"""A point near another: a few of its searched values changed, by small steps where they are ranges."""

from collections.abc import Mapping

import numpy as np

from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import Parameters, Value
from app.domain.search_space.space import SearchSpace

TRIES = 10  # changes that are impossible together before a draw of the whole space


def mutated(
    space: SearchSpace,
    parent: Parameters,
    generator: np.random.Generator,
    *,
    changes: int,
    step: float,
) -> Parameters:
    """The parent with `changes` of its values changed; `step`: deviation on a range's scale of 0 to 1.

    What becomes active is drawn anew. Where no change is possible, one draw of the whole space.
    """
    varying = space.searched_values(parent)
    for _ in range(TRIES if varying else 0):
        values = filled(space, varying, generator)
        for name in generator.choice(list(varying), size=min(changes, len(varying)), replace=False):
            values[name] = _changed(space.dimensions[name], values[name], generator, step)
        found = space.to_parameters(values)
        if found is not None:
            return found
    return space.sample(generator)


def filled(
    space: SearchSpace, varying: Mapping[str, Value], generator: np.random.Generator
) -> dict[str, Value]:
    """The values that vary in one point, and a draw of every other, for what may become active."""
    others = {row.name: row.sample(generator) for row in space.searched if row.name not in varying}
    return {**varying, **others}


def stepped(
    dimension: Dimension, value: Value, generator: np.random.Generator, step: float
) -> Value:
    """A value of a range a normal step away; `step`: its deviation on the range's scale of 0 to 1."""
    moved = dimension.nearest_fraction(value) + generator.normal(scale=step)
    return dimension.value_at_fraction(float(np.clip(moved, 0.0, 1.0)))


def _changed(
    dimension: Dimension, value: Value, generator: np.random.Generator, step: float
) -> Value:
    """Another value: a neighbour or any other of a list, a step along a range."""
    if dimension.is_listed:
        return _other(dimension, value, generator)
    moved = stepped(dimension, value, generator, step)
    if moved == value and dimension.count:  # a step too small for the values there are
        place = dimension.index_of(value) + int(generator.choice([-1, 1]))
        moved = dimension.value_at(min(max(place, 0), dimension.count - 1))
    return moved


def _other(dimension: Dimension, value: Value, generator: np.random.Generator) -> Value:
    others = [other for other in dimension.values if other != value]
    if any(isinstance(other, str | bool) for other in dimension.values):
        return others[int(generator.integers(len(others)))]
    ordered = sorted(dimension.values, key=float)
    place = ordered.index(value) if value in ordered else 0
    near = [ordered[other] for other in (place - 1, place + 1) if 0 <= other < len(ordered)]
    return near[int(generator.integers(len(near)))]
