"""A search space as hyperopt code, which can be imported again as the same space."""

from collections import Counter

from app.domain.hyperopt.export_branches import HyperoptExportError
from app.domain.hyperopt.export_tree import (
    BranchDraw,
    ChoiceDraw,
    ConstantDraw,
    Distribution,
    Draw,
    Entries,
    RangeDraw,
    hyperopt_entries,
)
from app.domain.search_space.space import SearchSpace

__all__ = ["HyperoptExportError", "write_hyperopt_code"]

INDENT = "    "

Lines = list[str]


def write_hyperopt_code(space: SearchSpace) -> str:
    """Python code that defines `space` for hyperopt: see `hyperopt_entries`.

    What several branches share is defined above them.
    Raises HyperoptExportError where the conditions need too many branches.
    """
    entries = hyperopt_entries(space)
    writer = _Writer(entries)
    body = writer.write_entries(entries, INDENT)
    lines = [
        "import numpy as np",
        "from hyperopt import hp",
        "from hyperopt.pyll import scope",
        "",
        *writer.definitions,
        "space = {",
        *body,
        "}",
        "",
    ]
    return "\n".join(lines)


class _Writer:
    """Writes one text. `definitions`: the lines that define what branches share."""

    def __init__(self, entries: Entries) -> None:
        self.definitions: Lines = []
        self.use_counts = Counter(_labels_used(entries))
        self.variables: dict[str, str] = {}

    def write_entries(self, entries: Entries, indent: str) -> Lines:
        """The lines of a dictionary's entries."""
        lines: Lines = []
        for entry in entries:
            opening = f'{indent}"{entry.name}": '
            lines += self._write_draw(entry.draw, indent, opening, ",")
        return lines

    def _write_draw(self, draw: Draw, indent: str, opening: str, closing: str) -> Lines:
        """A draw between the text before and the text after it."""
        if isinstance(draw, ConstantDraw):
            return [f"{opening}{draw.value!r}{closing}"]
        if self.use_counts[draw.label] > 1:
            variable = self._define(draw)
            return [f"{opening}{variable}{closing}"]
        return self._write_expression(draw, indent, opening, closing)

    def _define(self, draw: ChoiceDraw | RangeDraw | BranchDraw) -> str:
        """The variable that stands for a draw, which is defined where it occurs first."""
        label = draw.label
        if label not in self.variables:
            number = len(self.variables) + 1
            variable = f"shared_{number}"
            if label.isidentifier():
                variable = f"shared_{label}"
            self.variables[label] = variable
            opening = f"{variable} = "
            definition = self._write_expression(draw, "", opening, "")
            self.definitions += [*definition, ""]
        return self.variables[label]

    def _write_expression(
        self, draw: ChoiceDraw | RangeDraw | BranchDraw, indent: str, opening: str, closing: str
    ) -> Lines:
        if isinstance(draw, ChoiceDraw):
            values = list(draw.values)
            return [f'{opening}hp.choice("{draw.label}", {values!r}){closing}']
        if isinstance(draw, RangeDraw):
            expression = _range_expression(draw)
            return [f"{opening}{expression}{closing}"]
        lines = [f'{opening}hp.choice("{draw.label}", [']
        branch_indent = indent + INDENT
        for entries in draw.branches:
            lines.append(branch_indent + "{")
            lines += self.write_entries(entries, branch_indent + INDENT)
            lines.append(branch_indent + "},")
        lines.append(f"{indent}]){closing}")
        return lines


def _labels_used(entries: Entries) -> list[str]:
    """The labels in a dictionary, as often as the text would repeat them."""
    labels = []
    for entry in entries:
        draw = entry.draw
        if isinstance(draw, ConstantDraw):
            continue
        labels.append(draw.label)
        if isinstance(draw, BranchDraw):
            for branch in draw.branches:
                labels += _labels_used(branch)
    return labels


def _range_expression(draw: RangeDraw) -> str:
    dimension = draw.dimension
    label = draw.label
    number_type = int if dimension.is_integer else float
    low = number_type(dimension.low)
    last = number_type(draw.last)
    step = number_type(dimension.step or 0)
    match draw.distribution:
        case Distribution.UNIFORM:
            return f'hp.uniform("{label}", {low!r}, {last!r})'
        case Distribution.LOGUNIFORM:
            return f'hp.loguniform("{label}", np.log({low!r}), np.log({last!r}))'
        case Distribution.STEPS:
            return f'{low!r} + {step!r} * hp.uniformint("{label}", 0, {dimension.count - 1})'
        case Distribution.QUNIFORM:
            if dimension.is_integer and step == 1:
                return f'hp.uniformint("{label}", {low!r}, {last!r})'
            expression = f'hp.quniform("{label}", {low!r}, {last!r}, {step!r})'
        case Distribution.QLOGUNIFORM:
            ends = f"np.log({low!r}), np.log({last!r})"
            expression = f'hp.qloguniform("{label}", {ends}, {step!r})'
    if dimension.is_integer:
        return f"scope.int({expression})"
    return expression
