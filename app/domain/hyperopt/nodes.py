"""Hyperopt code as a tree of nodes, each of which knows its position."""

import ast
from dataclasses import dataclass

from app.domain.search_space.catalogue import Value

MAX_SOURCE_SHOWN = 40  # characters of an expression that a message repeats


@dataclass(frozen=True)
class Position:
    """Where something is in the code, both counted from 1."""

    line: int
    column: int


class HyperoptError(ValueError):
    """What is wrong with hyperopt code, with its line and column."""

    def __init__(self, position: Position, message: str) -> None:
        line = position.line
        column = position.column
        super().__init__(f"Line {line}, column {column}: {message}")


@dataclass(frozen=True)
class ConstantNode:
    """A value as it is written: a text, a number, True or False."""

    position: Position
    value: Value


@dataclass(frozen=True)
class RangeNode:
    """A number between two ends, both included; with a step, in steps that start at `low`."""

    position: Position
    label: str
    low: float
    high: float
    step: float | None = None
    log: bool = False


@dataclass(frozen=True)
class ChoiceNode:
    """hp.choice: one of several options."""

    position: Position
    label: str
    options: tuple["Node", ...]


@dataclass(frozen=True)
class DictEntry:
    """One key of a dictionary, its position and what it stands for."""

    position: Position
    key: str
    node: "Node"


@dataclass(frozen=True)
class DictNode:
    """A dictionary."""

    position: Position
    entries: tuple[DictEntry, ...]


@dataclass(frozen=True)
class ListNode:
    """A list or a tuple."""

    position: Position
    items: tuple["Node", ...]


Node = ConstantNode | RangeNode | ChoiceNode | DictNode | ListNode


def position_of(tree: ast.AST) -> Position:
    """The position of a part of a syntax tree."""
    line = getattr(tree, "lineno", 1)
    offset = getattr(tree, "col_offset", 0)
    return Position(line, offset + 1)


def source_of(tree: ast.AST) -> str:
    """The source of a part of a syntax tree, cut to a length that a message can repeat."""
    source = ast.unparse(tree)
    if len(source) <= MAX_SOURCE_SHOWN:
        return source
    shown_length = MAX_SOURCE_SHOWN - 1
    return source[:shown_length] + "…"
