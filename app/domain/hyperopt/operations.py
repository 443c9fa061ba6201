"""Operators on hp. expressions: `8 + 4 * hp.randint(…)`, `2 ** hp.choice(…)`, `base | more`."""

import ast
from collections.abc import Sequence
from dataclasses import replace

from app.domain.hyperopt.nodes import (
    ChoiceNode,
    ConstantNode,
    DictEntry,
    DictNode,
    HyperoptError,
    ListNode,
    Node,
    RangeNode,
    position_of,
    source_of,
)
from app.domain.hyperopt.numbers import calculate, number_of
from app.domain.hyperopt.ranges import add_number, multiply_by_number, to_powers, to_steps_of_one
from app.domain.hyperopt.scopes import NAMES_IN_A_STEP, Scope
from app.domain.literals.values import MAX_LISTED_VALUES


def combine(tree: ast.BinOp, left: Node, right: Node) -> Node:
    """The result of an operator on nodes, of which one holds an hp. expression."""
    match left, tree.op, right:
        case DictNode(), ast.BitOr(), DictNode():
            return dict_of(tree, [*left.entries, *right.entries], merges=True)
        case ListNode(), ast.Add(), ListNode():
            return join_lists(left, right.items, tree)
        case RangeNode(), _, ConstantNode():
            return _move_range(tree, left, number_of(right))
        case ConstantNode(), ast.Add() | ast.Mult(), RangeNode():
            return _move_range(tree, right, number_of(left))
        case ConstantNode(), ast.Pow(), RangeNode():
            return to_powers(number_of(left), right)
        case ChoiceNode(), _, ConstantNode():
            options = [_calculate(tree, option, right) for option in left.options]
            return replace(left, options=tuple(options))
        case ConstantNode(), _, ChoiceNode():
            options = [_calculate(tree, left, option) for option in right.options]
            return replace(right, options=tuple(options))
    raise HyperoptError(
        position_of(tree),
        f'"{source_of(tree)}" is not understood: only a number can be added to an hp. expression, '
        "or multiplied by it.",
    )


def _calculate(tree: ast.BinOp, left: Node, right: Node) -> ConstantNode:
    position = position_of(tree)
    result = calculate(tree.op, number_of(left), number_of(right), position)
    return ConstantNode(position, result)


def _move_range(tree: ast.BinOp, range_node: RangeNode, number: float) -> RangeNode:
    """A range plus, minus, times or divided by a number."""
    match tree.op:
        case ast.Add():
            return add_number(range_node, number)
        case ast.Sub():
            return add_number(range_node, -number)
        case ast.Mult():
            return multiply_by_number(range_node, number)
        case ast.Div() if number:
            return multiply_by_number(range_node, 1 / number)
    raise HyperoptError(
        position_of(tree),
        "Only number + hp.… and positive number * hp.… are possible here.",
    )


def to_whole_numbers(node: Node) -> Node:
    """What `int(…)` makes of a node."""
    match node:
        case RangeNode(step=None):
            return to_steps_of_one(node)
        case ConstantNode(value=float() as value):
            return replace(node, value=int(value))
    return node


def join_lists(left: ListNode, added: Sequence[Node], tree: ast.expr) -> ListNode:
    """A list with further items. Raises HyperoptError for too many."""
    count = len(left.items) + len(added)
    if count > MAX_LISTED_VALUES:
        raise HyperoptError(
            position_of(tree),
            f"A list has at most {MAX_LISTED_VALUES:,} values here, not {count:,}.",
        )
    return ListNode(position_of(tree), (*left.items, *added))


def count_parts(node: Node, tree: ast.AST, scope: Scope) -> None:
    """Count the steps that it takes to make a list or dictionary anew."""
    count = 0
    if isinstance(node, DictNode):
        count = len(node.entries)
    elif isinstance(node, ListNode):
        count = len(node.items)
    scope.steps.count(tree, 1 + count // NAMES_IN_A_STEP)


def merge_entries(entries: Sequence[DictEntry]) -> list[DictEntry]:
    """The entries of merged dictionaries: of equal keys, the last one counts."""
    by_key = {entry.key: entry for entry in entries}
    return list(by_key.values())


def pairs_of(node: Node) -> list[DictEntry]:
    """The entries of a dictionary, or of a list of pairs."""
    if isinstance(node, DictNode):
        return list(node.entries)
    if not isinstance(node, ListNode):
        raise HyperoptError(node.position, "A dictionary is made of a dictionary or of pairs.")
    entries = []
    for pair in node.items:
        match pair:
            case ListNode(items=(ConstantNode(value=str() as key), value)):
                entries.append(DictEntry(pair.position, key, value))
            case _:
                raise HyperoptError(pair.position, 'A pair is like ("units_1", hp.choice(…)).')
    return entries


def dict_of(tree: ast.expr, entries: Sequence[DictEntry], *, merges: bool = False) -> DictNode:
    """A dictionary; `merges`: it is made of several."""
    if merges:
        entries = merge_entries(entries)
    return DictNode(position_of(tree), tuple(entries))
