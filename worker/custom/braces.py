"""Hyperas' double braces, replaced by the values of a trial."""

import ast

from app.domain.custom.hyperas import find_double_braces

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
                self._keys[id(braces.node)] = braces.name
                self._note_distribution(braces.expression)
        return self.generic_visit(node)

    def _note_distribution(self, call: ast.expr) -> None:
        assert isinstance(call, ast.Call)
        for part in ast.walk(call.func):
            if isinstance(part, ast.Name):
                self.distributions.add(part.id)

    def visit_Set(self, node: ast.Set) -> ast.AST:
        """Replace the braces."""
        if id(node) not in self._keys:
            return self.generic_visit(node)
        values = ast.Name(VALUES_NAME, ast.Load())
        key = ast.Constant(self._keys[id(node)])
        return ast.copy_location(ast.Subscript(values, key, ast.Load()), node)
