"""Conditions found branch by branch, put together: one for each hyperparameter, as short as possible."""

from collections.abc import Mapping, Sequence

from app.domain.search_space.catalogue import Value

When = Mapping[str, tuple[Value, ...]]
MOST = 200  # branches that one hyperparameter may stand in


def merged(found: Sequence[When], values: Mapping[str, tuple[Value, ...]]) -> When | None:
    """One condition that holds where any of those found does; None where no single one says it.

    `values`: all that each deciding hyperparameter can be; a condition that allows all of them says nothing.
    """
    if len(found) > MOST:
        return None
    open_ones = [_plain(when, values) for when in found]
    while len(open_ones) > 1:
        pair = next(
            (
                (first, second, both)
                for first in range(len(open_ones))
                for second in range(first)
                if (both := _joined(open_ones[first], open_ones[second], values)) is not None
            ),
            None,
        )
        if pair is None:
            return None
        open_ones = [when for place, when in enumerate(open_ones) if place not in pair[:2]] + [
            pair[2]
        ]
    return open_ones[0]


def without_implied(name: str, whens: Mapping[str, When]) -> When:
    """A condition without what the deciders it names depend on themselves."""
    when = whens[name]
    return {
        other: allowed
        for other, allowed in when.items()
        if not any(
            _implies(third, other, allowed, whens, {name, other})
            for third in when
            if third != other
        )
    }


def _implies(
    name: str, other: str, allowed: tuple[Value, ...], whens: Mapping[str, When], seen: set[str]
) -> bool:
    """Whether `name` counts only where `other` has one of the values."""
    if name in seen:
        return False
    when = whens.get(name, {})
    if other in when and set(when[other]) <= set(allowed):
        return True
    return any(_implies(third, other, allowed, whens, seen | {name}) for third in when)


def _plain(when: When, values: Mapping[str, tuple[Value, ...]]) -> When:
    return {
        name: allowed for name, allowed in when.items() if set(allowed) != set(values.get(name, ()))
    }


def _joined(when: When, other: When, values: Mapping[str, tuple[Value, ...]]) -> When | None:
    """Two conditions as one, where they differ in one hyperparameter or one holds the other."""
    for wide, narrow in ((when, other), (other, when)):
        if all(
            name in narrow and set(narrow[name]) <= set(allowed) for name, allowed in wide.items()
        ):
            return wide
    if set(when) != set(other):
        return None
    different = [name for name in when if set(when[name]) != set(other[name])]
    if len(different) != 1:
        return None
    name = different[0]
    return _plain({**when, name: tuple(dict.fromkeys((*when[name], *other[name])))}, values)
