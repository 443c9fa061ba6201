"""Calls of fmin in hyperopt code: the space that they are given."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.hyperopt.nodes import HyperoptError, Node
from app.domain.literals.names import Constants, full_name

POSITION_OF_SPACE = 1  # in fmin(fn, space)


@dataclass(frozen=True)
class FminSpace:
    """A call of fmin, and its space: a node, or why it cannot be read."""

    call: ast.Call
    space: Node | HyperoptError


def find_space_arguments(
    statement: ast.stmt, constants: Constants
) -> list[tuple[ast.Call, ast.expr]]:
    """The calls of fmin in a statement, its blocks left out, and what they are given as space."""
    spaces = []
    for call in _calls_outside_blocks(statement):
        space = _space_argument(call, constants)
        if space is not None:
            spaces.append((call, space))
    return spaces


def has_fmin(tree: ast.AST) -> bool:
    """Whether a function of the code calls fmin."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _space_argument(node, {}) is not None:
            return True
    return False


def is_fmin(node: ast.expr, constants: Constants) -> bool:
    """Whether an expression is the function fmin."""
    return full_name(node, constants).rpartition(".")[2] == "fmin"


def _space_argument(call: ast.Call, constants: Constants) -> ast.expr | None:
    """The argument `space` of fmin, also of `partial(fmin, …)`; None for other calls."""
    arguments = call.args
    if not is_fmin(call.func, constants):
        if not arguments or not is_fmin(arguments[0], constants):
            return None
        arguments = arguments[1:]
    for keyword in call.keywords:
        if keyword.arg == "space":
            return keyword.value
    if len(arguments) > POSITION_OF_SPACE:
        return arguments[POSITION_OF_SPACE]
    return None


def _calls_outside_blocks(statement: ast.stmt) -> Iterator[ast.Call]:
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call):
            yield node
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.stmt | ast.Lambda | ast.ExceptHandler | ast.match_case):
                waiting.append(child)
