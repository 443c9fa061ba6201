"""What could be dropped from a search space: listed values, and the outer thirds of ranges."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.domain.search_space.branches import enumerate_branches
from app.domain.search_space.catalogue import Value
from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.space import SearchSpace

MIN_RANGE_FRACTION = 0.01  # of a continuous range's first width: it is not cut any further


@dataclass(frozen=True)
class Cut:
    """Something that could be dropped from a dimension.

    `kept`: what would be left of the dimension; `dropped`: a listed value, or the lowest and the
    highest value of a third; `fraction`: how much of the dimension would be dropped.
    """

    kept: Dimension
    dropped: tuple[Value, ...]
    fraction: float


def possible_cuts(space: SearchSpace, left: SearchSpace) -> Iterator[Cut]:
    """Every cut that does not empty what is left of a space, by hyperparameter."""
    for dimension in left.searched:
        name = dimension.name
        for cut in _cuts_of(dimension, space.dimensions[name]):
            dimensions = {**left.dimensions, name: cut.kept}
            branches = enumerate_branches(dimensions, left.catalogue)
            if any(branches):
                yield cut


def keep_values(dimension: Dimension, kept: Sequence[Value]) -> Dimension:
    """A dimension with only these listed values left, or with this range."""
    distinct = set(kept)
    if len(distinct) == 1:
        values = (kept[0],)
        return replace(dimension, kind="fixed", values=values)
    if dimension.is_listed:
        return replace(dimension, values=tuple(kept))
    low, high = map(float, kept)
    return replace(dimension, low=low, high=high)


def kept_values(dimension: Dimension) -> tuple[Value, ...]:
    """The inverse of `keep_values`."""
    if dimension.is_listed:
        return dimension.values
    return (dimension.low, dimension.high)


def _cuts_of(dimension: Dimension, first: Dimension) -> Iterator[Cut]:
    """The cuts of a dimension; `first`: the same one in the whole space."""
    if dimension.is_listed:
        return _cut_listed_values(dimension)
    if dimension.step is None:
        return _cut_continuous_range(dimension, first)
    return _cut_stepped_range(dimension)


def _cut_listed_values(dimension: Dimension) -> Iterator[Cut]:
    for value in dimension.values:
        others = [other for other in dimension.values if other is not value]
        yield Cut(
            kept=keep_values(dimension, others),
            dropped=(value,),
            fraction=1 / dimension.count,
        )


def _cut_continuous_range(dimension: Dimension, first: Dimension) -> Iterator[Cut]:
    """The lower and the upper third of a range on its scale."""
    low = dimension.low
    high = dimension.high
    fraction_left = first.fraction_of(high) - first.fraction_of(low)
    if abs(fraction_left) < MIN_RANGE_FRACTION:
        return
    one_third = dimension.value_at_fraction(1 / 3)
    two_thirds = dimension.value_at_fraction(2 / 3)
    yield Cut(
        kept=keep_values(dimension, (one_third, high)),
        dropped=(low, one_third),
        fraction=1 / 3,
    )
    yield Cut(
        kept=keep_values(dimension, (low, two_thirds)),
        dropped=(two_thirds, high),
        fraction=1 / 3,
    )


def _cut_stepped_range(dimension: Dimension) -> Iterator[Cut]:
    """The lower and the upper third of a range with steps: at least one value, and never all."""
    last = dimension.count - 1
    low = dimension.value_at(0)
    high = dimension.value_at(last)

    one_third = dimension.index_of(dimension.value_at_fraction(1 / 3))
    first_kept = min(max(1, one_third), last)
    lowest_kept = dimension.value_at(first_kept)
    highest_dropped = dimension.value_at(first_kept - 1)
    yield Cut(
        kept=keep_values(dimension, (lowest_kept, high)),
        dropped=(low, highest_dropped),
        fraction=first_kept / dimension.count,
    )

    two_thirds = dimension.index_of(dimension.value_at_fraction(2 / 3))
    last_kept = max(min(last - 1, two_thirds), 0)
    highest_kept = dimension.value_at(last_kept)
    lowest_dropped = dimension.value_at(last_kept + 1)
    yield Cut(
        kept=keep_values(dimension, (low, highest_kept)),
        dropped=(lowest_dropped, high),
        fraction=(last - last_kept) / dimension.count,
    )
