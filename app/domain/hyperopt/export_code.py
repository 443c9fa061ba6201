"""A search space as hyperopt code that hyperopt evaluates and that reads back as the same space."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.domain.search_space.catalogue import Value
from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.space import SearchSpace

INDENT = "    "
MOST_LISTED = 1000  # values of a range whose conditions or steps need them one by one
Lines = list[str]


class NoCodeError(ValueError):
    """Why a space cannot be written as hyperopt code, in words."""


def hyperopt_code(space: SearchSpace) -> str:
    """Python with `space = {…}` for hyperopt. Raises NoCodeError where a condition needs more branches than is sane.

    What counts only under a condition stands in the branches of an hp.choice, once in each where it counts.
    Hyperparameters that never count are left out; deciders that the space leaves to their default are written out.
    """
    dimensions = _with_deciders(space)
    body = _Writer().entries(dimensions, INDENT)
    return "\n".join(
        ["import numpy as np", "from hyperopt import hp", "", "space = {", *body, "}", ""]
    )


def _with_deciders(space: SearchSpace) -> list[Dimension]:
    """The dimensions, and as fixed ones those hyperparameters that conditions name and the space leaves out.

    A decider that counts only with so many layers says so: elsewhere the catalogue says it by itself.
    """
    dimensions = dict(space.dimensions)
    named = [other for dimension in space.dimensions.values() for other in dimension.when or {}]
    while named:
        name = named.pop()
        if name not in dimensions:
            default = (space.catalogue[name].default,)
            dimensions[name] = Dimension(name, "fixed", default, catalogue=space.catalogue)
        requires = space.catalogue[name].requires
        if requires and requires[0] not in (dimensions[name].when or {}):
            named.append(requires[0])
            row = dimensions.get(requires[0])
            values = _listed(row) if row else [space.catalogue[requires[0]].default]
            enough = tuple(
                value for value in values if isinstance(value, int) and value >= requires[1]
            )
            dimensions[name] = replace(
                dimensions[name], when={**(dimensions[name].when or {}), requires[0]: enough}
            )
    return list(dimensions.values())


class _Writer:
    """One text: labels are numbered, since hyperopt wants each only once."""

    def __init__(self) -> None:
        self.labels: dict[str, int] = {}
        self.written = 0

    def entries(self, dimensions: Sequence[Dimension], indent: str) -> Lines:
        """The lines of a dictionary's content."""
        lines: Lines = []
        for group in _connected(dimensions):
            self.written += 1
            if self.written > MOST_LISTED:
                raise NoCodeError(
                    "The conditions of this search space make too many branches for hyperopt code."
                )
            decider = _decider(group)
            if decider is None:
                lines += [
                    f'{indent}"{one.name}": {self._expression(one)},'
                    for one in group
                    if not one.when
                ]
            else:
                lines += self._branches(
                    decider, [one for one in group if one is not decider], indent
                )
        return lines

    def _branches(self, decider: Dimension, others: Sequence[Dimension], indent: str) -> Lines:
        parts: dict[tuple[bool, ...], list[Value]] = {}
        for value in _listed(decider):
            parts.setdefault(
                tuple(value in (one.when or {}).get(decider.name, (value,)) for one in others), []
            ).append(value)
        if len(parts) == 1:
            counted, values = next(iter(parts.items()))
            left = [
                _without(one, decider.name)
                for one, counts in zip(others, counted, strict=True)
                if counts
            ]
            return self.entries([_plain(decider), *_that_can_count(left, others)], indent)
        lines = [f'{indent}"{decider.name}": hp.choice("{self._label(decider.name)}", [']
        for counted, values in parts.items():
            left = [
                _without(one, decider.name)
                for one, counts in zip(others, counted, strict=True)
                if counts
            ]
            inner = indent + 2 * INDENT
            chosen = (
                repr(values[0])
                if len(values) == 1
                else f'hp.choice("{self._label(decider.name)}", {values!r})'
            )
            lines += [f"{indent}{INDENT}{{", f'{inner}"{decider.name}": {chosen},']
            lines += [*self.entries(_that_can_count(left, others), inner), f"{indent}{INDENT}}},"]
        return [*lines, f"{indent}]),"]

    def _label(self, name: str) -> str:
        self.labels[name] = number = self.labels.get(name, 0) + 1
        return name if number == 1 else f"{name}, {number}"

    def _expression(self, dimension: Dimension) -> str:
        if dimension.count == 1:
            return repr(dimension.value_at(0))
        label = self._label(dimension.name)
        if dimension.kind == "choice":
            return f'hp.choice("{label}", {list(dimension.values)!r})'
        number = int if dimension.is_whole else float
        low, high, step = number(dimension.low), number(dimension.high), dimension.step
        if dimension.is_log and step is None:
            return f'hp.loguniform("{label}", np.log({low!r}), np.log({high!r}))'
        if dimension.is_log:
            return self._logarithmic_steps(dimension, label)
        if step is None:
            return f'hp.uniform("{label}", {low!r}, {high!r})'
        if dimension.is_whole and step == 1:
            return f'hp.randint("{label}", {low!r}, {int(high) + 1!r})'
        return f'{low!r} + {number(step)!r} * hp.randint("{label}", {dimension.count})'

    def _logarithmic_steps(self, dimension: Dimension, label: str) -> str:
        low, high, step = (
            dimension.low,
            dimension.value_at(dimension.count - 1),
            dimension.step or 1.0,
        )
        if low % step == 0 or dimension.count > MOST_LISTED:
            return f'hp.qloguniform("{label}", np.log({low!r}), np.log({high!r}), {step!r})'
        return f'hp.choice("{label}", {_listed(dimension)!r})'


def _connected(dimensions: Sequence[Dimension]) -> list[list[Dimension]]:
    """Groups that no condition links, in the order of their first."""
    groups: list[list[Dimension]] = []
    for dimension in dimensions:
        names = {dimension.name, *(dimension.when or {})}
        linked = [
            group for group in groups if any(names & {one.name, *(one.when or {})} for one in group)
        ]
        joined = [one for group in linked for one in group] + [dimension]
        place = groups.index(linked[0]) if linked else len(groups)
        groups = [group for group in groups if group not in linked]
        groups.insert(place, joined)
    return groups


def _decider(group: Sequence[Dimension]) -> Dimension | None:
    """One without conditions that others depend on."""
    named = {other for one in group for other in one.when or {}}
    return next((one for one in group if not one.when and one.name in named), None)


def _that_can_count(left: Sequence[Dimension], before: Sequence[Dimension]) -> list[Dimension]:
    """Without those that depend on a dimension that fell away."""
    gone = {one.name for one in before} - {one.name for one in left}
    kept = [one for one in left if not gone & set(one.when or {})]
    return kept if len(kept) == len(left) else _that_can_count(kept, before)


def _without(dimension: Dimension, name: str) -> Dimension:
    when: Mapping[str, tuple[Value, ...]] = {
        key: allowed for key, allowed in (dimension.when or {}).items() if key != name
    }
    return replace(dimension, when=when or None)


def _plain(dimension: Dimension) -> Dimension:
    return replace(dimension, when=None)


def _listed(dimension: Dimension) -> list[Value]:
    if not 0 < dimension.count <= MOST_LISTED:
        raise NoCodeError(
            f"Others depend on {dimension.name}, which has too many values for branches."
        )
    return [dimension.value_at(place) for place in range(dimension.count)]
