"""A search space as hyperopt code, which can be imported again as the same space."""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.hyperopt.export_branches import (
    MAX_LISTED_VALUES,
    Branch,
    HyperoptExportError,
    add_deciding_dimensions,
    find_decider,
    group_connected,
    list_values,
    split_into_branches,
)
from app.domain.search_space.catalogue import Value
from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.space import SearchSpace

__all__ = ["HyperoptExportError", "write_hyperopt_code"]

INDENT = "    "
MAX_WRITTEN_GROUPS = 1000

Lines = list[str]


def write_hyperopt_code(space: SearchSpace) -> str:
    """Python code that defines `space` for hyperopt.

    A conditional hyperparameter is in those branches of an hp.choice in which it is active.
    Hyperparameters that are never active are left out. Deciding ones that the space leaves to their
    default are written out.
    Raises HyperoptExportError where the conditions need too many branches.
    """
    dimensions = add_deciding_dimensions(space)
    body = _Writer().write_entries(dimensions, INDENT)
    lines = [
        "import numpy as np",
        "from hyperopt import hp",
        "",
        "space = {",
        *body,
        "}",
        "",
    ]
    return "\n".join(lines)


class _Writer:
    """Writes one text, with numbered labels, since hyperopt wants every label only once."""

    def __init__(self) -> None:
        self.label_counts: dict[str, int] = {}
        self.group_count = 0

    def write_entries(self, dimensions: Sequence[Dimension], indent: str) -> Lines:
        """The lines of a dictionary's entries."""
        lines: Lines = []
        for group in group_connected(dimensions):
            self.group_count += 1
            if self.group_count > MAX_WRITTEN_GROUPS:
                raise HyperoptExportError(
                    "The conditions of this search space make too many branches for hyperopt code."
                )
            decider = find_decider(group)
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
                expression = self._expression(dimension)
                line = _entry_line(indent, dimension.name, expression)
                lines.append(line)
        return lines

    def _write_decided(self, decider: Dimension, others: Sequence[Dimension], indent: str) -> Lines:
        """A deciding dimension and the others: an hp.choice, if they make more than one branch."""
        branches = split_into_branches(decider, others)
        if len(branches) == 1:
            unconditional = replace(decider, when=None)
            dimensions = [unconditional, *branches[0].dimensions]
            return self.write_entries(dimensions, indent)
        label = self._new_label(decider.name)
        lines = [f'{indent}"{decider.name}": hp.choice("{label}", [']
        branch_indent = indent + INDENT
        for branch in branches:
            lines.append(branch_indent + "{")
            lines += self._write_branch(decider, branch, branch_indent + INDENT)
            lines.append(branch_indent + "},")
        lines.append(f"{indent}]),")
        return lines

    def _write_branch(self, decider: Dimension, branch: Branch, indent: str) -> Lines:
        values = branch.values
        expression = repr(values[0])
        if len(values) > 1:
            label = self._new_label(decider.name)
            expression = _choice_expression(label, values)
        line = _entry_line(indent, decider.name, expression)
        entries = self.write_entries(branch.dimensions, indent)
        return [line, *entries]

    def _new_label(self, name: str) -> str:
        count = self.label_counts.get(name, 0) + 1
        self.label_counts[name] = count
        if count == 1:
            return name
        return f"{name}, {count}"

    def _expression(self, dimension: Dimension) -> str:
        if dimension.count == 1:
            value = dimension.value_at(0)
            return repr(value)
        label = self._new_label(dimension.name)
        if dimension.kind == "choice":
            return _choice_expression(label, list(dimension.values))
        if dimension.is_log:
            return _logarithmic_expression(dimension, label)
        number_type = _number_type(dimension)
        low = number_type(dimension.low)
        high = number_type(dimension.high)
        if dimension.step is None:
            return f'hp.uniform("{label}", {low!r}, {high!r})'
        if dimension.is_integer and dimension.step == 1:
            excluded_end = int(high) + 1
            return f'hp.randint("{label}", {low!r}, {excluded_end!r})'
        step = number_type(dimension.step)
        return f'{low!r} + {step!r} * hp.randint("{label}", {dimension.count})'


def _entry_line(indent: str, name: str, expression: str) -> str:
    return f'{indent}"{name}": {expression},'


def _choice_expression(label: str, values: list[Value]) -> str:
    return f'hp.choice("{label}", {values!r})'


def _number_type(dimension: Dimension) -> type[int] | type[float]:
    if dimension.is_integer:
        return int
    return float


def _logarithmic_expression(dimension: Dimension, label: str) -> str:
    step = dimension.step
    if step is None:
        number_type = _number_type(dimension)
        low = number_type(dimension.low)
        high = number_type(dimension.high)
        return f'hp.loguniform("{label}", np.log({low!r}), np.log({high!r}))'
    are_multiples = dimension.low % step == 0
    if not are_multiples and dimension.count <= MAX_LISTED_VALUES:
        values = list_values(dimension)
        return _choice_expression(label, values)
    last = dimension.value_at(dimension.count - 1)
    first_logarithm = f"np.log({dimension.low!r})"
    last_logarithm = f"np.log({last!r})"
    return f'hp.qloguniform("{label}", {first_logarithm}, {last_logarithm}, {step!r})'
