"""Places, numbers and sums in hyperopt code."""

import ast
from dataclasses import dataclass

LARGEST = 1e15


class HyperoptError(ValueError):
    """What is wrong with hyperopt code, with its line and column (both counted from 1)."""

    def __init__(self, place: "Place", message: str) -> None:
        super().__init__(f"Line {place.line}, column {place.column}: {message}")


@dataclass(frozen=True)
class Place:
    """Where something stands in the code."""

    line: int
    column: int


class Logarithm(float):
    """The natural logarithm of a number that is remembered exactly."""

    origin: float


def calculated(kind: ast.operator, left: float, right: float, place: Place) -> float:
    """Two numbers put together. Raises HyperoptError."""
    try:
        if isinstance(kind, ast.Pow) and abs(right) <= 64:
            result = float(left) ** right if right < 0 or isinstance(left, float) else left**right
        elif isinstance(kind, ast.Add | ast.Sub):
            result = left + right if isinstance(kind, ast.Add) else left - right
        elif isinstance(kind, ast.Mult | ast.Div):
            result = left * right if isinstance(kind, ast.Mult) else left / right
        else:
            raise ValueError
    except (ValueError, ArithmeticError):
        raise HyperoptError(place, "This sum cannot be worked out.") from None
    if isinstance(result, complex) or not abs(result) < LARGEST:
        raise HyperoptError(place, "This sum is no number that could be meant.")
    return float(result) if isinstance(result, float) else int(result)
