"""Which calls of a program are hyperopt's draws, such as `hp.choice("units", [4, 8])`."""

import ast
from dataclasses import dataclass
from typing import TypeGuard

from app.domain.custom.literals import last_name
from app.domain.custom.names import imported_name
from app.domain.custom.scopes import Bound, Scope

USUAL_NAME = "hp"


@dataclass(frozen=True)
class HpNames:
    """What a program calls hyperopt's `hp`, and the functions that it imports from it."""

    modules: frozenset[str]
    functions: frozenset[str]

    @classmethod
    def of_program(cls, tree: ast.AST) -> "HpNames":
        """The names that a program's imports bind."""
        modules = {USUAL_NAME}
        functions = set()
        for node in ast.walk(tree):
            match node:
                case ast.ImportFrom(module="hyperopt"):
                    for alias in node.names:
                        if alias.name == "hp":
                            modules.add(imported_name(node, alias))
                case ast.ImportFrom(module="hyperopt.hp"):
                    functions |= {imported_name(node, alias) for alias in node.names}
        return cls(frozenset(modules), frozenset(functions))

    def is_call(self, node: ast.AST) -> TypeGuard[ast.Call]:
        """Whether a node is hp.choice(…) or another call of hp."""
        match node:
            case ast.Call(func=ast.Name(id=name)):
                return name in self.functions
            case ast.Call(func=ast.Attribute(value=owner)):
                return last_name(owner) in self.modules
        return False

    def are_in(self, node: ast.AST) -> bool:
        """Whether an expression has a call of hp in it."""
        return any(self.is_call(part) for part in ast.walk(node))

    def find_in(self, node: ast.AST) -> ast.AST:
        """The first call of hp in an expression, written with the usual name; else the node."""
        for part in ast.walk(node):
            if self.is_call(part):
                function = ast.Attribute(
                    ast.Name(USUAL_NAME, ast.Load()), last_name(part.func), ast.Load()
                )
                call = ast.Call(function, part.args, part.keywords)
                return ast.fix_missing_locations(ast.copy_location(call, part))
        return node


class DrawResolver(ast.NodeTransformer):
    """Writes the draws of an option out, under the usual name: a form leaves them away."""

    def __init__(self, hp: HpNames, scope: Scope) -> None:
        self._hp = hp
        self._scope = scope

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Replace a name of a draw."""
        value = Bound(node, self._scope).resolve().node
        if value is not node and self._hp.are_in(value) and not isinstance(value, ast.Dict):
            return self._hp.find_in(value)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Call a draw by the usual name."""
        if self._hp.is_call(node):
            return self._hp.find_in(node)
        return self.generic_visit(node)
