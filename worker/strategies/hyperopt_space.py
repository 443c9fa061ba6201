"""A search space as objects of hyperopt, and parameters as the values under its labels."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

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
from app.domain.search_space.parameters import Parameters, Value
from app.domain.search_space.space import SearchSpace

LabelledValues = dict[str, Any]  # what hyperopt stores of a trial: for a choice, an index


class OutsideSpace(ValueError):
    """Parameters that hyperopt cannot have drawn from this space."""


class HyperoptSpace:
    """What `write_hyperopt_code` writes, built. `domain`: what hyperopt's algorithms draw from.

    Raises HyperoptExportError where the conditions need too many branches.
    """

    def __init__(self, space: SearchSpace) -> None:
        from hyperopt.base import Domain

        self.entries = hyperopt_entries(space)
        nodes = _NodeBuilder().build(self.entries)
        self.domain = Domain(_never_called, nodes)

    def encode(self, parameters: Parameters) -> LabelledValues:
        """What hyperopt would have stored of a trial. Raises OutsideSpace."""
        values: LabelledValues = {}
        _encode_entries(self.entries, parameters, values)
        return values

    def decode(self, labelled: Mapping[str, Sequence[Any]]) -> dict[str, Value]:
        """The values that hyperopt drew, by hyperparameter.

        `labelled`: by label, a list with one value, or none where nothing was drawn.
        """
        decoded: dict[str, Value] = {}
        _decode_entries(self.entries, labelled, decoded)
        return decoded


@lru_cache(maxsize=1)
def hyperopt_space(space: SearchSpace) -> HyperoptSpace:
    """A space for hyperopt. The last one is kept: it is the same at each ask of a search."""
    return HyperoptSpace(space)


class _NodeBuilder:
    """Builds nodes of hyperopt, one for each label."""

    def __init__(self) -> None:
        self.nodes: dict[str, Any] = {}

    def build(self, entries: Entries) -> dict[str, Any]:
        """The dictionary that a person would give to fmin."""
        return {entry.name: self._node(entry.draw) for entry in entries}

    def _node(self, draw: Draw) -> Any:
        if isinstance(draw, ConstantDraw):
            return draw.value
        if draw.label not in self.nodes:
            self.nodes[draw.label] = self._new_node(draw)
        return self.nodes[draw.label]

    def _new_node(self, draw: ChoiceDraw | RangeDraw | BranchDraw) -> Any:
        from hyperopt import hp

        if isinstance(draw, ChoiceDraw):
            return hp.choice(draw.label, list(draw.values))
        if isinstance(draw, BranchDraw):
            options = [self.build(branch) for branch in draw.branches]
            return hp.choice(draw.label, options)
        return _range_node(draw)


def _range_node(draw: RangeDraw) -> Any:
    from hyperopt import hp

    low = draw.dimension.low
    last = draw.last
    step = draw.dimension.step
    match draw.distribution:
        case Distribution.UNIFORM:
            return hp.uniform(draw.label, low, last)
        case Distribution.QUNIFORM:
            return hp.quniform(draw.label, low, last, step)
        case Distribution.STEPS:
            last_index = draw.dimension.count - 1
            return hp.quniform(draw.label, 0, last_index, 1.0)
        case Distribution.LOGUNIFORM:
            return hp.loguniform(draw.label, np.log(low), np.log(last))
        case Distribution.QLOGUNIFORM:
            return hp.qloguniform(draw.label, np.log(low), np.log(last), step)


def _encode_entries(entries: Entries, parameters: Parameters, values: LabelledValues) -> None:
    for entry in entries:
        draw = entry.draw
        if isinstance(draw, ConstantDraw):
            continue
        if isinstance(draw, BranchDraw):
            index = _branch_index(draw, entry.name, parameters)
            values[draw.label] = index
            _encode_entries(draw.branches[index], parameters, values)
            continue
        value = parameters.get(entry.name)
        if isinstance(draw, ChoiceDraw):
            values[draw.label] = _choice_index(draw, value)
        else:
            values[draw.label] = _encode_number(draw, value)


def _choice_index(draw: ChoiceDraw, value: Value | None) -> int:
    if value not in draw.values:
        raise OutsideSpace
    return draw.values.index(value)


def _branch_index(draw: BranchDraw, name: str, parameters: Parameters) -> int:
    """The branch that has the owner's value."""
    value = parameters.get(name)
    for index, branch in enumerate(draw.branches):
        owner = branch[0].draw
        if isinstance(owner, ConstantDraw) and owner.value == value:
            return index
        if isinstance(owner, ChoiceDraw) and value in owner.values:
            return index
    raise OutsideSpace


def _encode_number(draw: RangeDraw, value: Value | None) -> float:
    """The number that hyperopt drew, to the last digit."""
    dimension = draw.dimension
    if value is None or not dimension.contains(value):
        raise OutsideSpace
    if draw.distribution == Distribution.STEPS:
        index = dimension.index_of(value)
        return float(index)
    number = float(value)
    if dimension.step is None:
        return number
    return round(number / dimension.step) * dimension.step


def _decode_entries(
    entries: Entries, values: Mapping[str, Sequence[Any]], decoded: dict[str, Value]
) -> None:
    for entry in entries:
        draw = entry.draw
        if isinstance(draw, ConstantDraw):
            decoded[entry.name] = draw.value
            continue
        (drawn,) = values[draw.label]
        if isinstance(draw, BranchDraw):
            branch = draw.branches[int(drawn)]
            _decode_entries(branch, values, decoded)
        elif isinstance(draw, ChoiceDraw):
            decoded[entry.name] = draw.values[int(drawn)]
        else:
            decoded[entry.name] = _decode_number(draw, float(drawn))


def _decode_number(draw: RangeDraw, number: float) -> Value:
    """The value of the dimension that is nearest to a number that hyperopt drew."""
    dimension = draw.dimension
    if dimension.step is None:
        clipped = max(number, dimension.low)
        return min(clipped, dimension.high)
    if draw.distribution == Distribution.STEPS:
        return dimension.value_at(round(number))
    index = dimension.index_of(number)
    last_index = dimension.count - 1
    return dimension.value_at(min(max(index, 0), last_index))


def _never_called(*arguments: object) -> None:
    """hyperopt wants an objective. Trials are trained elsewhere."""
    raise NotImplementedError
