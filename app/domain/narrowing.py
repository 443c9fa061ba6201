"""A search space narrowed to what looks good: what one would search next."""

from collections.abc import Mapping

from app.domain.catalogue import Value
from app.domain.dimensions import Dimension
from app.domain.influence import Effect, Influence
from app.domain.reduction import kept_of
from app.domain.space import SearchSpace, SpaceError

FURTHER = 0.25  # of a range's scale, by which one goes on beyond an end that is best


def narrowed(space: SearchSpace, found: Influence) -> SearchSpace:
    """The space of the values that are as good as the best, as far as can be told.

    What makes no difference has the value of the best trial, and what may make one stays as it was. A range goes on
    beyond an end that is best, as far as its hyperparameter allows. What can no longer play a part is left out. Where
    nothing would be left to search, what makes a difference stays as it was, too.
    """
    idle = {effect.name: _fixed(space.dimensions[effect.name], found) for effect in found.effects if effect.is_idle}
    telling = {effect.name: _kept(space.dimensions[effect.name], effect) for effect in found.effects if effect.is_clear}
    for changed in ({**idle, **telling}, idle):
        made = _with(space, changed)
        if made is not None and made.searched:
            return made
    return space


def _with(space: SearchSpace, changed: Mapping[str, Dimension]) -> SearchSpace | None:
    """The space with these dimensions instead; None where they are not possible together."""
    left = SearchSpace({**space.dimensions, **changed}, space.catalogue)
    active = {name for case in left.cases for name in case.counted}
    try:
        return SearchSpace.parse(
            {name: row for name, row in left.document().items() if name in active}, space.catalogue
        )
    except SpaceError:
        return None


def _fixed(dimension: Dimension, found: Influence) -> Dimension:
    """At the value of the best trial, where it has one."""
    value = found.best.get(dimension.name)
    return dimension if value is None or not dimension.contains(value) else kept_of(dimension, (value,))


def _kept(dimension: Dimension, effect: Effect) -> Dimension:
    if dimension.is_listed:
        return kept_of(dimension, [value for value in dimension.values if value in effect.alike])
    return _range(dimension, effect)


def _range(dimension: Dimension, effect: Effect) -> Dimension:
    """From one place before those that are alike to one behind them, or further where an end is best."""
    first, last = effect.values.index(effect.alike[0]), effect.values.index(effect.alike[-1])
    low = _beyond(dimension, -FURTHER) if effect.end == "low" else effect.values[max(0, first - 1)]
    high = _beyond(dimension, 1 + FURTHER) if effect.end == "high" else effect.values[first : last + 2][-1]
    return kept_of(dimension, (low, high) if dimension.step else (_short(low), _short(high)))


def _beyond(dimension: Dimension, share: float) -> Value:
    """The value at a share of a range's scale below 0 or above 1, within what its hyperparameter allows."""
    row = dimension.catalogue[dimension.name]
    if dimension.is_log:
        number = dimension.low * float((dimension.high / dimension.low) ** share)
    else:
        number = dimension.low + share * (dimension.high - dimension.low)
    if dimension.step is not None:
        number = dimension.low + round((number - dimension.low) / dimension.step) * dimension.step
    number = min(max(number, row.low), row.high)
    return round(number) if dimension.is_whole else number


def _short(value: Value) -> float:
    """With as many digits as one would write."""
    return float(f"{float(value):.3g}")
