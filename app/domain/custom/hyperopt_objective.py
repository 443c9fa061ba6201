"""hyperopt: an objective that returns {"loss", "status", "model"}, beside a space of hp.choice, hp.uniform, …"""

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from app.domain.custom.distributions import parameter
from app.domain.custom.literals import CustomModelError, Known, last_name, value_of
from app.domain.custom.parameters import CustomParameter
from app.domain.search_space.catalogue import Value


def space_name(tree: ast.Module, function: ast.FunctionDef) -> str | None:
    """The name at the top of the file that is bound to the space: `space`, what fmin is given, or the only one."""
    names = []
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and calls(statement.value):
            names += [target.id for target in statement.targets if isinstance(target, ast.Name)]
    given = [
        name
        for objective, name in given_to_fmin(tree)
        if objective == function.name and name in names
    ]
    if given or "space" in names:
        return given[0] if given else "space"
    return names[0] if len(names) == 1 else None


def is_objective(function: ast.FunctionDef, given: Collection[str]) -> bool:
    """Whether a function takes one argument, and is among those given to fmin or returns a dictionary with a loss."""
    if len(function.args.args) != 1:
        return False
    return function.name in given or any(
        isinstance(node, ast.Return)
        and isinstance(node.value, ast.Dict)
        and "loss" in map(_text, node.value.keys)
        for node in ast.walk(function)
    )


def parameters(tree: ast.Module, function: ast.FunctionDef, known: Known) -> list[CustomParameter]:
    """Every label of the space. Raises CustomModelError where there is no space or it cannot be read."""
    name = space_name(tree, function)
    if name is None:
        raise CustomModelError(
            function.lineno, "No space was found beside the objective: space = {… hp.choice(…) …}."
        )
    space = ast.Tuple(
        [
            row.value
            for row in tree.body
            if isinstance(row, ast.Assign) and name in map(_bound, row.targets)
        ]
    )
    rounded = {id(call) for node in ast.walk(space) for call in _made_whole(node)}
    found: dict[str, CustomParameter] = {}
    _collect(space, {}, found, _Reading(known, rounded))
    return list(found.values())


@dataclass(frozen=True)
class _Reading:
    known: Known
    rounded: set[int]  # ids of the calls that scope.int rounds


def _collect(
    node: ast.AST, when: Mapping[str, Value], found: dict[str, CustomParameter], reading: _Reading
) -> None:
    """Each hp call as a parameter; those inside an option of a choice are active only with that option."""
    if not _is_asked(node):
        for child in ast.iter_child_nodes(node):
            _collect(child, when, found, reading)
        return
    assert isinstance(node, ast.Call)
    label = value_of(node.args[0], reading.known) if node.args else None
    if not isinstance(label, str):
        raise CustomModelError(node.lineno, f"hp.{last_name(node.func)} needs a label in quotes.")
    made = parameter(label, node, node.args[1:], reading.known, whole=id(node) in reading.rounded)
    found.setdefault(label, replace(made, entry=_conditional(made.entry, when)))
    options = node.args[1] if len(node.args) > 1 else None
    values = made.entry.get("choice", []) if isinstance(made.entry, Mapping) else []
    if isinstance(options, ast.List | ast.Tuple) and len(options.elts) == len(values):
        for option, value in zip(options.elts, values, strict=True):
            _collect(option, {made.name: value}, found, reading)
    elif options is not None:
        _collect(options, when, found, reading)


def _conditional(entry: object, when: Mapping[str, Value]) -> object:
    if not when:
        return entry
    return {**(entry if isinstance(entry, Mapping) else {"fixed": entry}), "when": dict(when)}


def calls(node: ast.AST) -> list[ast.Call]:
    """Every hp.… call in an expression."""
    return [part for part in ast.walk(node) if isinstance(part, ast.Call) and _is_asked(part)]


def _is_asked(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and last_name(node.func.value) == "hp"
    )


def _made_whole(node: ast.AST) -> list[ast.Call]:
    """The hp call that scope.int(…) rounds."""
    if isinstance(node, ast.Call) and last_name(node.func) == "int" and node.args:
        return [node.args[0]] if isinstance(node.args[0], ast.Call) else []
    return []


def given_to_fmin(tree: ast.Module) -> list[tuple[str, str]]:
    """Names of the objective and the space of each call of fmin."""
    found = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and last_name(node.func) == "fmin"):
            continue
        given = dict(zip(("fn", "space"), node.args, strict=False))
        given |= {
            keyword.arg: keyword.value
            for keyword in node.keywords
            if keyword.arg in ("fn", "space")
        }
        found.append((last_name(given.get("fn", node)), last_name(given.get("space", node))))
    return found


def _bound(target: ast.expr) -> str:
    """The name an assignment gives a value, or changes by `name[...] = value`."""
    return last_name(target.value if isinstance(target, ast.Subscript) else target)


def _text(node: ast.expr | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None
