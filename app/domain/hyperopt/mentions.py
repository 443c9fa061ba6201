"""What an expression of hyperopt code mentions: hp. expressions, and names of what is not plain."""

import ast

from app.domain.hyperopt.calls import draw_function
from app.domain.hyperopt.nodes import HyperoptError
from app.domain.hyperopt.scopes import Scope, Unreadable
from app.domain.literals.names import dotted_name


def mentions_nodes(tree: ast.expr, scope: Scope) -> bool:
    """Whether an expression has an hp. expression, or the name of anything but a plain value."""
    for part in ast.walk(tree):
        scope.steps.count(tree)
        match part:
            case ast.Name() | ast.Attribute():
                if scope.find(dotted_name(part)) is not None:
                    return True
            case ast.Call():
                if draw_function(part, scope.constants):
                    return True
    return False


def find_unreadable(tree: ast.expr, scope: Scope) -> HyperoptError | None:
    """Why the first name in an expression has no known value; None where all have."""
    for part in ast.walk(tree):
        if isinstance(part, ast.Name | ast.Attribute):
            bound = scope.find(dotted_name(part))
            if isinstance(bound, Unreadable):
                return bound.error
    return None


def dotted_owner(tree: ast.expr) -> str:
    """`self.space` of `self.space["units"]` or of `self.space.update(…)`; empty for others."""
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Attribute):
        tree = tree.func.value
    while isinstance(tree, ast.Subscript):
        tree = tree.value
    return dotted_name(tree)
