"""Hyperopt code as a search space: dictionaries and choices become dimensions with conditions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.hyperopt.branches import (
    collect_branch_values,
    count_dense_layers,
    find_decider,
)
from app.domain.hyperopt.conditions import PossibleValues, drop_implied, merge_conditions
from app.domain.hyperopt.entries import Entry, are_equivalent, convert_node, listed_values
from app.domain.hyperopt.names import list_first_names, resolve_name, suggest_names
from app.domain.hyperopt.nodes import (
    ChoiceNode,
    ConstantNode,
    DictEntry,
    DictNode,
    HyperoptError,
    Node,
    Position,
    RangeNode,
)
from app.domain.hyperopt.ranges import has_whole_logarithms
from app.domain.hyperopt.syntax import read_code
from app.domain.search_space.catalogue import CATALOGUE, Catalogue, Value
from app.domain.search_space.dimensions import Condition
from app.domain.search_space.notes import describe_losses
from app.domain.search_space.problems import excerpt
from app.domain.search_space.space import SearchSpace, SpaceError

__all__ = ["HyperoptError", "ImportedSpace", "import_space", "parse_hyperopt_code"]

MAX_ENTRIES = 5000  # of a space, counted in each branch
NO_RENAMES: Mapping[str, str] = {}


@dataclass(frozen=True)
class ImportedSpace:
    """The search space that code describes, and what a person should know about its reading."""

    space: SearchSpace
    notes: tuple[str, ...]


def parse_hyperopt_code(code: str, catalogue: Catalogue = CATALOGUE) -> SearchSpace:
    """The search space that hyperopt code describes: see `import_space`."""
    return import_space(code, catalogue).space


def import_space(code: str, catalogue: Catalogue = CATALOGUE) -> ImportedSpace:
    """The search space that hyperopt code describes. The code is never run.

    Raises HyperoptError with the position of the first thing that is not understood.
    """
    root = read_code(code)
    builder = _SpaceBuilder(catalogue)
    try:
        builder.add_dict(root, {}, NO_RENAMES)
        document = builder.document()
    except RecursionError:
        raise HyperoptError(root.position, "This space is nested too deeply.") from None
    try:
        space = SearchSpace.parse(document, catalogue)
    except SpaceError as error:
        problem = error.problems[0]
        position = builder.positions.get(problem.name, root.position)
        raise HyperoptError(position, problem.message) from None
    notes = [
        *builder.describe_names(),
        *builder.logarithm_notes,
        *_describe_later_layers(space),
    ]
    return ImportedSpace(space, (*notes, *describe_losses(document, space)))


def _describe_later_layers(space: SearchSpace) -> list[str]:
    """What a second layer has, where the code describes the first one alone."""
    layers = space.dimensions.get("recurrent_layers")
    if layers is None or layers.last == 1:
        return []
    defaults = []
    for name in space.dimensions:
        later_name = f"{name.removesuffix('_1')}_2"
        row = space.catalogue.get(later_name)
        if not name.endswith("_1") or row is None or later_name in space.dimensions:
            continue
        if row.requires is not None and row.requires[0] == "recurrent_layers":
            defaults.append(f"{later_name} is {row.default}")
    if not defaults:
        return []
    listed = " and ".join(defaults)
    return [f"The code describes the first layer alone. In later ones, {listed}."]


@dataclass(frozen=True)
class _LabelUse:
    """Where a label is used first, and for which hyperparameter."""

    position: Position
    name: str


@dataclass
class _SpaceBuilder:
    """What the nodes read so far describe, by hyperparameter.

    `conditions`: one for each branch in which the hyperparameter occurs.
    `positions`: where it occurs first. `read_as`: names of the code that are none of ours.
    `logarithm_notes`: on ranges whose bounds look like powers of 10.
    """

    catalogue: Catalogue
    entries: dict[str, Entry] = field(default_factory=dict)
    conditions: dict[str, list[Condition]] = field(default_factory=dict)
    positions: dict[str, Position] = field(default_factory=dict)
    labels: dict[str, _LabelUse] = field(default_factory=dict)
    read_as: dict[str, str] = field(default_factory=dict)
    logarithm_notes: list[str] = field(default_factory=list)
    entry_count: int = 0

    def add_dict(self, node: DictNode, condition: Condition, renames: Mapping[str, str]) -> None:
        """Add a dictionary whose entries are active under a condition."""
        for entry in node.entries:
            self.entry_count += 1
            if self.entry_count > MAX_ENTRIES:
                raise HyperoptError(
                    entry.position,
                    f"This space has more than {MAX_ENTRIES:,} entries, counted in each branch.",
                )
            self._add_entry(entry, condition, renames)

    def describe_names(self) -> list[str]:
        """Which names of the code are read as which hyperparameters, where they differ."""
        if not self.read_as:
            return []
        pairs = ", ".join(f"{written} as {name}" for written, name in self.read_as.items())
        return [f"Read {pairs}."]

    def document(self) -> dict[str, object]:
        """The space's JSON."""
        possible_values = {}
        for name, entry in self.entries.items():
            possible_values[name] = listed_values(entry)
        conditions = {}
        for name in self.conditions:
            conditions[name] = self._merge_conditions_of(name, possible_values)
        document: dict[str, object] = {}
        for name, entry in self.entries.items():
            condition = drop_implied(name, conditions)
            if condition:
                when = {other: list(allowed) for other, allowed in condition.items()}
                document[name] = {**entry, "when": when}
            else:
                document[name] = entry
        return document

    def _merge_conditions_of(self, name: str, possible_values: PossibleValues) -> Condition:
        condition = merge_conditions(self.conditions[name], possible_values)
        if condition is None:
            raise HyperoptError(
                self.positions[name],
                f"{name} is active under several conditions that cannot be merged into one.",
            )
        return condition

    def _add_entry(
        self, entry: DictEntry, condition: Condition, renames: Mapping[str, str]
    ) -> None:
        node = entry.node
        name = resolve_name(entry.key, self.catalogue)
        if name is not None:
            name = renames.get(name, name)
        if isinstance(node, DictNode):
            self.add_dict(node, condition, renames)
        elif isinstance(node, ChoiceNode) and _has_branches(node):
            self._add_branches(name, node, condition)
        elif name is None:
            raise self._unknown_name(entry)
        else:
            if entry.key != name:
                self.read_as.setdefault(excerpt(entry.key), name)
            self._check_label(node, name)
            converted = convert_node(self.catalogue[name], node)
            if isinstance(node, RangeNode) and has_whole_logarithms(node):
                self.logarithm_notes.append(
                    f"{name} is drawn from {node.low:.3g} to {node.high:.3g}: hp.loguniform takes "
                    "natural logarithms, not powers of 10."
                )
            self._add(name, converted, condition, entry.position)

    def _unknown_name(self, entry: DictEntry) -> HyperoptError:
        message = f'Hyperparameter "{excerpt(entry.key)}" not found.'
        suggestions = suggest_names(entry.key, self.catalogue)
        if suggestions:
            quoted = " or ".join(f'"{name}"' for name in suggestions)
            message += f" Did you mean {quoted}?"
        else:
            names = ", ".join(list_first_names(self.catalogue))
            message += f" Remove it, or use one of {names}."
        return HyperoptError(entry.position, message)

    def _add_branches(self, owner: str | None, choice: ChoiceNode, condition: Condition) -> None:
        """Add an hp.choice of dictionaries: branches told apart by the values of one key."""
        branches = [_as_branch(owner, option) for option in choice.options]
        if len(branches) == 1:
            self.add_dict(branches[0], condition, NO_RENAMES)
            return
        self._check_label(choice, owner or choice.label)
        counting = count_dense_layers(owner, branches, self.catalogue)
        branch_values = [
            collect_branch_values(
                owner,
                branch,
                self.catalogue,
                counting.outputs,
            )
            for branch in branches
        ]
        decider = find_decider(owner, branch_values)
        if decider is None:
            raise HyperoptError(
                choice.position,
                "The dictionaries in this hp.choice need a value that tells them apart, under the "
                "same name in each, like {'recurrent_layers': 1}, "
                "{'recurrent_layers': 2, 'units_2': …}.",
            )
        deciding = [values[decider] for values in branch_values]
        choices: list[Value] = []
        for key_values in deciding:
            choices += key_values.values
        self._add(decider, {"choice": choices}, condition, choice.position)
        for branch, key_values in zip(branches, deciding, strict=True):
            rest = _without_key(branch, key_values.key)
            branch_condition = {**condition, decider: key_values.values}
            self.add_dict(rest, branch_condition, counting.renames)

    def _add(self, name: str, entry: Entry, condition: Condition, position: Position) -> None:
        first_entry = self.entries.setdefault(name, entry)
        first_position = self.positions.setdefault(name, position)
        conditions = self.conditions.setdefault(name, [])
        if not are_equivalent(first_entry, entry):
            raise HyperoptError(
                position,
                f"{name} has other values at line {first_position.line}, but it can have one "
                "range only. Give it the same values in every branch.",
            )
        if condition in conditions:
            raise HyperoptError(
                position, f"{name} is already defined at line {first_position.line}."
            )
        conditions.append(condition)

    def _check_label(self, node: Node, name: str) -> None:
        """Check that a label is used once, and for one hyperparameter."""
        if not isinstance(node, RangeNode | ChoiceNode):
            return
        first_use = self.labels.setdefault(node.label, _LabelUse(node.position, name))
        if first_use.position != node.position:
            raise HyperoptError(
                node.position,
                f'The label "{excerpt(node.label)}" is already used at line '
                f"{first_use.position.line}: hyperopt needs a different one here.",
            )
        if first_use.name != name:
            raise HyperoptError(
                node.position,
                f"{first_use.name} and {name} would always be equal: "
                "give each its own hp. expression.",
            )


def _has_branches(choice: ChoiceNode) -> bool:
    branches = [option for option in choice.options if isinstance(option, DictNode)]
    return bool(branches)


def _without_key(branch: DictNode, key: str) -> DictNode:
    entries = [entry for entry in branch.entries if entry.key != key]
    return DictNode(
        branch.position,
        tuple(entries),
    )


def _as_branch(owner: str | None, option: Node) -> DictNode:
    """An option of an hp.choice as a dictionary: a plain value is one of its owner."""
    if isinstance(option, DictNode):
        return option
    if owner is None or not isinstance(option, ConstantNode):
        raise HyperoptError(
            option.position,
            "An hp.choice that has dictionaries can have nothing but dictionaries.",
        )
    entry = DictEntry(option.position, owner, option)
    return DictNode(option.position, (entry,))
