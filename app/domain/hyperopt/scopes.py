"""What the names in hyperopt code stand for."""

import ast
from collections import ChainMap
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.domain.hyperopt.nodes import (
    ConstantNode,
    DictEntry,
    DictNode,
    HyperoptError,
    ListNode,
    Node,
    Position,
    parts_of,
    position_of,
)
from app.domain.literals.bindings import imported_names
from app.domain.literals.values import Imported, Unread, items_of, to_plain

MAX_NAME_SHOWN = 40  # characters
MAX_STEPS = 200_000  # expressions and statements that are read, those of loops each time
NAMES_IN_A_STEP = 8  # that are looked through in the time of a step

Function = ast.FunctionDef | ast.Lambda


@dataclass(frozen=True)
class Unreadable:
    """A name whose value is not known, and why."""

    error: HyperoptError


@dataclass(frozen=True)
class Definition:
    """A function of the code, and what the names in it stand for."""

    function: Function
    scope: "Scope"


Bound = Node | Definition | Unreadable


@dataclass
class Journal:
    """What names stood for before they were bound, where that may have to be undone."""

    depth: int = 0
    entries: list[tuple[MutableMapping[str, Any], str, Any]] = field(default_factory=list)

    def note(self, names: MutableMapping[str, Any], name: str) -> None:
        """Note what a name stands for before it is bound anew."""
        if self.depth:
            self.entries.append((names, name, names.get(name, _MISSING)))

    def undo(self, start: int) -> list[str]:
        """Undo all from an entry on, and give the names."""
        undone = self.entries[start:]
        del self.entries[start:]
        for names, name, value in reversed(undone):
            if value is _MISSING:
                names.pop(name, None)
            else:
                names[name] = value
        changed = dict.fromkeys(name for _, name, _ in undone)
        return list(changed)


_MISSING = object()


@dataclass
class Steps:
    """How many expressions and statements may still be read."""

    left: int = MAX_STEPS

    def count(self, tree: ast.AST, n_steps: int = 1) -> None:
        """Count steps. Raises HyperoptError where they are too many."""
        self.left -= n_steps
        if self.left < 0:
            raise HyperoptError(
                position_of(tree), "This code has too many steps to be followed. Paste the space."
            )


