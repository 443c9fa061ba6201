"""Plain expressions of a Keras Tuner program: comparisons, items and calls of plain functions."""

import ast
import copy
import operator
from collections.abc import Callable, Mapping
from typing import Any

from app.domain.custom.hp_names import evaluate_name
from app.domain.custom.literals import (
    MAX_QUOTED_NODES,
    CustomModelError,
    evaluate,
    is_larger_than,
)

MAX_QUOTED = 60  # characters of an expression that an error message quotes
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda item, items: item in items,
    ast.NotIn: lambda item, items: item not in items,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "int": int,
    "float": float,
    "bool": bool,
    "min": min,
    "max": max,
    "len": len,
    "abs": abs,
    "round": round,
    "enumerate": lambda values, start=0: list(enumerate(values, start)),
    "zip": lambda *columns: list(zip(*columns, strict=False)),
    "reversed": lambda values: list(reversed(values)),
    "sorted": sorted,
}
DICTIONARY_METHODS: dict[str, Callable[[dict[Any, Any]], Any]] = {
    "keys": list,
    "values": lambda dictionary: list(dictionary.values()),
    "items": lambda dictionary: list(dictionary.items()),
}
OWN_SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def rebuild(node: Any, change: Callable[[Any], Any]) -> Any:
    """A node whose children are changed; the node itself where none of them is another."""
    changes: dict[str, Any] = {}
    for name, content in ast.iter_fields(node):
        if isinstance(content, ast.AST):
            changed = change(content)
            if changed is not content:
                changes[name] = changed
        elif isinstance(content, list):
            parts = [change(part) if isinstance(part, ast.AST) else part for part in content]
            if any(new is not old for new, old in zip(parts, content, strict=True)):
                changes[name] = parts
    if not changes:
        return node
    rebuilt = copy.copy(node)
    for name, changed in changes.items():
        setattr(rebuilt, name, changed)
    return rebuilt


def _reduce(node: Any, names: Mapping[str, object]) -> Any:
    """An expression with comparisons, items and calls of plain functions worked out."""
    if isinstance(node, OWN_SCOPES):
        return node
    try:
        match node:
            case ast.BoolOp():
                return _constant(node, _combine(node, names))
            case ast.IfExp():
                branch = node.orelse
                if evaluate_plain(node.test, names):
                    branch = node.body
                return _reduce(branch, names)
            case ast.JoinedStr():
                return _constant(
                    node, evaluate_name(node, lambda part: evaluate_plain(part, names))
                )
            case ast.UnaryOp(op=ast.Not()):
                return _constant(node, not evaluate_plain(node.operand, names))
            case ast.Compare():
                return _constant(node, _compare(node, names))
            case ast.Subscript() if not isinstance(node.slice, ast.Slice):
                items: Any = evaluate_plain(node.value, names)
                return _constant(node, items[evaluate_plain(node.slice, names)])
            case ast.Call(keywords=[]) if isinstance(node.func, ast.Name):
                function = FUNCTIONS.get(node.func.id)
                if function is not None and node.func.id not in names:
                    arguments = [evaluate_plain(argument, names) for argument in node.args]
                    return _constant(node, function(*arguments))
                if node.func.id in ("list", "tuple") and len(node.args) == 1:
                    values = evaluate_plain(node.args[0], names)
                    if isinstance(values, dict):
                        return _constant(node, list(values))
            case ast.Call(keywords=[], args=[]) if isinstance(node.func, ast.Attribute):
                method = DICTIONARY_METHODS.get(node.func.attr)
                if method is not None:
                    dictionary = evaluate_plain(node.func.value, names)
                    if isinstance(dictionary, dict):
                        return _constant(node, method(dictionary))
    except (ArithmeticError, TypeError, ValueError, LookupError) as error:
        if isinstance(error, CustomModelError):
            raise
        raise unknown(node) from None
    return rebuild(node, lambda child: _reduce(child, names))


def evaluate_plain(node: ast.expr, names: Mapping[str, object]) -> object:
    return evaluate(_reduce(node, names), names)


def _combine(node: ast.BoolOp, names: Mapping[str, object]) -> object:
    """The value of `and` or `or`, whose later parts may not be needed."""
    value: object = None
    for part in node.values:
        value = evaluate_plain(part, names)
        if bool(value) == isinstance(node.op, ast.Or):
            return value
    return value


def _compare(node: ast.Compare, names: Mapping[str, object]) -> bool:
    left = evaluate_plain(node.left, names)
    for comparison, operand in zip(node.ops, node.comparators, strict=True):
        right = evaluate_plain(operand, names)
        if not COMPARISONS[type(comparison)](left, right):
            return False
        left = right
    return True


def _constant(node: ast.expr, value: object) -> ast.expr:
    return ast.copy_location(ast.Constant(value), node)  # type: ignore[arg-type]


def unknown(node: ast.expr) -> CustomModelError:
    text = "…"
    if not is_larger_than(node, MAX_QUOTED_NODES):
        text = ast.unparse(node)
    if len(text) > MAX_QUOTED:
        text = f"{text[:MAX_QUOTED]}…"
    message = f'"{text}" is known only when the program is run. Write plain values.'
    return CustomModelError(message, node.lineno)
