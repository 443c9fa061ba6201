"""Calls of the functions that hyperopt code defines itself, such as `get_space()`."""

import ast
from collections.abc import Iterable

from app.domain.hyperopt.expressions import ExpressionReader
from app.domain.hyperopt.mentions import mentions_nodes
from app.domain.hyperopt.nodes import HyperoptError, Node, position_of, source_of
from app.domain.hyperopt.scopes import Definition, Function, Scope, Unreadable
from app.domain.literals.bindings import changed_owners
from app.domain.literals.names import dotted_name
from app.domain.literals.values import Imported

STEPS_OF_A_CALL = 50
MAX_CALL_DEPTH = 20  # of functions that call each other


class FunctionReader(ExpressionReader):
    """Reads expressions, and follows the functions that they call."""

    def __init__(self) -> None:
        self.entered: set[Function] = set()
        self.depth = 0

    def follow(self, statements: Iterable[ast.stmt], scope: Scope) -> Node | None:
        """Bind what statements bind, until one returns."""
        raise NotImplementedError

    def call(self, function: Definition, call: ast.Call, scope: Scope) -> Node:
        """What a function of the code returns. Raises HyperoptError."""
        returned = self.follow_call(function, call, scope)
        if returned is None:
            raise HyperoptError(position_of(call), f'"{source_of(call)}" returns no space.')
        return returned

    def follow_call(self, function: Definition, call: ast.Call, scope: Scope) -> Node | None:
        """The same; None where it returns nothing."""
        scope.steps.count(call, STEPS_OF_A_CALL)
        inner = function.scope.inner()
        self.bind_parameters(function.function, inner)
        arguments = _arguments_of(function.function, call)
        for name, argument in arguments.items():
            self.assign_name(name, argument, scope, inner)
        returned = self.enter(function.function, inner)
        for name in _changed_parameters(function.function) & set(arguments):
            changed = dotted_name(arguments[name])
            if changed in scope.constants:
                scope.copy_binding(name, inner, changed)
        return returned

    def enter(self, function: Function, scope: Scope) -> Node | None:
        """What a function returns where its parameters are bound already."""
        self.entered.add(function)
        if self.depth >= MAX_CALL_DEPTH:
            raise HyperoptError(position_of(function), "These functions call each other too often.")
        self.depth += 1
        try:
            if isinstance(function, ast.Lambda):
                return self.read(function.body, scope)
            return self.follow(function.body, scope)
        finally:
            self.depth -= 1

    def bind_parameters(self, function: Function, scope: Scope) -> None:
        """Bind the parameters of a function: to their defaults, if any."""
        arguments = function.args
        positional = [*arguments.posonlyargs, *arguments.args]
        for parameter in (*positional, *arguments.kwonlyargs):
            error = HyperoptError(
                position_of(parameter),
                f'"{parameter.arg}" is known only where the function is called: paste the call, '
                "too.",
            )
            scope.bind(parameter.arg, Unreadable(error))
        with_default = positional[len(positional) - len(arguments.defaults) :]
        for parameter, default in zip(with_default, arguments.defaults, strict=True):
            self.assign_name(parameter.arg, default, scope, scope)
        for parameter, keyword_default in zip(
            arguments.kwonlyargs, arguments.kw_defaults, strict=True
        ):
            if keyword_default is not None:
                self.assign_name(parameter.arg, keyword_default, scope, scope)

    def assign_name(self, name: str, value: ast.expr, scope: Scope, inner: Scope) -> None:
        """Bind a name in the inner scope to what an expression is in the other one."""
        if isinstance(value, ast.Lambda):
            inner.bind(name, Definition(value, scope))
            return
        function = scope.find(dotted_name(value))
        if isinstance(function, Definition):
            inner.bind(name, function)
            return
        module = scope.constants.get(dotted_name(value))
        if isinstance(module, Imported):
            inner.bind_value(name, module)
            return
        try:
            if mentions_nodes(value, scope):
                inner.bind(name, self.read(value, scope))
            else:
                inner.bind_value(name, self.evaluate(value, scope), self._positioned(value, scope))
        except HyperoptError as error:
            inner.bind(name, Unreadable(error))

    def _positioned(self, value: ast.expr, scope: Scope) -> Node | None:
        """A plain dictionary with the positions of its entries."""
        if not isinstance(value, ast.Dict):
            return None
        try:
            return self.read(value, scope)
        except HyperoptError:
            return None


def has_required_parameters(function: ast.FunctionDef) -> bool:
    """Whether a function cannot be called without arguments."""
    arguments = function.args
    n_positional = len(arguments.posonlyargs) + len(arguments.args)
    return n_positional > len(arguments.defaults) or None in arguments.kw_defaults


def _arguments_of(function: Function, call: ast.Call) -> dict[str, ast.expr]:
    """The expressions that a call hands over, by the names of the parameters."""
    positional = [*function.args.posonlyargs, *function.args.args]
    names = [parameter.arg for parameter in positional]
    is_method = isinstance(call.func, ast.Attribute)
    if is_method and names and names[0] in ("self", "cls"):
        names = names[1:]
    arguments = dict(zip(names, call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg is not None:
            arguments[keyword.arg] = keyword.value
    return arguments


def _changed_parameters(function: Function) -> set[str]:
    """The parameters whose dictionary or list a function changes for its caller."""
    changed = changed_owners(function)
    for node in ast.walk(function):
        match node:
            case ast.AugAssign(target=ast.Name(id=name)):
                changed.add(name)
    return changed
