"""What changes a dictionary or a list in hyperopt code: `space["units"] = …`, `space.update(…)`."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.hyperopt.expressions import ExpressionReader
from app.domain.hyperopt.mentions import dotted_owner
from app.domain.hyperopt.nodes import (
    DictEntry,
    DictNode,
    HyperoptError,
    ListNode,
    Node,
    Position,
    position_of,
    source_of,
)
from app.domain.hyperopt.operations import count_parts, join_lists, merge_entries, pairs_of
from app.domain.hyperopt.scopes import Scope
from app.domain.literals.bindings import CHANGING_METHODS, owner_of
from app.domain.literals.names import dotted_name

Key = str | int


@dataclass(frozen=True)
class _Container:
    """A dictionary or list, under a name or inside of what the name stands for."""

    name: str
    whole: Node
    keys: list[Key]
    node: Node


def change_item(
    reader: ExpressionReader, target: ast.Subscript, value: ast.expr, scope: Scope
) -> None:
    """Follow `space["units"] = …`, also in a dictionary in it. Raises HyperoptError."""
    node = reader.read(value, scope)
    container = _find_container(reader, target.value, scope)
    keys = [*container.keys, _read_key(reader, target.slice, scope)]
    scope.rebind(container.name, _with_item(container.whole, keys, node, target), target)


def delete_item(reader: ExpressionReader, target: ast.expr, scope: Scope) -> None:
    """Follow `del space["units"]`. Raises HyperoptError."""
    if not isinstance(target, ast.Subscript):
        raise _cannot_follow(target)
    container = _find_container(reader, target.value, scope)
    key = _read_key(reader, target.slice, scope)
    _put(container, _without_item(container.node, key, target), target, scope)


def change_by_call(reader: ExpressionReader, call: ast.Call, scope: Scope) -> None:
    """Follow `space.update(…)`, `options.append(…)` and the like. Raises HyperoptError."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in CHANGING_METHODS:
        return
    owner = call.func.value
    if owner_of(owner) not in scope.constants and dotted_owner(owner) not in scope.constants:
        return
    container = _find_container(reader, owner, scope)
    arguments = [reader.read(argument, scope) for argument in call.args]
    if isinstance(container.node, DictNode):
        entries = _named_entries(reader, call, scope)
        changed: Node = _change_dict(container.node, call, arguments, entries)
    elif isinstance(container.node, ListNode):
        changed = _change_list(container.node, call, arguments)
    else:
        raise _cannot_follow(call)
    _put(container, changed, call, scope)


def _find_container(reader: ExpressionReader, owner: ast.expr, scope: Scope) -> _Container:
    keys: list[Key] = []
    named = owner
    while isinstance(named, ast.Subscript):
        keys.insert(0, _read_key(reader, named.slice, scope))
        named = named.value
    name = dotted_name(named)
    if not name:
        raise _cannot_follow(owner)
    whole = scope.look_up(name, position_of(named))
    count_parts(whole, owner, scope)
    return _Container(name, whole, keys, reader.read(owner, scope))


def _put(container: _Container, node: Node, tree: ast.expr, scope: Scope) -> None:
    if container.keys:
        node = _with_item(container.whole, container.keys, node, tree)
    scope.rebind(container.name, node, tree)


def _change_dict(
    whole: DictNode, call: ast.Call, arguments: Sequence[Node], named: Sequence[DictEntry]
) -> DictNode:
    assert isinstance(call.func, ast.Attribute)
    entries = list(whole.entries)
    match call.func.attr, arguments:
        case "update", _:
            for argument in arguments:
                entries += pairs_of(argument)
            merged = merge_entries([*entries, *named])
            return replace(whole, entries=tuple(merged))
        case "setdefault", [key, value]:
            entry = pairs_of(ListNode(key.position, (ListNode(key.position, (key, value)),)))
            merged = merge_entries([*entry, *entries])
            return replace(whole, entries=tuple(merged))
        case "pop", [key, *_]:
            return _without_item(whole, getattr(key, "value", ""), call)
        case "clear", []:
            return replace(whole, entries=())
    raise _cannot_follow(call)


def _change_list(whole: ListNode, call: ast.Call, arguments: Sequence[Node]) -> ListNode:
    assert isinstance(call.func, ast.Attribute)
    match call.func.attr, arguments:
        case "append", [item]:
            return join_lists(whole, (item,), call)
        case "extend", [ListNode() as added]:
            return join_lists(whole, added.items, call)
        case "clear", []:
            return replace(whole, items=())
    raise _cannot_follow(call)


def _named_entries(reader: ExpressionReader, call: ast.Call, scope: Scope) -> list[DictEntry]:
    """The entries that `update(units=…)` names."""
    entries = []
    for keyword in call.keywords:
        node = reader.read(keyword.value, scope)
        if keyword.arg is None:
            entries += pairs_of(node)
        else:
            entries.append(DictEntry(position_of(keyword.value), keyword.arg, node))
    return entries


def _with_item(whole: Node, keys: Sequence[Key], node: Node, target: ast.expr) -> Node:
    """A dictionary or list with another item, which the keys lead to."""
    key = keys[0]
    rest = keys[1:]
    if isinstance(whole, ListNode) and isinstance(key, int) and key < len(whole.items):
        items = list(whole.items)
        items[key] = _with_item(items[key], rest, node, target) if rest else node
        return replace(whole, items=tuple(items))
    if not isinstance(whole, DictNode) or not isinstance(key, str):
        raise _cannot_follow(target)
    if rest:
        part = next((entry.node for entry in whole.entries if entry.key == key), None)
        if part is None:
            raise _cannot_follow(target)
        node = _with_item(part, rest, node, target)
    entry = DictEntry(_position_of_key(target), key, node)
    return replace(whole, entries=tuple(merge_entries([*whole.entries, entry])))


def _without_item(whole: Node, key: object, tree: ast.expr) -> DictNode:
    if not isinstance(whole, DictNode):
        raise _cannot_follow(tree)
    entries = [entry for entry in whole.entries if entry.key != key]
    return replace(whole, entries=tuple(entries))


def _read_key(reader: ExpressionReader, tree: ast.expr, scope: Scope) -> Key:
    key = reader.evaluate(tree, scope)
    if isinstance(key, str | int):
        return key
    raise _cannot_follow(tree)


def _position_of_key(target: ast.expr) -> Position:
    if isinstance(target, ast.Subscript):
        return position_of(target.slice)
    return position_of(target)


def _cannot_follow(tree: ast.expr) -> HyperoptError:
    return HyperoptError(
        position_of(tree), f'"{source_of(tree)}" changes a name in a way that is not understood.'
    )