@dataclass
class Scope:
    """The names that some statements know.

    `constants`: plain values, for the evaluator of literals; a name of anything else is Unread
    there. `nodes`: what holds hp. expressions, functions, names without a known value, and plain
    dictionaries with the positions of their entries.
    `outer_names`: those that are bound outside, as `global` says.
    """

    steps: Steps
    journal: Journal = field(default_factory=Journal)
    constants: ChainMap[str, Any] = field(default_factory=ChainMap)
    nodes: ChainMap[str, Bound] = field(default_factory=ChainMap)
    outer_names: set[str] = field(default_factory=set)

    def inner(self) -> "Scope":
        """A scope inside this one: what it binds is unknown here."""
        return Scope(self.steps, self.journal, self.constants.new_child(), self.nodes.new_child())

    @contextmanager
    def aside(self) -> Iterator[list[str]]:
        """Undo in the end what is bound meanwhile. The list has the names, once they are undone."""
        start = len(self.journal.entries)
        self.journal.depth += 1
        names: list[str] = []
        try:
            yield names
        finally:
            self.journal.depth -= 1
            undone = self.journal.undo(start)
            names += [name for name in undone if name in self.constants]

    def rebind(self, name: str, node: Node | Unreadable, tree: ast.AST) -> None:
        """Bind what a name stands for anew, also under its other names and in outer scopes."""
        names = self.names_of(name)
        self.steps.count(tree, 1 + len(self.constants) // NAMES_IN_A_STEP)
        changed = self.nodes.get(name)
        value = self.constants.get(name)
        for other in self.constants:
            if other in names:
                continue
            if self._holds(other, changed, value, tree):
                self._replace(other, unknown(tree, other))
        for other in names:
            self._replace(other, node)

    def _holds(self, name: str, changed: object, value: object, tree: ast.AST) -> bool:
        """Whether a name stands for something that holds what is changed."""
        bound = self.nodes.get(name)
        if isinstance(bound, DictNode | ListNode) and isinstance(changed, DictNode | ListNode):
            parts = parts_of(bound)
            self.steps.count(tree, 1 + len(parts) // NAMES_IN_A_STEP)
            if id(changed) in parts:
                return True
        return _has_part(self.constants[name], value)

    def _replace(self, name: str, node: Node | Unreadable) -> None:
        """Bind a name in the scope that binds it already."""
        for level, constants in enumerate(self.constants.maps):
            if name in constants:
                self._write(level, name, Unread(ast.Name(name, ast.Load())), node)
                return

    def bind_value(self, name: str, value: object, node: Node | None = None) -> None:
        """Bind a name to a plain value, and perhaps the node that knows its positions."""
        self._write(self._level_of(name), name, value, node or _NO_NODE)

    def bind(self, name: str, node: Bound) -> None:
        """Bind a name to anything else."""
        unread = Unread(ast.Name(name, ast.Load()))
        self._write(self._level_of(name), name, unread, node)

    def _level_of(self, name: str) -> int:
        """The scope in which a name is bound, counted from this one outwards."""
        if name not in self.outer_names:
            return 0
        last = len(self.constants.maps) - 1
        for level in range(1, last):
            if name in self.constants.maps[level]:
                return level
        return last

    def _write(self, level: int, name: str, value: object, node: Bound) -> None:
        constants = self.constants.maps[level]
        nodes = self.nodes.maps[level]
        self.journal.note(constants, name)
        self.journal.note(nodes, name)
        constants[name] = value
        nodes[name] = node

    def bind_imports(self, statement: ast.Import | ast.ImportFrom) -> None:
        """Bind the names that an import binds."""
        for name, imported in imported_names(statement).items():
            self.bind_value(name, imported)

    def find(self, name: str) -> Bound | None:
        """What a name is bound to, where that is no plain value."""
        if isinstance(self.constants.get(name), Unread):
            return self.nodes.get(name)
        return None

    def look_up(self, name: str, position: Position) -> Node:
        """The node of a name. Raises HyperoptError where its value is not known."""
        node = self.nodes.get(name)
        if node is _NO_NODE:
            node = None
        shown = name[:MAX_NAME_SHOWN]
        if isinstance(node, Unreadable):
            raise node.error
        if isinstance(node, Definition):
            raise HyperoptError(position, f'"{shown}" is a function: call it, like {shown}().')
        if node is not None:
            return node
        value = self.constants.get(name)
        if name not in self.constants or isinstance(value, Unread | Imported):
            raise HyperoptError(
                position,
                f'"{shown}" has no value here: assign it above, or write its value.',
            )
        return value_node(value, position)

    def own_names(self) -> list[str]:
        """The names that are bound in this scope itself."""
        return list(self.constants.maps[0])

    def copy_binding(self, name: str, source: "Scope", new_name: str = "") -> None:
        """Bind a name to what it, or another one, is bound to in another scope."""
        new_name = new_name or name
        bound = source.find(name)
        if bound is not None:
            self.bind(new_name, bound)
        elif name in source.constants:
            self.bind_value(new_name, source.constants[name])

    def names_of(self, name: str) -> list[str]:
        """The names that are bound to the same list or dictionary: a change changes them all."""
        bound = self.find(name)
        if bound is not None:
            return [other for other in self.nodes if self.nodes[other] is bound]
        value = self.constants.get(name)
        if isinstance(value, list | dict | np.ndarray):
            return [other for other in self.constants if self.constants[other] is value]
        return [name]


def unknown(tree: ast.AST, name: str) -> Unreadable:
    """A name whose value is not known after a part of the code."""
    error = HyperoptError(
        position_of(tree), f'"{name}" has a value here that only a run would know.'
    )
    return Unreadable(error)


def _has_part(value: object, part: object) -> bool:
    """Whether a list or dictionary holds another one."""
    if not isinstance(part, list | dict | np.ndarray):
        return False
    waiting = [value]
    while waiting:
        whole = waiting.pop()
        if whole is part:
            return True
        if isinstance(whole, list | tuple):
            waiting += whole
        elif isinstance(whole, dict):
            waiting += whole.values()
    return False


_NO_NODE = Unreadable(HyperoptError(Position(1, 1), "This name has a plain value."))


def value_node(value: object, position: Position) -> Node:
    """A plain value as a node. Raises HyperoptError where a space has no such values."""
    if isinstance(value, np.ndarray | list | tuple):
        items = [value_node(item, position) for item in items_of(value)]
        return ListNode(position, tuple(items))
    if isinstance(value, Mapping):
        entries = []
        for key, item in value.items():
            if not isinstance(key, str):
                raise HyperoptError(position, 'A key is a name in quotes, like "units_1".')
            entries.append(DictEntry(position, key, value_node(item, position)))
        return DictNode(position, tuple(entries))
    if isinstance(value, str | int | float):
        return ConstantNode(position, to_plain(value))
    raise HyperoptError(
        position, f'"{str(value)[:MAX_NAME_SHOWN]}" is no value that a space can have.'
    )
