"""Expressions of hyperopt code as nodes."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.domain.hyperopt.calls import draw_function, read_draw
from app.domain.hyperopt.mentions import find_unreadable, mentions_nodes
from app.domain.hyperopt.nodes import (
    ConstantNode,
    DictEntry,
    DictNode,
    HyperoptError,
    ListNode,
    Node,
    position_of,
    source_of,
)
from app.domain.hyperopt.numbers import number_of
from app.domain.hyperopt.operations import (
    combine,
    count_parts,
    dict_of,
    join_lists,
    pairs_of,
    to_whole_numbers,
)
from app.domain.hyperopt.scopes import Definition, Scope, Unreadable, value_node
from app.domain.literals.budget import Budget
from app.domain.literals.evaluator import Evaluator, bind
from app.domain.literals.names import dotted_name, full_name
from app.domain.literals.values import (
    LiteralError,
    count_values,
    items_of,
    to_plain,
)

COPIES = ("list", "tuple", "float", "copy", "deepcopy")  # whose result is what they are given


class ExpressionReader:
    """Reads expressions in a scope. `call`: reads a call of one of the code's own functions."""

    def read(self, tree: ast.expr, scope: Scope) -> Node:
        """What an expression stands for. Raises HyperoptError."""
        scope.steps.count(tree)
        match tree:
            case ast.Constant(value=str() | int() | float() as value):
                return ConstantNode(position_of(tree), value)
            case ast.Dict():
                return self._read_dict(tree, scope)
            case ast.List() | ast.Tuple() | ast.Set():
                return ListNode(position_of(tree), tuple(self._read_items(tree.elts, scope)))
            case ast.Name():
                return scope.look_up(tree.id, position_of(tree))
            case ast.Call():
                name = draw_function(tree, scope.constants)
                if name:
                    return read_draw(name, tree, lambda part: self.read(part, scope))
        if mentions_nodes(tree, scope):
            try:
                return self._read_composed(tree, scope)
            except NotUnderstood:
                raise find_unreadable(tree, scope) or _not_understood(tree) from None
        plain = self.evaluate(tree, scope)
        scope.steps.count(tree, count_values(plain))
        return value_node(plain, position_of(tree))

    def evaluate(self, tree: ast.expr, scope: Scope) -> object:
        """The plain value of an expression. Raises HyperoptError."""
        budget = Budget()
        evaluator = Evaluator(scope.constants, budget)
        before = budget.values_left
        try:
            value = evaluator.evaluate(tree)
        except LiteralError as error:
            if isinstance(error.node, ast.Name):
                scope.look_up(error.node.id, position_of(error.node))
            raise HyperoptError(position_of(error.node), str(error)) from None
        finally:
            scope.steps.count(tree, before - budget.values_left)
        return value

    def call(self, function: Definition, call: ast.Call, scope: Scope) -> Node:
        """What a function of the code returns. Raises HyperoptError."""
        raise NotImplementedError

    def _read_composed(self, tree: ast.expr, scope: Scope) -> Node:
        """An expression that holds hp. expressions or calls functions of the code."""
        match tree:
            case ast.Attribute():
                return scope.look_up(dotted_name(tree), position_of(tree))
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
                return self._read_negative(tree, self.read(operand, scope))
            case ast.BinOp():
                left = self.read(tree.left, scope)
                right = self.read(tree.right, scope)
                return combine(tree, left, right)
            case ast.ListComp() | ast.GeneratorExp():
                items = [self.read(tree.elt, inner) for inner in self._turns(tree, scope)]
                return ListNode(position_of(tree), tuple(items))
            case ast.DictComp():
                entries = []
                for inner in self._turns(tree, scope):
                    entries.append(self._entry(tree.key, tree.value, inner))
                return dict_of(tree, entries)
            case ast.IfExp():
                if self.is_true(tree.test, scope):
                    return self.read(tree.body, scope)
                return self.read(tree.orelse, scope)
            case ast.Subscript():
                return self._read_part(tree, scope)
            case ast.Call():
                return self._read_call(tree, scope)
        raise _not_understood(tree)

    def is_true(self, tree: ast.expr, scope: Scope) -> bool:
        """Whether a condition holds. Raises HyperoptError where only a run would know."""
        if mentions_nodes(tree, scope):
            raise _not_understood(tree)
        return bool(to_plain(self.evaluate(tree, scope)))

    def _read_dict(self, tree: ast.Dict, scope: Scope) -> DictNode:
        entries: list[DictEntry] = []
        for key, value in zip(tree.keys, tree.values, strict=True):
            if key is None:
                merged = self.read(value, scope)
                if not isinstance(merged, DictNode):
                    raise HyperoptError(position_of(value), "Only a dictionary can stand after **.")
                count_parts(merged, value, scope)
                entries += merged.entries
            else:
                entries.append(self._entry(key, value, scope))
        return dict_of(tree, entries, merges=None in tree.keys)

    def _entry(self, key: ast.expr, value: ast.expr, scope: Scope) -> DictEntry:
        return DictEntry(position_of(key), self.read_key(key, scope), self.read(value, scope))

    def read_key(self, tree: ast.expr, scope: Scope) -> str:
        """The text of a dictionary's key. Raises HyperoptError."""
        key = self.evaluate(tree, scope)
        if not isinstance(key, str):
            raise HyperoptError(position_of(tree), 'A key is a name in quotes, like "units_1".')
        return key

    def _read_items(self, trees: Sequence[ast.expr], scope: Scope) -> list[Node]:
        items: list[Node] = []
        for tree in trees:
            if not isinstance(tree, ast.Starred):
                items.append(self.read(tree, scope))
                continue
            listed = self.read(tree.value, scope)
            if not isinstance(listed, ListNode):
                raise HyperoptError(position_of(tree), "Only a list can stand after *.")
            items += join_lists(ListNode(listed.position, tuple(items)), listed.items, tree).items
        return items

    def _read_negative(self, tree: ast.UnaryOp, operand: Node) -> Node:
        number = number_of(operand)
        if isinstance(tree.op, ast.USub):
            number = -number
        return ConstantNode(position_of(tree), number)

    def _turns(
        self, tree: ast.ListComp | ast.GeneratorExp | ast.DictComp, scope: Scope
    ) -> Iterator[Scope]:
        """A scope for each turn of a comprehension."""
        yield from self._turns_of(tree.generators, scope)

    def _turns_of(self, generators: Sequence[ast.comprehension], scope: Scope) -> Iterator[Scope]:
        if not generators:
            yield scope
            return
        first = generators[0]
        for inner in self.turns(first.target, first.iter, scope):
            if all(self.is_true(test, inner) for test in first.ifs):
                yield from self._turns_of(generators[1:], inner)

    def turns(self, target: ast.expr, iterable: ast.expr, scope: Scope) -> Iterator[Scope]:
        """A scope for each item of a list, in which the target stands for it."""
        if mentions_nodes(iterable, scope):
            yield from self._turns_over_nodes(target, iterable, scope)
            return
        try:
            items = items_of(self.evaluate(iterable, scope))
        except TypeError:
            raise _not_understood(iterable) from None
        for item in items:
            scope.steps.count(iterable)
            inner = scope.inner()
            values: dict[str, object] = {}
            try:
                bind(target, item, values)
            except (TypeError, ValueError):
                raise _not_understood(target) from None
            for name, value in values.items():
                inner.bind_value(name, value)
            yield inner

    def _turns_over_nodes(
        self, target: ast.expr, iterable: ast.expr, scope: Scope
    ) -> Iterator[Scope]:
        listed = self.read(iterable, scope)
        if not isinstance(listed, ListNode) or not isinstance(target, ast.Name):
            raise _not_understood(iterable)
        for item in listed.items:
            inner = scope.inner()
            inner.bind(target.id, item)
            yield inner

    def _read_part(self, tree: ast.Subscript, scope: Scope) -> Node:
        """`space["units"]` or `options[0]`."""
        whole = self.read(tree.value, scope)
        if isinstance(tree.slice, ast.Slice):
            return self._read_slice(tree, tree.slice, whole, scope)
        index = self.evaluate(tree.slice, scope)
        if isinstance(whole, DictNode):
            for entry in reversed(whole.entries):
                if entry.key == index:
                    return entry.node
        if isinstance(whole, ListNode) and isinstance(index, int):
            for position, item in enumerate(whole.items):
                if index in (position, position - len(whole.items)):
                    return item
        raise _not_understood(tree)

    def _read_slice(
        self, tree: ast.Subscript, ends: ast.Slice, whole: Node, scope: Scope
    ) -> ListNode:
        """`options[1:]`."""
        numbers: list[int | None] = []
        for end in (ends.lower, ends.upper, ends.step):
            number = None
            if end is not None:
                number = self.evaluate(end, scope)
            if not isinstance(number, int | None):
                raise _not_understood(tree)
            numbers.append(number)
        if not isinstance(whole, ListNode) or numbers[2] == 0:
            raise _not_understood(tree)
        return ListNode(position_of(tree), whole.items[slice(*numbers)])

    def _read_call(self, tree: ast.Call, scope: Scope) -> Node:
        function = scope.find(dotted_name(tree.func))
        if isinstance(function, Definition):
            return self.call(function, tree, scope)
        if isinstance(function, Unreadable):
            raise function.error
        last = full_name(tree.func, scope.constants).rpartition(".")[2]
        if last in ("dict", "OrderedDict"):
            return self._read_dict_call(tree, scope)
        if last == "int" and len(tree.args) == 1:
            return to_whole_numbers(self.read(tree.args[0], scope))
        if last in COPIES and len(tree.args) == 1:
            return replace(self.read(tree.args[0], scope))
        if isinstance(tree.func, ast.Attribute) and not tree.args:
            return self._read_method(tree.func, scope)
        raise _not_understood(tree)

    def _read_method(self, method: ast.Attribute, scope: Scope) -> Node:
        """`space.copy()` and `space.values()`."""
        owner = self.read(method.value, scope)
        if method.attr == "copy":
            return replace(owner)
        if method.attr == "values" and isinstance(owner, DictNode):
            return ListNode(owner.position, tuple(entry.node for entry in owner.entries))
        raise _not_understood(method)

    def _read_dict_call(self, tree: ast.Call, scope: Scope) -> DictNode:
        """`dict(units=…)`, `dict(base, units=…)` or `dict([("units", …)])`."""
        entries: list[DictEntry] = []
        for argument in tree.args:
            node = self.read(argument, scope)
            entries += pairs_of(node)
        for keyword in tree.keywords:
            node = self.read(keyword.value, scope)
            if keyword.arg is not None:
                entries.append(DictEntry(position_of(keyword.value), keyword.arg, node))
            elif isinstance(node, DictNode):
                entries += node.entries
        return dict_of(tree, entries, merges=True)


class NotUnderstood(HyperoptError):
    """An expression is nothing that a space is made of."""


def _not_understood(tree: ast.expr) -> HyperoptError:
    return NotUnderstood(
        position_of(tree),
        f'"{source_of(tree)}" is not a value, a list, a dictionary or an hp. expression.',
    )
