"""Which calls of a program are hyperopt's draws, such as `hp.choice("units", [4, 8])`."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeGuard

from app.domain.custom.literals import keyword_arguments, last_name
from app.domain.custom.names import imported_name
from app.domain.custom.scopes import Bound, Scope

USUAL_NAME = "hp"


@dataclass(frozen=True)
class HpNames:
    """What a program calls hyperopt's `hp`, and what the functions it imports are called there."""

    modules: frozenset[str]
    functions: Mapping[str, str]

    @classmethod
    def of_program(cls, tree: ast.AST) -> "HpNames":
        """The names that a program's imports bind."""
        modules = {USUAL_NAME}
        functions = {}
        for node in ast.walk(tree):
            match node:
                case ast.ImportFrom(module="hyperopt"):
                    for alias in node.names:
                        if alias.name == "hp":
                            modules.add(imported_name(node, alias))
                case ast.ImportFrom(module="hyperopt.hp"):
                    for alias in node.names:
                        functions[imported_name(node, alias)] = alias.name
        return cls(frozenset(modules), functions)

    def is_call(self, node: ast.AST) -> TypeGuard[ast.Call]:
        """Whether a node is hp.choice(…) or another call of hp."""
        match node:
            case ast.Call(func=ast.Name(id=name)):
                return name in self.functions
            case ast.Call(func=ast.Attribute(value=owner)):
                return last_name(owner) in self.modules
        return False

    def kind_of(self, call: ast.Call) -> str:
        """The name of the distribution, such as choice."""
        name = last_name(call.func)
        return self.functions.get(name, name)

    def are_in(self, node: ast.AST) -> bool:
        """Whether an expression has a call of hp in it."""
        return any(self.is_call(part) for part in ast.walk(node))

    def find_in(self, node: ast.AST) -> ast.AST:
        """The first call of hp in an expression, with its label alone; else the node."""
        for part in ast.walk(node):
            if self.is_call(part):
                call = ast.Call(self.function_of(part), [label_of(part)], [])
                return ast.fix_missing_locations(ast.copy_location(call, part))
        return node

    def function_of(self, call: ast.Call) -> ast.expr:
        """The function of a call, written as `hp.choice`."""
        usual_name = ast.Name(USUAL_NAME, ast.Load())
        function = ast.Attribute(usual_name, self.kind_of(call), ast.Load())
        return ast.fix_missing_locations(ast.copy_location(function, call))


def label_of(call: ast.Call) -> ast.expr:
    """The expression of a draw's label; an empty one where it has none."""
    named_arguments = keyword_arguments(call)
    if "label" in named_arguments:
        return named_arguments["label"]
    if call.args:
        return call.args[0]
    return ast.Constant(None)


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
