"""Hyperopt code read by its syntax tree, and never run."""

import ast
from collections.abc import Sequence

from app.domain.hyperopt.calls import read_call
from app.domain.hyperopt.nodes import (
    ConstantNode,
    DictEntry,
    DictNode,
    HyperoptError,
    ListNode,
    Node,
    Position,
    RangeNode,
    position_of,
    source_of,
)
from app.domain.hyperopt.numbers import calculate, number_of
from app.domain.hyperopt.ranges import add_number, multiply_by_number

MAX_CODE_LENGTH = 50_000  # characters
MAX_NAME_SHOWN = 40  # characters


def read_code(code: str) -> DictNode:
    """The dictionary that describes the space: `space`, `search_space` or the last one.

    Raises HyperoptError with the position of the first thing that is not understood.
    """
    start = Position(1, 1)
    if len(code) > MAX_CODE_LENGTH:
        raise HyperoptError(
            start,
            f"The code is longer than {MAX_CODE_LENGTH:,} characters.",
        )
    try:
        tree = ast.parse(code.strip("\ufeff"))
        return _CodeReader().read_space(tree)
    except SyntaxError as error:
        line = error.lineno or 1
        column = max(error.offset or 1, 1)
        position = Position(line, column)
        raise HyperoptError(position, f"This is not Python: {error.msg}.") from None
    except HyperoptError:
        raise
    except (ValueError, RecursionError, MemoryError):
        raise HyperoptError(
            start,
            "The code cannot be read: it is nested too deeply or has unusual characters.",
        ) from None


class _CodeReader:
    """Reads statements in order and remembers the names that they assign."""

    def __init__(self) -> None:
        self.names: dict[str, Node] = {}

    def read_space(self, tree: ast.Module) -> DictNode:
        last_dict: DictNode | None = None
        for statement in tree.body:
            node = self._read_statement(statement)
            if isinstance(node, DictNode):
                last_dict = node
        named = self.names.get("space", self.names.get("search_space"))
        if isinstance(named, DictNode):
            return named
        if last_dict is None:
            message = 'There is no search space here: write space = {"units_1": hp.choice(…)}.'
            raise HyperoptError(Position(1, 1), message)
        return last_dict

    def _read_statement(self, statement: ast.stmt) -> Node | None:
        match statement:
            case ast.Import() | ast.ImportFrom() | ast.Pass():
                return None
            case ast.Expr(value=value):
                return self.read(value)
            case ast.Assign(targets=targets, value=value):
                names = _target_names(statement, targets)
                return self._assign(names, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                names = _target_names(statement, [target])
                return self._assign(names, value)
            case _:
                raise _not_possible(statement)

    def _assign(self, names: list[str], value: ast.expr) -> Node:
        node = self.read(value)
        for name in names:
            self.names[name] = node
        return node

    def read(self, tree: ast.expr) -> Node:
        """What an expression stands for. Raises HyperoptError."""
        position = position_of(tree)
        match tree:
            case ast.Dict():
                return self._read_dict(tree)
            case ast.List() | ast.Tuple():
                items = [self.read(item) for item in tree.elts]
                return ListNode(position, tuple(items))
            case ast.Constant(value=str() | int() | float() as value):
                return ConstantNode(position, value)
            case ast.Name():
                return self._look_up(tree)
            case ast.UnaryOp():
                return self._read_sign(tree)
            case ast.BinOp():
                return self._read_operation(tree)
            case ast.Call():
                return read_call(tree, self.read)
            case _:
                raise HyperoptError(
                    position,
                    f'"{source_of(tree)}" is not a value, a list, a dictionary '
                    "or an hp. expression.",
                )

    def _look_up(self, name: ast.Name) -> Node:
        if name.id not in self.names:
            raise HyperoptError(
                position_of(name),
                f'"{name.id[:MAX_NAME_SHOWN]}" has no value here: assign it above, '
                "or write its value.",
            )
        return self.names[name.id]

    def _read_dict(self, tree: ast.Dict) -> DictNode:
        entries = []
        for key, value in zip(tree.keys, tree.values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                raise HyperoptError(
                    position_of(key or value),
                    'A key is a name in quotes, like "units_1".',
                )
            entry = DictEntry(
                position_of(key),
                key=key.value,
                node=self.read(value),
            )
            entries.append(entry)
        return DictNode(position_of(tree), tuple(entries))

    def _read_sign(self, tree: ast.UnaryOp) -> ConstantNode:
        position = position_of(tree)
        if not isinstance(tree.op, ast.USub | ast.UAdd):
            raise HyperoptError(
                position,
                f'"{source_of(tree)}" is not a number.',
            )
        operand = self.read(tree.operand)
        number = number_of(operand)
        if isinstance(tree.op, ast.USub):
            number = -number
        return ConstantNode(position, number)

    def _read_operation(self, tree: ast.BinOp) -> Node:
        left = self.read(tree.left)
        right = self.read(tree.right)
        if isinstance(left, RangeNode) and not isinstance(right, RangeNode):
            moved = _move_range(tree.op, left, right)
        elif isinstance(right, RangeNode) and not isinstance(left, RangeNode):
            moved = _move_range(tree.op, right, left)
        else:
            moved = None
        if moved is not None:
            return moved
        position = position_of(tree)
        result = calculate(
            tree.op,
            number_of(left),
            number_of(right),
            position,
        )
        return ConstantNode(position, result)


def _move_range(operator: ast.operator, range_node: RangeNode, other: Node) -> RangeNode | None:
    """A range plus or times a number; None for other operators."""
    if isinstance(operator, ast.Add):
        addend = number_of(other)
        return add_number(range_node, addend)
    if isinstance(operator, ast.Mult):
        factor = number_of(other)
        return multiply_by_number(range_node, factor)
    return None


def _target_names(statement: ast.stmt, targets: Sequence[ast.expr]) -> list[str]:
    """The names that a statement assigns. Raises HyperoptError where it assigns anything else."""
    names = []
    for target in targets:
        if not isinstance(target, ast.Name):
            raise _not_possible(statement)
        names.append(target.id)
    return names


def _not_possible(statement: ast.stmt) -> HyperoptError:
    message = "Only imports and assignments like space = {…} are possible here."
    return HyperoptError(position_of(statement), message)
