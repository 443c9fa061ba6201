"""A point near another: a few of its searched values changed, by small steps in ranges."""

from collections.abc import Mapping

import numpy as np

from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import Parameters, Value
from app.domain.search_space.space import SearchSpace

MAX_INVALID_MUTATIONS = 10  # before the whole space is drawn from


def mutate_parameters(
    space: SearchSpace,
    parent: Parameters,
    generator: np.random.Generator,
    *,
    changes: int,
    step: float,
) -> Parameters:
    """Change `changes` of the parent's searched values.

    `step`: standard deviation of a change, on a range's scale of 0 to 1. What becomes active is
    drawn anew. Where no change is valid, the result is a draw from the whole space.
    """
    varying = space.searched_values(parent)
    if not varying:
        return space.sample(generator)
    names = list(varying)
    n_changes = min(changes, len(names))
    for _ in range(MAX_INVALID_MUTATIONS):
        values = with_inactive_drawn(space, varying, generator)
        for name in generator.choice(names, size=n_changes, replace=False):
            dimension = space.dimensions[name]
            values[name] = _changed_value(dimension, values[name], generator, step)
        child = space.to_parameters(values)
        if child is not None:
            return child
    return space.sample(generator)


def with_inactive_drawn(
    space: SearchSpace, varying: Mapping[str, Value], generator: np.random.Generator
) -> dict[str, Value]:
    """A point's searched values, and a draw of every other one, as these may become active."""
    drawn: dict[str, Value] = {}
    for dimension in space.searched:
        if dimension.name not in varying:
            drawn[dimension.name] = dimension.sample(generator)
    return {**varying, **drawn}


def step_from(
    dimension: Dimension, value: Value, generator: np.random.Generator, step: float
) -> Value:
    """A value of a range a normal step away. `step`: its deviation on the scale of 0 to 1."""
    fraction = dimension.nearest_fraction(value)
    fraction += generator.normal(scale=step)
    clipped = float(np.clip(fraction, 0.0, 1.0))
    return dimension.value_at_fraction(clipped)


def _changed_value(
    dimension: Dimension, value: Value, generator: np.random.Generator, step: float
) -> Value:
    """Another value: a neighbour or any other one of a list, a step along a range."""
    if dimension.is_listed:
        return _other_listed_value(dimension, value, generator)
    changed = step_from(dimension, value, generator, step)
    if changed == value and dimension.count:  # a step too small for this grid of values
        return _adjacent_value(dimension, value, generator)
    return changed


def _adjacent_value(dimension: Dimension, value: Value, generator: np.random.Generator) -> Value:
    """The next smaller or the next larger value of a range; the same one beyond its ends."""
    index = dimension.index_of(value)
    index += int(generator.choice([-1, 1]))
    last = dimension.count - 1
    index = min(max(index, 0), last)
    return dimension.value_at(index)


def _other_listed_value(
    dimension: Dimension, value: Value, generator: np.random.Generator
) -> Value:
    """Any other category, or one of the two neighbours of a number."""
    has_categories = any(isinstance(listed, str | bool) for listed in dimension.values)
    if has_categories:
        others = [other for other in dimension.values if other != value]
    else:
        others = _adjacent_numbers(dimension, value)
    index = int(generator.integers(len(others)))
    return others[index]


def _adjacent_numbers(dimension: Dimension, value: Value) -> list[Value]:
    """The next smaller and the next larger one of the listed numbers."""
    ordered = sorted(dimension.values, key=float)
    index = 0
    if value in ordered:
        index = ordered.index(value)
    smaller = ordered[:index]
    larger = ordered[index + 1 :]
    return smaller[-1:] + larger[:1]
