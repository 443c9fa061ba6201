"""hyperopt: an objective that returns {"loss", "status", "model"}, beside a space of hp calls."""

import ast
from collections.abc import Mapping

from app.domain.custom.hp_calls import HpNames
from app.domain.custom.literals import (
    Constants,
    CustomModelError,
    collect_constants,
    find_functions,
    last_name,
    names_in,
)
from app.domain.custom.parameters import CustomParameter
from app.domain.custom.scopes import Bound, Scope
from app.domain.custom.space_reader import SpaceReader

USUAL_SPACE_NAMES = ("space", "search_space", "hyperparameters", "params", "hyperparams")


def is_objective(function: ast.FunctionDef) -> bool:
    """Whether a function takes one argument and returns a loss."""
    arguments = function.args
    n_required = len(arguments.args) - len(arguments.defaults)
    if n_required != 1:
        return False
    nodes = ast.walk(function)
    return any(_returns_loss(node) for node in nodes)


def _returns_loss(node: ast.AST) -> bool:
    """Whether a node is `return {"loss": …}`."""
    if not isinstance(node, ast.Return):
        return False
    if not isinstance(node.value, ast.Dict):
        return False
    keys = []
    for key in node.value.keys:
        if isinstance(key, ast.Constant):
            keys.append(key.value)
    return "loss" in keys


def find_space(tree: ast.Module, function: ast.FunctionDef) -> ast.expr:
    """The space beside an objective without a call of fmin: the one that is usually named so.

    Raises CustomModelError where there is none, or several might be meant.
    """
    names = _names_of_spaces(tree)
    for name in USUAL_SPACE_NAMES:
        if name in names:
            return ast.Name(name, ast.Load())
    if len(names) == 1:
        return ast.Name(names[0], ast.Load())
    message = "No space was found beside the objective: space = {… hp.choice(…) …}."
    if names:
        listed_names = ", ".join(names)
        message = (
            f"Any of {listed_names} may be the space of the objective. Call the right one space, "
            "or keep the call of fmin in the file."
        )
    raise CustomModelError(message, function.lineno)


def _names_of_spaces(tree: ast.Module) -> list[str]:
    """Names at the top of the program that lead to draws, and that no other such name is made of.

    The result of a search is none of them.
    """
    hp = HpNames.of_program(tree)
    mentions: dict[str, set[str]] = {}
    mentioned_by: dict[str, list[str]] = {}
    queue = []
    for name, nodes in _expressions_by_name(tree).items():
        mentions[name] = set()
        for node in nodes:
            mentions[name] |= names_in(node)
        if any(hp.are_in(node) for node in nodes):
            queue.append(name)
        for mentioned_name in mentions[name]:
            mentioned_by.setdefault(mentioned_name, []).append(name)
    drawing_names: set[str] = set()
    parts: set[str] = set()
    while queue:
        name = queue.pop()
        if name not in drawing_names:
            drawing_names.add(name)
            parts |= mentions[name] - {name}
            queue += mentioned_by.get(name, [])
    functions = {function.name for function in find_functions(tree)}
    whole_names = drawing_names - parts - functions
    return [name for name in mentions if name in whole_names]


def _expressions_by_name(tree: ast.Module) -> dict[str, list[ast.AST]]:
    """All that each name at the top is bound to or changed by; functions by their bodies."""
    expressions: dict[str, list[ast.AST]] = {}
    for name, bounds in Scope.of_program(tree, collect_constants(tree)).names.items():
        nodes: list[ast.AST] = [bound.node for bound in bounds]
        is_search = any(last_name(getattr(node, "func", None)) == "fmin" for node in nodes)
        if not is_search:
            expressions[name] = nodes
    for function in find_functions(tree):
        expressions[function.name] = [function]
    return expressions


def read_parameters(
    tree: ast.Module, space: ast.expr, function: ast.FunctionDef, constants: Constants
) -> list[CustomParameter]:
    """One parameter for each label of the space.

    Raises CustomModelError where nothing is searched or it cannot be read.
    """
    scope = Scope.of_program(tree, constants)
    reader = SpaceReader(HpNames.of_program(tree))
    reader.read(space, scope, {})
    parameters = reader.result()
    if not parameters:
        line = getattr(space, "lineno", function.lineno)
        raise CustomModelError(_describe_empty_space(space, scope.names), line)
    return parameters


def _describe_empty_space(space: ast.expr, names: Mapping[str, list[Bound]]) -> str:
    """What is known of a space in which nothing is searched."""
    text = ast.unparse(space)
    if isinstance(space, ast.Name) and space.id not in names:
        return (
            f'The space "{text}" is made nowhere in the file. Write it beside the objective: '
            f"{text} = {{… hp.choice(…) …}}."
        )
    return "No hp.choice(…), hp.uniform(…) or the like was found in the space."
