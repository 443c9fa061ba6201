"""Arithmetic with the numbers of a program, refused where it takes much time or memory."""

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

MAX_LITERAL_EXPONENT = 1000
MAX_LITERAL = 1e15
OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
}
LITERAL_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "log": math.log,
    "exp": math.exp,
    "log10": math.log10,
    "sqrt": math.sqrt,
}


def calculate(operation: ast.operator, left: object, right: object) -> Any:
    """The result of an operation on two numbers.

    Raises ValueError for texts, lists and large numbers: "a" * 10**9 would fill the memory.
    """
    for number in (left, right):
        if not isinstance(number, int | float):
            raise ValueError("This is no number.")
        if not abs(number) < MAX_LITERAL:
            raise ValueError("This number is too large.")
    is_power = isinstance(operation, ast.Pow)
    if is_power and abs(right) > MAX_LITERAL_EXPONENT:  # type: ignore[arg-type]
        raise ValueError("This exponent is too large.")
    function = OPERATORS[type(operation)]
    return function(left, right)
