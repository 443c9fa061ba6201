"""The plain values that a program binds to names at its top."""

import ast
from collections.abc import Iterable, Iterator

import numpy as np

from app.domain.literals.budget import Budget
from app.domain.literals.evaluator import Evaluator, bind
from app.domain.literals.values import Imported, LiteralError, Unread

MAX_BOUND_VALUES = 100_000  # that are bound to names at the top of a program
MAX_COMPARED_VALUES = 1_000_000
CHANGING_METHODS = (
    "append",
    "clear",
    "extend",
    "insert",
    "pop",
    "remove",
    "reverse",
    "setdefault",
    "sort",
    "update",
)


def collect_bindings(tree: ast.Module) -> dict[str, object]:
    """What each name stands for after the last statement: a plain value, Unread or Imported.

    Lists and dictionaries may have Unread items. A name is Unread where only a run would know it:
    values beyond MAX_BOUND_VALUES, functions, and names that are changed in a block or a function.
    """
    collector = _Collector()
    for statement in tree.body:
        collector.read(statement)
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            collector.forget(_changed_from_inside(statement))
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            collector.forget(node.names)
    collector.forget_arguments(tree)
    return collector.bindings


class _Collector:
    """Follows the statements at the top of a program."""

    def __init__(self) -> None:
        self.bindings: dict[str, object] = {}
        self.evaluator = Evaluator(self.bindings, Budget(MAX_BOUND_VALUES), keeps_unread=True)
        self.comparisons = Budget(MAX_COMPARED_VALUES)

    def read(self, statement: ast.stmt) -> None:
        """Bind what a statement binds."""
        match statement:
            case ast.Import() | ast.ImportFrom():
                self.bindings.update(imported_names(statement))
            case ast.Assign(targets=[target], value=value):
                self._assign(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, value)
            case _:
                self.forget(changed_names(statement))

    def _assign(self, target: ast.expr, node: ast.expr) -> None:
        self.forget(changed_names(node))
        try:
            bind(target, self.evaluator.evaluate(node), self.bindings)
        except (LiteralError, TypeError, ValueError):
            self.forget(changed_names(target))
            if isinstance(target, ast.Name):
                self.bindings[target.id] = Unread(node)

    def forget(self, names: Iterable[str]) -> None:
        """Mark names as known only when the program runs, and what shares a value with them."""
        for name in names:
            value = self.bindings.get(name)
            if isinstance(value, list | dict | np.ndarray):
                self._forget_sharing(value)
            if name:
                self.bindings[name] = Unread(ast.Name(name, ast.Load()))

    def forget_arguments(self, tree: ast.Module) -> None:
        """Forget what the program hands to functions of its own that change a parameter."""
        changing = set()
        for statement in tree.body:
            if isinstance(statement, ast.FunctionDef) and _changes_parameters(statement):
                changing.add(statement.name)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and owner_of(node.func) in changing:
                values = [*node.args, *(keyword.value for keyword in node.keywords)]
                names = [value.id for value in values if isinstance(value, ast.Name)]
                self.forget([name for name in names if name in self.bindings])

    def _forget_sharing(self, changed: object) -> None:
        for name, value in list(self.bindings.items()):
            if self._holds(value, changed):
                self.bindings[name] = Unread(ast.Name(name, ast.Load()))

    def _holds(self, value: object, changed: object) -> bool:
        """Whether a value is another one or holds it; also where that takes too long to see."""
        waiting = [value]
        while waiting:
            part = waiting.pop()
            if part is changed:
                return True
            if not isinstance(part, list | tuple | dict):
                continue
            try:
                self.comparisons.spend(ast.Constant(None), len(part))
            except LiteralError:
                return True
            waiting += part.values() if isinstance(part, dict) else part
        return False


def imported_names(statement: ast.Import | ast.ImportFrom) -> dict[str, Imported]:
    """The names that an import binds, and the full names of what they stand for."""
    names = {}
    for alias in statement.names:
        if isinstance(statement, ast.ImportFrom):
            path = f"{statement.module}.{alias.name}"
        elif alias.asname:
            path = alias.name
        else:
            path = alias.name.partition(".")[0]
        bound = alias.asname or path.rpartition(".")[2]
        names[bound] = Imported(path)
    return names


def _changed_from_inside(function: ast.FunctionDef) -> set[str]:
    """The names from around a function whose lists or dictionaries it changes."""
    own = set()
    for node in ast.walk(function):
        match node:
            case ast.arg():
                own.add(node.arg)
            case ast.Name(ctx=ast.Store()):
                own.add(node.id)
    return changed_owners(function) - own


def _changes_parameters(function: ast.FunctionDef) -> bool:
    """Whether a function changes a list or dictionary that it is handed."""
    parameters = {parameter.arg for parameter in function.args.args}
    return not parameters.isdisjoint(changed_owners(function))


def changed_owners(function: ast.AST) -> set[str]:
    """The names whose lists or dictionaries are changed anywhere in a tree."""
    changed = set()
    for node in ast.walk(function):
        match node:
            case ast.Subscript(ctx=ast.Store() | ast.Del()):
                changed.add(owner_of(node))
            case ast.Call(func=ast.Attribute(attr=method)):
                if method in CHANGING_METHODS:
                    changed.add(owner_of(node))
    return changed


def owner_of(node: ast.expr) -> str:
    """`a` of `a["b"].append(…)` or `a[0]["b"] = …`; empty where it has no name."""
    while True:
        match node:
            case ast.Subscript(value=value) | ast.Attribute(value=value) | ast.Call(func=value):
                node = value
            case ast.Name():
                return node.id
            case _:
                return ""


def changed_names(tree: ast.AST) -> Iterator[str]:
    """The names that a tree binds, deletes or changes, those inside functions left out."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
                continue
            case ast.Lambda():
                continue
            case ast.Import() | ast.ImportFrom():
                yield from imported_names(node)
            case ast.Name(ctx=ast.Store() | ast.Del()):
                yield node.id
            case ast.Subscript(ctx=ast.Store() | ast.Del()):
                yield owner_of(node)
            case ast.Call(func=ast.Attribute(attr=method)):
                if method in CHANGING_METHODS:
                    yield owner_of(node)
        waiting += ast.iter_child_nodes(node)
