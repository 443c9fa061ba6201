"""What tells the dictionaries of an hp.choice apart."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.hyperopt.names import OWN_VALUE, our_name, our_value
from app.domain.hyperopt.syntax import Node, Pick, Plain, Table
from app.domain.search_space.catalogue import Catalogue, Value


@dataclass(frozen=True)
class Deciding:
    """The values that one key has in one branch."""

    key: str
    values: tuple[Value, ...]


def deciding_values(
    owner: str | None, table: Table, catalogue: Catalogue, less: int = 0
) -> dict[str, Deciding]:
    """The plain values of a branch by hyperparameter; `owner` is what the whole choice is the value of.

    `less` is taken from the owner's own numbers: people count the output among the dense layers.
    """
    found: dict[str, Deciding] = {}
    for _, key, node in table.entries:
        own = owner is not None and key.lower() in OWN_VALUE
        name = owner if own else our_name(key, catalogue)
        listed = _plain_values(node)
        if name is None or not listed:
            continue
        values = tuple(our_value(catalogue[name], value) for value in listed)
        if own and less:
            values = tuple(value - less if isinstance(value, int) else value for value in values)
        found[name] = Deciding(key, values)
    return found


def decisive(owner: str | None, branches: Sequence[Mapping[str, Deciding]]) -> str | None:
    """The hyperparameter with values of its own in every branch; the owner first."""
    names = [name for name in branches[0] if all(name in branch for branch in branches)]
    for name in sorted(names, key=lambda name: name != owner):
        every = [value for branch in branches for value in branch[name].values]
        if len(set(every)) == len(every):
            return name
    return None


def dense_shift(
    owner: str | None, tables: Sequence[Table], catalogue: Catalogue
) -> tuple[dict[str, str], int]:
    """How dense layers are renamed and counted where the output is counted among them.

    "layers": "one" without a size beside "layers": "two" with one means no and one hidden layer.
    """
    if owner != "dense_layers":
        return {}, 0
    sizes = [
        {our_name(key, catalogue) for _, key, _ in table.entries if _is_size(key, catalogue)}
        for table in tables
    ]
    own = [deciding_values(owner, table, catalogue).get(owner) for table in tables]
    for found, names in zip(own, sizes, strict=True):
        if (
            found is None
            or found.key.lower() not in OWN_VALUE
            or not isinstance(found.values[0], int)
        ):
            return {}, 0
        if found.values[0] != len(names) + 1:
            return {}, 0
    every = set().union(*sizes)
    shifted = {f"dense_units_{number + 1}": f"dense_units_{number}" for number in (1, 2)}
    return ({} if "dense_units_1" in every else shifted), 1


def _is_size(key: str, catalogue: Catalogue) -> bool:
    return bool(re.match(r"dense_units_\d", our_name(key, catalogue) or ""))


def _plain_values(node: Node) -> list[Value]:
    if isinstance(node, Plain):
        return [node.value]
    if isinstance(node, Pick) and all(isinstance(option, Plain) for option in node.options):
        return [option.value for option in node.options if isinstance(option, Plain)]
    return []
