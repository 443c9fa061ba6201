"""Hyperas' double braces, replaced by the values of a trial."""

import ast
from collections.abc import Mapping

from app.domain.custom.hyperas import find_double_braces


class BraceReplacer(ast.NodeTransformer):
    """Replaces `{{choice([4, 8])}}` in a function with the expression of its value.

    `expressions`: by the names of the braces. They stand in the function, so that they may name
    what it binds.
    """

    def __init__(self, function_name: str, expressions: Mapping[str, ast.expr]) -> None:
        self.function_name = function_name
        self._expressions = expressions
        self._names: dict[int, str] = {}  # of the braces, by the id of their node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Name the function's braces before any of them is replaced."""
        if node.name == self.function_name and not self._names:
            for braces in find_double_braces(node):
                node_id = id(braces.node)
                self._names[node_id] = braces.name
        return self.generic_visit(node)

    def visit_Set(self, node: ast.Set) -> ast.AST:
        """Replace the braces."""
        name = self._names.get(id(node))
        if name is None:
            return self.generic_visit(node)
        expression = self._expressions[name]
        for part in ast.walk(expression):
            ast.copy_location(part, node)
        return expression
