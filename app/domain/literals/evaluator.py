"""Evaluates the expressions whose values a program fixes, in bounded time and memory."""

import ast
from collections import ChainMap
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.domain.literals.arithmetic import (
    COMPARISONS,
    SIGNS,
    calculate,
    check_array,
    check_number,
    check_text,
)
from app.domain.literals.budget import Budget
from app.domain.literals.calls import call_function
from app.domain.literals.names import Constants, find_number, full_name
from app.domain.literals.values import (
    CannotCalculate,
    Imported,
    LiteralError,
    TooManyValues,
    Unread,
    cannot_be_read,
    count_values,
    items_of,
    to_plain,
    too_many_values,
)

MAX_FORMAT_LENGTH = 4  # characters of a format such as `02d`
MAX_FORMAT_DIGITS = 2


@dataclass
class Evaluator:
    """Evaluates expressions until they have made too many values.

    `keeps_unread`: items of lists and dictionaries that only a run would know become Unread.
    """

    constants: Constants
    budget: Budget = field(default_factory=Budget)
    keeps_unread: bool = False

    def evaluate(self, node: ast.expr) -> Any:
        """The value of an expression, arrays of numpy included. Raises LiteralError."""
        try:
            return self._value_of(node)
        except LiteralError:
            raise
        except TooManyValues as error:
            raise too_many_values(node, error.count) from None
        except CannotCalculate as error:
            raise cannot_be_read(node, str(error)) from None
        except (ArithmeticError, TypeError, ValueError, LookupError, AttributeError):
            raise cannot_be_read(node) from None

    def _value_of(self, node: ast.expr) -> Any:
        self.budget.spend(node, 1)
        match node:
            case ast.Constant():
                return node.value
            case ast.Name() | ast.Attribute():
                return self._look_up(node)
            case ast.List():
                return self._items_of(node.elts)
            case ast.Tuple():
                return tuple(self._items_of(node.elts))
            case ast.Set():
                return list(dict.fromkeys(self._items_of(node.elts)))
            case ast.Dict():
                return self._dictionary_of(node)
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
                return self._comprehend_list(node)
            case ast.DictComp():
                return self._comprehend_dict(node)
            case ast.Call():
                return call_function(node, self)
            case ast.Subscript():
                return self._part_of(node)
            case ast.JoinedStr():
                return check_text("".join(self._format(part) for part in node.values))
        return self._operation_of(node)

    def _operation_of(self, node: ast.expr) -> Any:
        match node:
            case ast.UnaryOp() if type(node.op) in SIGNS:
                return self._signed(node)
            case ast.BinOp():
                left = self.evaluate(node.left)
                right = self.evaluate(node.right)
                self.budget.spend(node, count_values(left) + count_values(right))
                return self._spend(node, calculate(node.op, left, right))
            case ast.Compare():
                return self._compare(node)
            case ast.BoolOp():
                return self._any_or_all(node)
            case ast.IfExp():
                if self.is_true(node.test):
                    return self.evaluate(node.body)
                return self.evaluate(node.orelse)
        raise cannot_be_read(node)

    def _spend(self, node: ast.expr, value: Any) -> Any:
        """The value itself, counted with all that it holds."""
        if isinstance(value, list | tuple | dict | np.ndarray):
            self.budget.spend(node, count_values(value))
        return value

    def _look_up(self, node: ast.Name | ast.Attribute) -> Any:
        """The value of a name, counted with all that it holds: names in names would double it."""
        if isinstance(node, ast.Name) and node.id in self.constants:
            value = self.constants[node.id]
            if isinstance(value, Unread | Imported):
                raise cannot_be_read(node)
            self.budget.spend(node, count_values(value))
            return value
        number = find_number(full_name(node, self.constants))
        if number is None:
            raise cannot_be_read(node)
        return number

    def _items_of(self, nodes: Sequence[ast.expr]) -> list[Any]:
        items = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                items += items_of(self.evaluate(node.value))
            else:
                items.append(self._item_of(node))
        return items

    def _item_of(self, node: ast.expr) -> Any:
        try:
            return self.evaluate(node)
        except LiteralError:
            if not self.keeps_unread:
                raise
            return Unread(node)

    def _dictionary_of(self, node: ast.Dict) -> dict[Any, Any]:
        dictionary: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                dictionary |= self.evaluate(value)
            else:
                dictionary[self._key_of(key)] = self._item_of(value)
        return dictionary

    def _key_of(self, node: ast.expr) -> Any:
        key = to_plain(self.evaluate(node))
        if isinstance(key, str | int | float) or key is None:
            return key
        raise cannot_be_read(node)

    def _signed(self, node: ast.UnaryOp) -> Any:
        if isinstance(node.op, ast.Not):
            return not self.is_true(node.operand)
        operand = self.evaluate(node.operand)
        if isinstance(operand, np.ndarray):
            check_array(operand)
        else:
            check_number(operand)
        return SIGNS[type(node.op)](operand)

    def _compare(self, node: ast.Compare) -> bool:
        left = self._known(node.left)
        for operation, comparator in zip(node.ops, node.comparators, strict=True):
            right = self._known(comparator)
            self.budget.spend(node, count_values(right))
            if not COMPARISONS[type(operation)](left, right):
                return False
            left = right
        return True

    def _any_or_all(self, node: ast.BoolOp) -> Any:
        is_or = isinstance(node.op, ast.Or)
        value = None
        for part in node.values:
            value = self._known(part)
            if bool(value) == is_or:
                return value
        return value

    def is_true(self, node: ast.expr) -> bool:
        """Whether an expression is true. Raises LiteralError."""
        return bool(self._known(node))

    def _known(self, node: ast.expr) -> Any:
        """A value without numpy's types, in which nothing is unread."""
        try:
            return to_plain(self.evaluate(node))
        except TypeError:
            raise cannot_be_read(node) from None

    def _comprehend_list(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> list[Any]:
        items: list[Any] = []
        for scope in self.scopes(node.generators):
            items.append(scope.evaluate(node.elt))
        if isinstance(node, ast.SetComp):
            return list(dict.fromkeys(items))
        return items

    def _comprehend_dict(self, node: ast.DictComp) -> dict[Any, Any]:
        dictionary = {}
        for scope in self.scopes(node.generators):
            key = scope._key_of(node.key)
            dictionary[key] = scope.evaluate(node.value)
        return dictionary

    def scopes(self, generators: Sequence[ast.comprehension]) -> Iterator["Evaluator"]:
        """An evaluator for each turn of a comprehension. The next turn changes it."""
        if not generators:
            yield self
            return
        first = generators[0]
        items = items_of(self.evaluate(first.iter))
        variables: MutableMapping[str, object] = {}
        scope = self.with_variables(variables)
        for item in items:
            self.budget.spend(first.iter, 1)
            bind(first.target, item, variables)
            if all(scope.is_true(test) for test in first.ifs):
                yield from scope.scopes(generators[1:])

    def _part_of(self, node: ast.Subscript) -> Any:
        whole = self.evaluate(node.value)
        if isinstance(node.slice, ast.Slice):
            ends = [node.slice.lower, node.slice.upper, node.slice.step]
            numbers = [None if end is None else self.evaluate(end) for end in ends]
            return self._spend(node, whole[slice(*numbers)])
        index = self._key_of(node.slice)
        if isinstance(whole, np.ndarray):
            return items_of(whole)[index]
        part = whole[index]
        if isinstance(part, Unread):
            raise cannot_be_read(node)
        return part

    def _format(self, part: ast.expr) -> str:
        """A part of a text in which values are filled in."""
        if not isinstance(part, ast.FormattedValue):
            return str(self.evaluate(part))
        value = self._known(part.value)
        if not isinstance(value, str | int | float) or part.conversion != -1:
            raise cannot_be_read(part)
        form = ""
        if part.format_spec is not None:
            form = self.evaluate(part.format_spec)
        digits = [character for character in form if character.isdigit()]
        if len(form) > MAX_FORMAT_LENGTH or len(digits) > MAX_FORMAT_DIGITS:
            raise cannot_be_read(part)
        return format(value, form)

    def with_variables(self, variables: Mapping[str, object]) -> "Evaluator":
        """An evaluator that knows further names, and keeps nothing unread."""
        constants: Constants = ChainMap(variables, self.constants)  # type: ignore[arg-type]
        return Evaluator(constants, self.budget)


def bind(target: ast.expr, value: Any, variables: MutableMapping[str, Any]) -> None:
    """Bind the names of an assignment's target. Raises TypeError or ValueError."""
    match target:
        case ast.Name():
            variables[target.id] = value
        case ast.Tuple() | ast.List():
            for part, item in zip(target.elts, items_of(value), strict=True):
                bind(part, item, variables)
        case _:
            raise TypeError("Only names can be bound.")
