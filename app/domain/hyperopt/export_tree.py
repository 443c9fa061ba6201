"""A search space as hyperopt has it: its distributions, in dictionaries and their branches.

`export_code` writes it as code; `worker.strategies.hyperopt_space` builds it, so that a strategy
draws from exactly what the code says.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from app.domain.hyperopt.export_branches import (
    MAX_LISTED_VALUES,
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

MAX_GROUPS = 1000
ROUNDING_ERROR = 1e-15  # of a multiple: 3 * 0.1 is 0.30000000000000004


class Distribution(Enum):
    """How hyperopt draws the values of a range.

    The nearest of its functions that know that neighbouring values are alike: hp.randint does not.
    Where they round, each end of a range is half as likely as the values between.
    `STEPS`: how many steps a value lies above `low`, where the values are not multiples of the
    step.
    """

    UNIFORM = auto()
    QUNIFORM = auto()
    STEPS = auto()
    LOGUNIFORM = auto()
    QLOGUNIFORM = auto()


@dataclass(frozen=True)
class ConstantDraw:
    """A value that does not vary."""

    value: Value


@dataclass(frozen=True)
class ChoiceDraw:
    """hp.choice between values."""

    label: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class RangeDraw:
    """A number of a range, which has no condition any more."""

    label: str
    distribution: Distribution
    dimension: Dimension

    @property
    def last(self) -> float:
        """The highest value."""
        return float(self.dimension.last)


@dataclass(frozen=True)
class BranchDraw:
    """hp.choice between dictionaries, which its owner's values tell apart."""

    label: str
    branches: tuple["Entries", ...]


Draw = ConstantDraw | ChoiceDraw | RangeDraw | BranchDraw


@dataclass(frozen=True)
class DrawEntry:
    """One key of a dictionary: a hyperparameter, and how it is drawn."""

    name: str
    draw: Draw


Entries = tuple[DrawEntry, ...]


def hyperopt_entries(space: SearchSpace) -> Entries:
    """The dictionary that defines `space` for hyperopt.

    A conditional hyperparameter is in those branches of an hp.choice in which it is active. A draw
    that several branches share has the same label in each, and no two draws have one label.
    Hyperparameters that are never active are left out. Deciding ones that the space leaves to
    their default are constants.
    Raises HyperoptExportError where the conditions need too many branches.
    """
    dimensions = add_deciding_dimensions(space)
    return _Builder().build_entries(dimensions)


class _Builder:
    """Builds one tree, in which hyperopt wants every label only once."""

    def __init__(self) -> None:
        self.labels: dict[tuple[str, object], str] = {}
        self.label_counts: dict[str, int] = {}
        self.group_count = 0

    def build_entries(self, dimensions: Sequence[Dimension]) -> Entries:
        """The entries of a dictionary."""
        entries: list[DrawEntry] = []
        for group in group_connected(dimensions):
            self.group_count += 1
            if self.group_count > MAX_GROUPS:
                raise HyperoptExportError(
                    "The conditions of this search space make too many branches for hyperopt."
                )
            decider = find_decider(group)
            if decider is None:
                entries += self._plain_entries(group)
            else:
                others = [dimension for dimension in group if dimension is not decider]
                entries += self._decided_entries(decider, others)
        return tuple(entries)

    def _plain_entries(self, group: Iterable[Dimension]) -> list[DrawEntry]:
        entries = []
        for dimension in group:
            if not dimension.when:
                draw = self._draw(dimension)
                entries.append(DrawEntry(dimension.name, draw))
        return entries

    def _decided_entries(self, decider: Dimension, others: Sequence[Dimension]) -> Entries:
        """A deciding dimension and the others: an hp.choice, if they make more than one branch."""
        branches = split_into_branches(decider, others)
        if len(branches) == 1:
            unconditional = replace(decider, when=None)
            return self.build_entries([unconditional, *branches[0].dimensions])
        built = []
        for branch in branches:
            values = tuple(branch.values)
            draw = self._value_draw(decider.name, values)
            entry = DrawEntry(decider.name, draw)
            entries = self.build_entries(branch.dimensions)
            built.append((entry, *entries))
        label = self._label(decider.name, tuple(built))
        draw = BranchDraw(label, tuple(built))
        return (DrawEntry(decider.name, draw),)

    def _draw(self, dimension: Dimension) -> Draw:
        if dimension.count == 1:
            return ConstantDraw(dimension.value_at(0))
        if dimension.is_listed:
            return self._value_draw(dimension.name, dimension.values)
        distribution = choose_distribution(dimension)
        if distribution is None:
            values = list_values(dimension)
            return self._value_draw(dimension.name, tuple(values))
        unconditional = replace(dimension, when=None)
        label = self._label(dimension.name, distribution)
        return RangeDraw(label, distribution, unconditional)

    def _value_draw(self, name: str, values: tuple[Value, ...]) -> Draw:
        if len(values) == 1:
            return ConstantDraw(values[0])
        label = self._label(name, values)
        return ChoiceDraw(label, values)

    def _label(self, name: str, content: object) -> str:
        """The label of a draw: the same as before where the content is."""
        key = (name, content)
        if key not in self.labels:
            count = self.label_counts.get(name, 0) + 1
            self.label_counts[name] = count
            self.labels[key] = name if count == 1 else f"{name}, {count}"
        return self.labels[key]


def choose_distribution(dimension: Dimension) -> Distribution | None:
    """How hyperopt draws from a range; None where its values have to be listed."""
    step = dimension.step
    if step is None:
        if dimension.is_log:
            return Distribution.LOGUNIFORM
        return Distribution.UNIFORM
    are_multiples = _is_multiple(dimension.low, step) and _is_multiple(float(dimension.last), step)
    if not dimension.is_log:
        if are_multiples:
            return Distribution.QUNIFORM
        return Distribution.STEPS
    if are_multiples or dimension.count > MAX_LISTED_VALUES:
        return Distribution.QLOGUNIFORM
    return None


def _is_multiple(number: float, step: float) -> bool:
    """Whether a number is a multiple of a step, but for the last digit."""
    nearest = round(number / step) * step
    return math.isclose(nearest, number, rel_tol=ROUNDING_ERROR)
