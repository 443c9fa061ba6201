"""Hyperopt code as a tree of nodes, each of which knows its position."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.domain.hyperopt.pasting import clean_pasted
from app.domain.search_space.catalogue import Value

MAX_SOURCE_SHOWN = 40  # characters of an expression that a message repeats
MAX_CORRECTED_SOURCE = 80  # the same of one that a message corrects


@dataclass(frozen=True)
class Position:
    """Where something is in the code, both counted from 1."""

    line: int
    column: int


class HyperoptError(ValueError):
    """What is wrong with hyperopt code, with its line and column.

    `correction`: an expression that may be meant, instead of the one at the position.
    """

    def __init__(
        self, position: Position, message: str, correction: "Correction | None" = None
    ) -> None:
        line = position.line
        column = position.column
        super().__init__(f"Line {line}, column {column}: {message}")
        self.correction = correction


@dataclass(frozen=True)
class Correction:
    """What may be meant instead of an expression: what it says in words, and its code.

    `is_likely`: the expression is hardly meant as it is written.
    """

    meaning: str
    expression: ast.expr
    code: str
    is_likely: bool = True

    def reason(self, low: float, high: float) -> str:
        """What the expression says as it is written, where its bounds should be logarithms."""
        source = source_of(self.expression, MAX_CORRECTED_SOURCE)
        return (
            f"The bounds of hp.loguniform are logarithms: {source} draws from {low:.6g} to "
            f"{high:.6g}. {self.meaning} is {self.code}."
        )

    def apply(self, code: str) -> str:
        """The code with this expression in place of the other one."""
        code = clean_pasted(code)
        start = _offset_in(code, self.expression.lineno, self.expression.col_offset)
        end_line = self.expression.end_lineno or self.expression.lineno
        end = _offset_in(code, end_line, self.expression.end_col_offset or 0)
        return code[:start] + self.code + code[end:]


def _offset_in(code: str, line: int, byte_column: int) -> int:
    """The index of a position in a text, whose columns ast counts in bytes."""
    lines = code.split("\n")
    before = sum(len(earlier) + 1 for earlier in lines[: line - 1])
    beginning = lines[line - 1].encode()[:byte_column]
    return before + len(beginning.decode(errors="ignore"))


@dataclass(frozen=True)
class ConstantNode:
    """A value as it is written: a text, a number, True or False."""

    position: Position
    value: Value


@dataclass(frozen=True)
class RangeNode:
    """A number between two ends, both included; with a step, in steps that start at `low`.

    `correction`: what may be meant where the ends are not possible.
    """

    position: Position
    label: str
    low: float
    high: float
    step: float | None = None
    log: bool = False
    correction: Correction | None = field(default=None, compare=False)


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


def has_draws(node: Node) -> bool:
    """Whether a node is, or holds, an hp. expression."""
    return any(isinstance(part, RangeNode | ChoiceNode) for part in _walk(node))


def parts_of(node: Node) -> set[int]:
    """The ids of what a node holds, itself left out."""
    ids = {id(part) for part in _walk(node)}
    return ids - {id(node)}


def _walk(node: Node) -> Iterator[Node]:
    """A node and all that it holds, each once."""
    waiting: list[Node] = [node]
    visited: set[int] = set()
    while waiting:
        part = waiting.pop()
        if id(part) in visited:
            continue
        visited.add(id(part))
        yield part
        match part:
            case DictNode():
                waiting += [entry.node for entry in part.entries]
            case ListNode():
                waiting += part.items
            case ChoiceNode():
                waiting += part.options


def position_of(tree: ast.AST) -> Position:
    """The position of a part of a syntax tree."""
    line = getattr(tree, "lineno", 1)
    offset = getattr(tree, "col_offset", 0)
    return Position(line, offset + 1)


def source_of(tree: ast.AST, max_length: int = MAX_SOURCE_SHOWN) -> str:
    """The source of a part of a syntax tree, cut to a length that a message can repeat."""
    source = ast.unparse(tree)
    if len(source) <= max_length:
        return source
    return source[: max_length - 1] + "…"
