"""A search space as hyperopt code, which can be imported again as the same space."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.search_space.catalogue import Value
from app.domain.search_space.dimensions import Condition, Dimension
from app.domain.search_space.space import SearchSpace

INDENT = "    "
MAX_LISTED_VALUES = 1000  # of a range that has to be written value by value
MAX_WRITTEN_GROUPS = 1000
NO_CONDITION: Condition = {}

Lines = list[str]


class HyperoptExportError(ValueError):
    """Why a space cannot be written as hyperopt code, in words."""


def write_hyperopt_code(space: SearchSpace) -> str:
    """Python code that defines `space` for hyperopt.

    A conditional hyperparameter is in those branches of an hp.choice in which it is active.
    Hyperparameters that are never active are left out. Deciding ones that the space leaves to their
    default are written out.
    Raises HyperoptExportError where the conditions need too many branches.
    """
    dimensions = _add_deciding_dimensions(space)
    body = _Writer().write_entries(dimensions, INDENT)
    head = ["import numpy as np", "from hyperopt import hp", "", "space = {"]
    tail = ["}", ""]
    return "\n".join([*head, *body, *tail])


def _add_deciding_dimensions(space: SearchSpace) -> list[Dimension]:
    """The dimensions, and fixed ones for hyperparameters that only conditions name.

    What the catalogue says of a deciding hyperparameter, that it requires a number of layers, is
    added to its condition: in hyperopt code, nothing else would say so.
    """
    dimensions = dict(space.dimensions)
    unchecked = _names_in_conditions(list(dimensions.values()))
    while unchecked:
        name = unchecked.pop()
        if name not in dimensions:
            dimensions[name] = _default_dimension(space, name)
        dimension = dimensions[name]
        requires = space.catalogue[name].requires
        if requires is None or requires[0] in _condition(dimension):
            continue
        parent, minimum = requires
        unchecked.append(parent)
        parent_dimension = dimensions.get(parent) or _default_dimension(space, parent)
        allowed = _values_from(parent_dimension, minimum)
        dimensions[name] = replace(dimension, when={**_condition(dimension), parent: allowed})
    return list(dimensions.values())


def _names_in_conditions(dimensions: Sequence[Dimension]) -> list[str]:
    names: list[str] = []
    for dimension in dimensions:
        names += _condition(dimension)
    return names


def _default_dimension(space: SearchSpace, name: str) -> Dimension:
    default = space.catalogue[name].default
    return Dimension(name, "fixed", (default,), catalogue=space.catalogue)


def _values_from(dimension: Dimension, minimum: int) -> tuple[Value, ...]:
    """The values of a dimension that are at least the minimum."""
    values: list[Value] = []
    for value in _list_values(dimension):
        if isinstance(value, int) and value >= minimum:
            values.append(value)
    return tuple(values)


@dataclass(frozen=True)
class _Branch:
    """Values of a deciding dimension, and the dimensions that are active with all of them."""

    values: list[Value]
    dimensions: list[Dimension]


class _Writer:
    """Writes one text, with numbered labels, since hyperopt wants every label only once."""

    def __init__(self) -> None:
        self.label_counts: dict[str, int] = {}
        self.group_count = 0

    def write_entries(self, dimensions: Sequence[Dimension], indent: str) -> Lines:
        """The lines of a dictionary's entries."""
        lines: Lines = []
        for group in _group_connected(dimensions):
            self.group_count += 1
            if self.group_count > MAX_WRITTEN_GROUPS:
                raise HyperoptExportError(
                    "The conditions of this search space make too many branches for hyperopt code."
                )
            decider = _find_decider(group)
            if decider is None:
                lines += self._write_plain(group, indent)
            else:
                others = [dimension for dimension in group if dimension is not decider]
                lines += self._write_decided(decider, others, indent)
        return lines

    def _write_plain(self, group: Sequence[Dimension], indent: str) -> Lines:
        lines = []
        for dimension in group:
            if not dimension.when:
                lines.append(f'{indent}"{dimension.name}": {self._expression(dimension)},')
        return lines

    def _write_decided(self, decider: Dimension, others: Sequence[Dimension], indent: str) -> Lines:
        """A deciding dimension and the others: an hp.choice, if they make more than one branch."""
        branches = _split_into_branches(decider, others)
        if len(branches) == 1:
            unconditional = replace(decider, when=None)
            return self.write_entries([unconditional, *branches[0].dimensions], indent)
        label = self._new_label(decider.name)
        lines = [f'{indent}"{decider.name}": hp.choice("{label}", [']
        for branch in branches:
            lines.append(f"{indent}{INDENT}{{")
            lines += self._write_branch(decider, branch, indent + 2 * INDENT)
            lines.append(f"{indent}{INDENT}}},")
        lines.append(f"{indent}]),")
        return lines

    def _write_branch(self, decider: Dimension, branch: _Branch, indent: str) -> Lines:
        value = repr(branch.values[0])
        if len(branch.values) > 1:
            label = self._new_label(decider.name)
            value = f'hp.choice("{label}", {branch.values!r})'
        lines = [f'{indent}"{decider.name}": {value},']
        lines += self.write_entries(branch.dimensions, indent)
        return lines

    def _new_label(self, name: str) -> str:
        count = self.label_counts.get(name, 0) + 1
        self.label_counts[name] = count
        if count == 1:
            return name
        return f"{name}, {count}"

    def _expression(self, dimension: Dimension) -> str:
        if dimension.count == 1:
            return repr(dimension.value_at(0))
        label = self._new_label(dimension.name)
        if dimension.kind == "choice":
            return f'hp.choice("{label}", {list(dimension.values)!r})'
        if dimension.is_log:
            return _logarithmic_expression(dimension, label)
        number_type = int if dimension.is_integer else float
        low = number_type(dimension.low)
        high = number_type(dimension.high)
        if dimension.step is None:
            return f'hp.uniform("{label}", {low!r}, {high!r})'
        if dimension.is_integer and dimension.step == 1:
            return f'hp.randint("{label}", {low!r}, {int(high) + 1!r})'
        step = number_type(dimension.step)
        return f'{low!r} + {step!r} * hp.randint("{label}", {dimension.count})'


