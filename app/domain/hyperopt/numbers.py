"""Numbers and arithmetic in hyperopt code."""

import ast
import math

from app.domain.hyperopt.nodes import ConstantNode, HyperoptError, Node, Position

MAX_NUMBER = 1e15
MAX_EXPONENT = 64
MATH_FUNCTIONS = {
    "log": math.log,
    "log10": math.log10,
    "log2": math.log2,
    "exp": math.exp,
    "sqrt": math.sqrt,
}


class Logarithm(float):
    """A natural logarithm that remembers its number exactly."""

    number: float

    @classmethod
    def of(cls, number: float) -> "Logarithm":
        """The logarithm of a number."""
        logarithm = cls(math.log(number))
        logarithm.number = number
        return logarithm


def number_of(node: Node) -> float:
    """The number that a node is. Raises HyperoptError where it is none, or too large."""
    message = "A plain number is needed here."
    if not isinstance(node, ConstantNode):
        raise HyperoptError(node.position, message)
    number = node.value
    if isinstance(number, str | bool):
        raise HyperoptError(node.position, message)
    if not abs(number) < MAX_NUMBER:
        raise HyperoptError(node.position, message)
    return number


def calculate(operator: ast.operator, left: float, right: float, position: Position) -> float:
    """The result of an operation on two numbers. Raises HyperoptError."""
    try:
        result = _apply_operator(operator, left, right)
    except (ValueError, ArithmeticError):
        raise HyperoptError(
            position,
            "This expression cannot be calculated.",
        ) from None
    if isinstance(result, complex) or not abs(result) < MAX_NUMBER:
        raise HyperoptError(
            position,
            "The result of this expression is not a usable number.",
        )
    return result


def _apply_operator(operator: ast.operator, left: float, right: float) -> float | complex:
    match operator:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right
        case ast.Pow() if abs(right) <= MAX_EXPONENT:
            power: float | complex = left**right
            return power
        case _:
            raise ValueError("The operator is unknown, or the exponent too large.")


def call_math_function(name: str, number: float, position: Position) -> float:
    """The value of one of MATH_FUNCTIONS. Raises HyperoptError."""
    try:
        if name == "log":
            return Logarithm.of(number)
        function = MATH_FUNCTIONS[name]
        return function(number)
    except (ValueError, OverflowError):
        raise HyperoptError(
            position,
            f"{name} of {number:g} is not possible.",
        ) from None
