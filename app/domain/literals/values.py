"""What expressions of a program stand for, and why some cannot be read."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_LISTED_VALUES = 1000  # of a range, and of the values that a hyperparameter chooses from
MAX_LITERAL = 1e15
MAX_EXCERPT_LENGTH = 60  # characters of an expression that an error message quotes
MAX_QUOTED_NODES = 500  # of an expression that is written out to be quoted
SIGNIFICANT_DIGITS = 12  # of a number that is shown; rounding errors lie far below them
MAX_ROUNDING_ERROR = 1e-14  # of a number, by which a rounding error may change it

Array = NDArray[Any]


@dataclass(frozen=True)
class Unread:
    """A value that is known only when the program runs, and its expression."""

    node: ast.expr


@dataclass(frozen=True)
class Imported:
    """What a program imports: `numpy` or `numpy.arange`."""

    path: str


class CannotCalculate(ValueError):
    """Why a function or an operator has no result, in words."""


class TooManyValues(ValueError):
    """How many values a function or an operator would make."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class LiteralError(ValueError):
    """Why an expression has no plain value that can be read. `node`: the expression."""

    def __init__(self, node: ast.AST, message: str) -> None:
        super().__init__(message)
        self.node = node


def cannot_be_read(node: ast.AST, reason: str = "") -> LiteralError:
    """The error for an expression whose value is known only when it is run."""
    message = f'"{excerpt(node)}" cannot be parsed without running it. Write plain values.'
    if reason:
        message = f'"{excerpt(node)}" cannot be parsed: {reason}'
    return LiteralError(node, message)


def too_many_values(node: ast.AST, count: int) -> LiteralError:
    """The error for an expression that lists more than MAX_LISTED_VALUES."""
    message = (
        f'"{excerpt(node)}" has {count:,} values, but at most {MAX_LISTED_VALUES:,} can be '
        "listed. Write a range to draw from, or fewer values."
    )
    return LiteralError(node, message)


def excerpt(node: ast.AST) -> str:
    """The text of an expression, shortened for an error message."""
    if is_larger_than(node, MAX_QUOTED_NODES):
        return "…"
    text = ast.unparse(node)
    if len(text) <= MAX_EXCERPT_LENGTH:
        return text
    start = text[: MAX_EXCERPT_LENGTH - 1]
    return f"{start}…"


def is_larger_than(node: ast.AST, n_nodes: int) -> bool:
    """Whether a tree has more nodes than this, which are not counted any further."""
    nodes = islice(ast.walk(node), n_nodes + 1)
    return sum(1 for _ in nodes) > n_nodes


def refuse_long_list(count: int) -> None:
    """Raise TooManyValues before more than MAX_LISTED_VALUES are made."""
    if count > MAX_LISTED_VALUES:
        raise TooManyValues(count)


def count_values(value: object) -> int:
    """How many values a value holds, itself included."""
    if isinstance(value, np.ndarray):
        return 1 + value.size
    parts: Iterable[object] = ()
    if isinstance(value, dict):
        parts = value.values()
    elif isinstance(value, list | tuple):
        parts = value
    return 1 + sum(count_values(part) for part in parts)


def items_of(value: object) -> list[Any]:
    """What a loop over a value takes in turn. Raises TypeError where there is nothing to take."""
    if isinstance(value, np.ndarray):
        return [_to_python(item) for item in value]
    if isinstance(value, list | tuple | dict | range | str):
        return list(value)
    raise TypeError("This is no list.")


def to_plain(value: object) -> Any:
    """A value without numpy's types and without the last digits that rounding leaves.

    Raises TypeError for a value that is known only when the program runs.
    """
    if isinstance(value, np.ndarray):
        return [to_plain(item) for item in items_of(value)]
    if isinstance(value, float):
        return drop_rounding_error(value)
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, list):
        return [to_plain(item) for item in value]
    if isinstance(value, tuple):
        return tuple(to_plain(item) for item in value)
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    raise TypeError("This is no plain value.")


def drop_rounding_error(number: float) -> float:
    """0.3 for 0.30000000000000004, as np.arange and sums have it; any other number unchanged."""
    shortened = float(f"{number:.{SIGNIFICANT_DIGITS}g}")
    if abs(shortened - number) <= MAX_ROUNDING_ERROR * abs(number):
        return shortened
    return number


def to_expression(value: object) -> ast.expr:
    """A value as the expression that a program would write."""
    match value:
        case Unread():
            return value.node
        case list():
            return ast.List([to_expression(item) for item in value], ast.Load())
        case tuple():
            return ast.Tuple([to_expression(item) for item in value], ast.Load())
        case dict():
            keys: list[ast.expr | None] = [to_expression(key) for key in value]
            items = [to_expression(item) for item in value.values()]
            return ast.Dict(keys, items)
    plain = to_plain(value)
    if isinstance(plain, list):
        return to_expression(plain)
    text = repr(plain)
    return ast.parse(text, mode="eval").body


def _to_python(item: Any) -> Any:
    """An item of an array as a plain number; of few bits, by its shortest digits."""
    if isinstance(item, np.floating) and item.dtype.itemsize < np.dtype(float).itemsize:
        return float(str(item))
    if isinstance(item, np.generic):
        return item.item()
    raise TypeError("Only arrays of one dimension can be read.")
