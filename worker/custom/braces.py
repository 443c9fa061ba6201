"""Hyperas' double braces, replaced by the values of a trial."""

import ast

from app.domain.custom.hyperas import DoubleBraces, find_double_braces
from app.domain.custom.literals import names_in

VALUES_NAME = "__values__"  # the global that the replaced braces look their values up in


class BraceReplacer(ast.NodeTransformer):
    """Replaces `{{choice([4, 8])}}` in a function with the lookup of its value.

    `distributions`: choice, uniform and the like, which are no longer needed.
    """

    def __init__(self, function_name: str) -> None:
        self.function_name = function_name
        self.distributions: set[str] = set()
        self._keys: dict[int, str] = {}  # by the id of the braces' node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Name the function's braces before any of them is replaced."""
        if node.name == self.function_name and not self._keys:
            for braces in find_double_braces(node):
                self._note_braces(braces)
        return self.generic_visit(node)

    def _note_braces(self, braces: DoubleBraces) -> None:
        node_id = id(braces.node)
        self._keys[node_id] = braces.name
        call = braces.expression
        assert isinstance(call, ast.Call)
        self.distributions |= names_in(call.func)

    def visit_Set(self, node: ast.Set) -> ast.AST:
        """Replace the braces."""
        key = self._keys.get(id(node))
        if key is None:
            return self.generic_visit(node)
        lookup = ast.Subscript(
            ast.Name(VALUES_NAME, ast.Load()),
            ast.Constant(key),
            ast.Load(),
        )
        return ast.copy_location(lookup, node)
