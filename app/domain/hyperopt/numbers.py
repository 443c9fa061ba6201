"""Numbers in hyperopt code."""

import ast

from app.domain.hyperopt.nodes import ConstantNode, HyperoptError, Node, Position
from app.domain.literals.arithmetic import calculate as calculate_plain
from app.domain.literals.values import drop_rounding_error

MAX_NUMBER = 1e15


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
        result = calculate_plain(operator, left, right)
    except (ValueError, ArithmeticError, LookupError, TypeError):
        raise HyperoptError(position, "This expression cannot be calculated.") from None
    if isinstance(result, float):
        return drop_rounding_error(result)
    assert isinstance(result, int)
    return result
