"""The value that tells the dictionaries of an hp.choice apart."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.hyperopt.names import OWNER_KEYS, resolve_name, resolve_value
from app.domain.hyperopt.nodes import ChoiceNode, ConstantNode, DictNode, Node
from app.domain.search_space.catalogue import Catalogue, Value


@dataclass(frozen=True)
class KeyValues:
    """The values that a key of a branch has."""

    key: str
    values: tuple[Value, ...]


BranchValues = Mapping[str, KeyValues]  # by hyperparameter


@dataclass(frozen=True)
class DenseCounting:
    """How dense layers are counted and named in an hp.choice.

    `outputs`: how many output layers are counted among the dense layers. `renames`: the
    hyperparameters of layers whose numbers are too high by that.
    """

    outputs: int = 0
    renames: Mapping[str, str] = field(default_factory=dict)


def collect_branch_values(
    owner: str | None, branch: DictNode, catalogue: Catalogue, outputs: int = 0
) -> BranchValues:
    """The constant values in a branch.

    `owner`: the hyperparameter that the whole choice belongs to. `outputs`: what is subtracted from
    its numbers, see DenseCounting.
    """
    branch_values: dict[str, KeyValues] = {}
    for entry in branch.entries:
        key = entry.key
        belongs_to_owner = owner is not None and key.lower() in OWNER_KEYS
        name = resolve_name(key, catalogue)
        if belongs_to_owner:
            name = owner
        constants = _constants_of(entry.node)
        if name is None or not constants:
            continue
        hyperparameter = catalogue[name]
        values = [resolve_value(hyperparameter, constant) for constant in constants]
        if belongs_to_owner:
            values = [_subtract(value, outputs) for value in values]
        branch_values[name] = KeyValues(key, tuple(values))
    return branch_values


def _constants_of(node: Node) -> list[Value]:
    """A constant, or the options of a choice of constants; empty for anything else."""
    if isinstance(node, ConstantNode):
        return [node.value]
    if not isinstance(node, ChoiceNode):
        return []
    constants = []
    for option in node.options:
        if not isinstance(option, ConstantNode):
            return []
        constants.append(option.value)
    return constants


def _subtract(value: Value, outputs: int) -> Value:
    if outputs and isinstance(value, int):
        return value - outputs
    return value


def find_decider(owner: str | None, branches: Sequence[BranchValues]) -> str | None:
    """The hyperparameter with different values in every branch, preferably the owner."""
    names = list(branches[0])
    for branch in branches:
        names = [name for name in names if name in branch]
    if owner in names:
        names.remove(owner)
        names.insert(0, owner)
    for name in names:
        values: list[Value] = []
        for branch in branches:
            values += branch[name].values
        different_values = set(values)
        if len(different_values) == len(values):
            return name
    return None


def count_dense_layers(
    owner: str | None, branches: Sequence[DictNode], catalogue: Catalogue
) -> DenseCounting:
    """Whether the output is counted among the dense layers, as many people do.

    "layers": "one" without a size, beside "layers": "two" with one size, means no hidden layer and
    one hidden layer.
    """
    if owner != "dense_layers":
        return DenseCounting()
    every_size: set[str] = set()
    for branch in branches:
        sizes = _dense_sizes(branch, catalogue)
        branch_values = collect_branch_values(owner, branch, catalogue)
        counted = branch_values.get(owner)
        if counted is None or counted.key.lower() not in OWNER_KEYS:
            return DenseCounting()
        layers = counted.values[0]
        if not isinstance(layers, int) or layers != len(sizes) + 1:
            return DenseCounting()
        every_size |= sizes
    if "dense_units_1" in every_size:
        return DenseCounting(outputs=1)
    renames = {
        "dense_units_2": "dense_units_1",
        "dense_units_3": "dense_units_2",
    }
    return DenseCounting(outputs=1, renames=renames)


def _dense_sizes(branch: DictNode, catalogue: Catalogue) -> set[str]:
    """The sizes of dense layers in a branch, by the names of their hyperparameters."""
    sizes = set()
    for entry in branch.entries:
        name = resolve_name(entry.key, catalogue) or ""
        if re.match(r"dense_units_\d", name):
            sizes.add(name)
    return sizes
