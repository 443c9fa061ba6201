"""Calls of functions and methods whose results can be read."""

import ast
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from app.domain.literals.budget import Budget
from app.domain.literals.functions import METHODS
from app.domain.literals.names import (
    Constants,
    find_function,
    find_number_type,
    full_name,
    is_random,
)
from app.domain.literals.values import LiteralError, cannot_be_read, count_values, items_of


class Evaluates(Protocol):
    """What evaluates the arguments: see evaluator.Evaluator."""

    constants: Constants
    budget: Budget

    def evaluate(self, node: ast.expr) -> Any:
        """The value of an expression."""

    def with_variables(self, variables: Mapping[str, object]) -> "Evaluates":
        """The same with further names."""


def call_function(node: ast.Call, evaluator: Evaluates) -> Any:
    """The result of a call. Raises LiteralError, and what the function raises."""
    name = full_name(node.func, evaluator.constants)
    if is_random(name):
        raise cannot_be_read(
            node, "its numbers differ at each run. Write the values, or a range to draw from."
        )
    if name == "map" and len(node.args) == 2:
        return _map(node.args[0], node.args[1], evaluator)
    function = find_function(name) or _method_of(node, evaluator)
    arguments: list[Any] = []
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            arguments += items_of(evaluator.evaluate(argument.value))
        else:
            arguments.append(_argument_of(argument, evaluator))
    keywords = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            raise cannot_be_read(node)
        keywords[keyword.arg] = _argument_of(keyword.value, evaluator)
    result = function(*arguments, **keywords)
    evaluator.budget.spend(node, count_values(result))
    return result


def _argument_of(node: ast.expr, evaluator: Evaluates) -> Any:
    """The value of an argument, which may be a type: `dtype=int`."""
    number_type = find_number_type(full_name(node, evaluator.constants))
    if number_type is not None:
        return number_type
    return evaluator.evaluate(node)


def _method_of(call: ast.Call, evaluator: Evaluates) -> Callable[..., Any]:
    """`[1, 2].copy` and other methods of plain values."""
    function = call.func
    if not isinstance(function, ast.Attribute):
        raise cannot_be_read(call)
    try:
        owner = evaluator.evaluate(function.value)
    except LiteralError as error:
        if isinstance(error.node, ast.Name):
            raise cannot_be_read(call) from None
        raise
    method = METHODS[type(owner)][function.attr]
    return lambda *arguments, **keywords: method(owner, *arguments, **keywords)


def _map(function: ast.expr, values: ast.expr, evaluator: Evaluates) -> list[Any]:
    """`map(function, values)`, of a function that can be read or a lambda."""
    items = items_of(evaluator.evaluate(values))
    evaluator.budget.spend(values, len(items))
    if isinstance(function, ast.Lambda):
        return [_apply(function, item, evaluator) for item in items]
    readable = find_function(full_name(function, evaluator.constants))
    if readable is None:
        raise cannot_be_read(function)
    return [readable(item) for item in items]


def _apply(function: ast.Lambda, item: object, evaluator: Evaluates) -> Any:
    parameter = function.args.args[0]
    scope = evaluator.with_variables({parameter.arg: item})
    return scope.evaluate(function.body)
