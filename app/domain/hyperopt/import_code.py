"""Hyperopt code as a search space: dictionaries and choices folded into dimensions with conditions."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.domain.hyperopt.branches import deciding_values, decisive, dense_shift
from app.domain.hyperopt.conditions import When, merged, without_implied
from app.domain.hyperopt.names import nearest, our_name, our_value
from app.domain.hyperopt.syntax import (
    Draw,
    HyperoptError,
    Listing,
    Node,
    Pick,
    Place,
    Plain,
    Table,
    read_code,
)
from app.domain.search_space.catalogue import CATALOGUE, Catalogue, Hyperparameter, Value
from app.domain.search_space.problems import named
from app.domain.search_space.space import SearchSpace, SpaceError

__all__ = ["HyperoptError", "space_of_hyperopt"]
MOST_PARTS = 5000  # of a space, each branch counted


def space_of_hyperopt(code: str, catalogue: Catalogue = CATALOGUE) -> SearchSpace:
    """The search space that hyperopt code describes. The code is read by its syntax tree and never run.

    Raises HyperoptError with the line and column of the first thing that cannot be meant.
    """
    table = read_code(code)
    folding = _Folding(catalogue)
    try:
        folding.table(table, {})
        document = folding.document()
    except RecursionError:
        raise HyperoptError(table.place, "This space is nested too deep.") from None
    try:
        return SearchSpace.parse(document, catalogue)
    except SpaceError as error:
        first = error.problems[0]
        raise HyperoptError(folding.places.get(first.name, table.place), first.message) from None


@dataclass
class _Folding:
    """What was found so far: entries and conditions by hyperparameter, where each stood, labels."""

    catalogue: Catalogue
    entries: dict[str, Mapping[str, object]] = field(default_factory=dict)
    conditions: dict[str, list[When]] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    labels: dict[str, tuple[Place, str]] = field(default_factory=dict)
    parts: int = 0

    def table(self, table: Table, when: When, shift: Mapping[str, str] | None = None) -> None:
        """Fold a dictionary whose entries count under a condition; `shift` renames some."""
        for place, key, node in table.entries:
            self.parts += 1
            if self.parts > MOST_PARTS:
                raise HyperoptError(
                    place, f"This space has more than {MOST_PARTS:,} parts, each branch counted."
                )
            name = our_name(key, self.catalogue)
            name = (shift or {}).get(name or "", name)
            if isinstance(node, Table):
                self.table(node, when, shift)
            elif isinstance(node, Pick) and any(
                isinstance(option, Table) for option in node.options
            ):
                self._branches(name, node, when)
            elif name is None:
                near = nearest(key, self.catalogue)
                meant = f' Did you mean "{near}"?' if near else ""
                raise HyperoptError(place, f'There is no hyperparameter "{named(key)}".{meant}')
            else:
                self._check_label(node, name)
                self._add(name, self._entry(name, node), when, place)

    def document(self) -> dict[str, object]:
        """The space's JSON."""
        whens: dict[str, When] = {}
        for name, found in self.conditions.items():
            one = merged(found, {other: _values(entry) for other, entry in self.entries.items()})
            if one is None:
                why = f"{name} counts under conditions that depend on each other in a way that cannot be kept."
                raise HyperoptError(self.places[name], why)
            whens[name] = one
        document: dict[str, object] = {}
        for name, entry in self.entries.items():
            when = without_implied(name, whens)
            conditions = {other: list(allowed) for other, allowed in when.items()}
            document[name] = {**entry, "when": conditions} if conditions else entry
        return document

    def _branches(self, owner: str | None, pick: Pick, when: When) -> None:
        """Fold an hp.choice of dictionaries: each is a branch, told apart by a value of its own."""
        tables = [self._as_table(owner, option) for option in pick.options]
        if len(tables) == 1:
            self.table(tables[0], when)
            return
        self._check_label(pick, owner or pick.label)
        shift, less = dense_shift(owner, tables, self.catalogue)
        found = [deciding_values(owner, table, self.catalogue, less) for table in tables]
        decider = decisive(owner, found)
        if decider is None:
            example = "like {'recurrent_layers': 1}, {'recurrent_layers': 2, 'units_2': …}"
            why = "The dictionaries in this hp.choice need a value that tells them apart, one name in each"
            raise HyperoptError(pick.place, f"{why}, {example}.")
        every = tuple(value for values in found for value in values[decider].values)
        self._add(decider, {"choice": list(every)}, when, pick.place)
        for table, values in zip(tables, found, strict=True):
            rest = tuple(entry for entry in table.entries if entry[1] != values[decider].key)
            self.table(Table(table.place, rest), {**when, decider: values[decider].values}, shift)

    def _as_table(self, owner: str | None, option: Node) -> Table:
        if isinstance(option, Table):
            return option
        if owner is None or not isinstance(option, Plain):
            raise HyperoptError(
                option.place, "Beside dictionaries, an hp.choice holds dictionaries."
            )
        return Table(option.place, ((option.place, owner, option),))

    def _add(self, name: str, entry: Mapping[str, object], when: When, place: Place) -> None:
        before = self.entries.get(name)
        if before is not None and not _same(before, entry):
            why = f"{name} has other values at line {self.places[name].line}: it can have one range only."
            raise HyperoptError(place, f"{why} Give it the same in every branch.")
        if when in self.conditions.get(name, []):
            raise HyperoptError(place, f"{name} is already there at line {self.places[name].line}.")
        self.entries.setdefault(name, entry)
        self.places.setdefault(name, place)
        self.conditions.setdefault(name, []).append(when)

    def _check_label(self, node: Node, name: str) -> None:
        if not isinstance(node, Draw | Pick):
            return
        place, other = self.labels.setdefault(node.label, (node.place, name))
        if place != node.place:
            why = f'The label "{named(node.label)}" is already used at line {place.line}'
            raise HyperoptError(node.place, f"{why}: hyperopt needs another one here.")
        if other != name:
            raise HyperoptError(
                node.place,
                f"{other} and {name} would always be equal: give each an hp. of its own.",
            )

    def _entry(self, name: str, node: Node) -> Mapping[str, object]:
        row = self.catalogue[name]
        if isinstance(node, Plain):
            return {"fixed": our_value(row, node.value)}
        if isinstance(node, Draw):
            return _range(row, node)
        if isinstance(node, Pick):
            return {"choice": [self._plain(row, option) for option in node.options]}
        assert isinstance(node, Listing)
        raise HyperoptError(
            node.place, f'A list alone is no choice: write hp.choice("{name}", […]).'
        )

    def _plain(self, row: Hyperparameter, node: Node) -> Value:
        if not isinstance(node, Plain):
            raise HyperoptError(
                node.place, f"The values of {row.name} are plain ones, like 16 or 'adam'."
            )
        return our_value(row, node.value)


def _range(row: Hyperparameter, draw: Draw) -> Mapping[str, object]:
    low, high, step = draw.low, draw.high, draw.step
    if row.kind == "integer" and step is None:
        low, high = math.ceil(low), math.floor(high)
    if low == high:
        return {"fixed": low}
    kind = "loguniform" if draw.log else "integer" if row.kind == "integer" else "uniform"
    return {kind: [low, high]} | ({"step": step} if step is not None else {})


def _values(entry: Mapping[str, object]) -> tuple[Value, ...]:
    """What a listed entry can be; nothing for a range."""
    listed = entry.get("choice", [entry["fixed"]] if "fixed" in entry else [])
    assert isinstance(listed, list)
    return tuple(listed)


def _same(entry: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether two entries allow the same, whatever the order of a choice."""
    if _values(entry) and _values(other):
        return set(_values(entry)) == set(_values(other))
    return entry == other