def _logarithmic_expression(dimension: Dimension, label: str) -> str:
    if dimension.step is None:
        number_type = int if dimension.is_integer else float
        low = number_type(dimension.low)
        high = number_type(dimension.high)
        return f'hp.loguniform("{label}", np.log({low!r}), np.log({high!r}))'
    are_multiples = dimension.low % dimension.step == 0
    if not are_multiples and dimension.count <= MAX_LISTED_VALUES:
        return f'hp.choice("{label}", {_list_values(dimension)!r})'
    last = dimension.value_at(dimension.count - 1)
    bounds = f"np.log({dimension.low!r}), np.log({last!r})"
    return f'hp.qloguniform("{label}", {bounds}, {dimension.step!r})'


def _group_connected(dimensions: Sequence[Dimension]) -> list[list[Dimension]]:
    """The dimensions in groups that no condition links, in the order of their first members."""
    groups: list[list[Dimension]] = []
    for dimension in dimensions:
        names = _linked_names(dimension)
        linked = [group for group in groups if _is_linked(group, names)]
        if not linked:
            groups.append([dimension])
            continue
        first = groups.index(linked[0])
        joined = [row for group in linked for row in group]
        groups = [group for group in groups if group not in linked]
        groups.insert(first, [*joined, dimension])
    return groups


def _is_linked(group: Sequence[Dimension], names: set[str]) -> bool:
    """Whether a group has a dimension that is, or depends on, one of these names."""
    return any(names & _linked_names(dimension) for dimension in group)


def _linked_names(dimension: Dimension) -> set[str]:
    """The names of a dimension and of those in its condition."""
    return {dimension.name, *_condition(dimension)}


def _find_decider(group: Sequence[Dimension]) -> Dimension | None:
    """The first unconditional dimension that others depend on."""
    names = _names_in_conditions(group)
    for dimension in group:
        if not dimension.when and dimension.name in names:
            return dimension
    return None


def _split_into_branches(decider: Dimension, others: Sequence[Dimension]) -> list[_Branch]:
    """A branch for each different set of dimensions that the decider's values allow."""
    values_by_allowed: dict[tuple[bool, ...], list[Value]] = {}
    for value in _list_values(decider):
        allowed = tuple(_allows(other, decider.name, value) for other in others)
        values_by_allowed.setdefault(allowed, []).append(value)
    branches = []
    for allowed, values in values_by_allowed.items():
        remaining = []
        for other, is_allowed in zip(others, allowed, strict=True):
            if is_allowed:
                remaining.append(_without_condition_on(other, decider.name))
        active = _drop_never_active(remaining, others)
        branches.append(_Branch(values, active))
    return branches


def _allows(dimension: Dimension, name: str, value: Value) -> bool:
    """Whether a dimension can be active while another hyperparameter has a value."""
    condition = _condition(dimension)
    if name not in condition:
        return True
    return value in condition[name]


def _drop_never_active(
    remaining: Sequence[Dimension], before: Sequence[Dimension]
) -> list[Dimension]:
    """The remaining dimensions without those that depend on one that was there before."""
    gone = {row.name for row in before}
    gone -= {row.name for row in remaining}
    kept = []
    for dimension in remaining:
        if gone.isdisjoint(_condition(dimension)):
            kept.append(dimension)
    if len(kept) == len(remaining):
        return kept
    return _drop_never_active(kept, before)


def _without_condition_on(dimension: Dimension, name: str) -> Dimension:
    condition = dict(_condition(dimension))
    condition.pop(name, None)
    return replace(dimension, when=condition or None)


def _condition(dimension: Dimension) -> Condition:
    return dimension.when or NO_CONDITION


def _list_values(dimension: Dimension) -> list[Value]:
    if not 0 < dimension.count <= MAX_LISTED_VALUES:
        raise HyperoptExportError(
            f"Others depend on {dimension.name}, which has too many values for branches."
        )
    return [dimension.value_at(index) for index in range(dimension.count)]
