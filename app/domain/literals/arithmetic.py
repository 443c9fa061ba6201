"""Operators on plain values, refused where they take much time or memory."""

import ast
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from app.domain.literals.values import (
    MAX_LITERAL,
    Array,
    CannotCalculate,
    refuse_long_list,
)

MAX_EXPONENT = 1000
MAX_TEXT_LENGTH = 200  # characters of a text that is put together
FORMATS = "dsifg"  # of values in a text: %d, %s, …
OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
SIGNS: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
}
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, container: item in container,
    ast.NotIn: lambda item, container: item not in container,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}


def calculate(operation: ast.operator, left: object, right: object) -> Any:
    """The result of an operation on numbers, arrays, lists or texts.

    Raises an error for large results before they are made, and TypeError for other values.
    """
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        return _calculate_array(operation, left, right)
    if isinstance(left, str):
        return _join_text(operation, left, right)
    if isinstance(left, list | tuple) or isinstance(right, list | tuple):
        return _join_lists(operation, left, right)
    if isinstance(left, dict) and isinstance(right, dict) and isinstance(operation, ast.BitOr):
        return {**left, **right}
    number = check_number(left)
    other = check_number(right)
    if isinstance(operation, ast.Pow) and abs(other) > MAX_EXPONENT:
        raise CannotCalculate("the exponent is too large.")
    function = OPERATORS[type(operation)]
    return check_number(function(number, other))


def check_number(value: object) -> Any:
    """The value itself. Raises TypeError where it is no number, CannotCalculate for large ones."""
    if not isinstance(value, int | float):
        raise TypeError("This is no number.")
    if not abs(value) <= MAX_LITERAL:  # NaN is refused, too
        raise CannotCalculate("the number is too large.")
    return value


def check_array(array: Array) -> Array:
    """The array itself. Raises an error where it is no line of numbers of a usual size."""
    if array.ndim > 1:
        raise CannotCalculate("only arrays of one dimension can be read.")
    refuse_long_list(array.size)
    if array.dtype.kind == "U":
        return array
    if array.dtype.kind not in "biuf":
        raise TypeError("These are no numbers.")
    if not np.all(np.abs(array.astype(float)) <= MAX_LITERAL):
        raise CannotCalculate("the numbers are too large.")
    return array


def _calculate_array(operation: ast.operator, left: object, right: object) -> Array:
    operands = []
    for operand in (left, right):
        array = check_array(np.asarray(operand))
        operands.append(array)
    first = operands[0]
    second = operands[1]
    function = OPERATORS[type(operation)]
    if first.dtype.kind == "U" or second.dtype.kind == "U":
        raise TypeError("These are no numbers.")
    are_integers = first.dtype.kind in "biu" and second.dtype.kind in "biu"
    if are_integers and isinstance(operation, ast.Pow) and np.any(second < 0):
        raise CannotCalculate(
            "numpy raises whole numbers to no negative powers. Write 10.0 instead of 10."
        )
    with np.errstate(all="ignore"):
        check_array(function(first.astype(float), second.astype(float)))  # integers would wrap
        return check_array(np.asarray(function(left, right)))


def _join_text(operation: ast.operator, left: str, right: object) -> str:
    if isinstance(operation, ast.Add) and isinstance(right, str):
        return check_text(left + right)
    if isinstance(operation, ast.Mod):
        return _fill_in(left, right)
    raise TypeError("This is no number.")


def _fill_in(template: str, values: object) -> str:
    """The text of `template % values`, in which no width can be asked for."""
    check_text(template)
    _, *rests = template.split("%")
    for rest in rests:
        if rest[:1] not in FORMATS:
            raise CannotCalculate("only %d, %s and the like can be read.")
    parts = values if isinstance(values, tuple) else (values,)
    for part in parts:
        if not isinstance(part, str):
            check_number(part)
    return check_text(template % parts)


def check_text(text: str) -> str:
    """The text itself. Raises CannotCalculate where it is long."""
    if len(text) > MAX_TEXT_LENGTH:
        raise CannotCalculate("the text is too long.")
    return text


def _join_lists(operation: ast.operator, left: object, right: object) -> Any:
    if isinstance(operation, ast.Mult):
        return _repeat(left, right)
    if not isinstance(operation, ast.Add):
        raise TypeError("This is no number.")
    if isinstance(left, list) and isinstance(right, list):
        refuse_long_list(len(left) + len(right))
        return left + right
    if isinstance(left, tuple) and isinstance(right, tuple):
        refuse_long_list(len(left) + len(right))
        return left + right
    raise TypeError("A list is added to a list, and a tuple to a tuple.")


def _repeat(left: object, right: object) -> Any:
    """A list times a number."""
    items = left
    count = right
    if isinstance(right, list | tuple):
        items = right
        count = left
    if not isinstance(items, list | tuple) or not isinstance(count, int):
        raise TypeError("A list is repeated a whole number of times.")
    refuse_long_list(len(items) * max(count, 0))
    return items * count
