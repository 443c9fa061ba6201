"""Talos: `model(x_train, y_train, x_val, y_val, params)` beside a dictionary of the parameters.

A value is a list of options or a tuple (start, stop, number of steps).
"""

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np

from app.domain.custom.literals import (
    Constants,
    CustomModelError,
    evaluate,
    evaluate_number,
    last_name,
    list_options,
)
from app.domain.custom.parameters import (
    CustomParameter,
    make_choice,
    make_choice_of_values,
    refuse_many_parameters,
)
from app.domain.custom.scopes import Bound, Scope
from app.domain.literals.names import dotted_name

USUAL_DICTIONARY_NAMES = ("p", "params", "parameters", "param_grid", "param_dict", "space")
MODEL_ARGUMENTS = 5  # x_train, y_train, x_val, y_val, params
MAX_TALOS_STEPS = 1000
KEY_SEPARATOR = "."  # between the keys of dictionaries inside each other
MAX_DEPTH = 50  # of names and functions that lead to each other

Dictionary = dict[str, Bound]


def is_model(function: ast.FunctionDef) -> bool:
    """Whether a function takes the five arguments that Talos passes."""
    arguments = function.args
    if arguments.kwonlyargs:
        return False
    n_arguments = len(arguments.args)
    n_required = n_arguments - len(arguments.defaults)
    return n_required <= MODEL_ARGUMENTS <= n_arguments


def read_parameters(
    tree: ast.Module, space: ast.expr | None, function: ast.FunctionDef, constants: Constants
) -> list[CustomParameter]:
    """The entries of the parameter dictionary. `space`: what Scan is given, where it is called.

    Raises CustomModelError where there is no such dictionary or it cannot be read.
    """
    scope = Scope.of_program(tree, constants)
    if space is None:
        dictionary = _find_parameter_dictionary(tree, scope)
    else:
        dictionary = _items_of(space, scope)
    if not dictionary:
        message = (
            f"{function.name} takes its parameters from a dictionary of lists, and the file has "
            "none: p = {…}."
        )
        raise CustomModelError(message, function.lineno)
    dictionary = _flatten(dictionary)
    refuse_many_parameters(len(dictionary), function.lineno)
    return [_parse_parameter(key, bound) for key, bound in dictionary.items()]


def _flatten(dictionary: Dictionary, prefix: str = "", depth: int = 0) -> Dictionary:
    """The items of dictionaries inside a dictionary by the keys that lead to them."""
    items: Dictionary = {}
    for key, bound in dictionary.items():
        inner: Dictionary = {}
        if depth < MAX_DEPTH and _may_be_dictionary(bound.resolve().node):
            inner = _items_of(bound.node, bound.scope)
        if inner:
            items |= _flatten(inner, f"{prefix}{key}{KEY_SEPARATOR}", depth + 1)
        else:
            items[prefix + key] = bound
    return items


def _may_be_dictionary(node: ast.expr) -> bool:
    match node:
        case ast.Dict() | ast.DictComp():
            return True
        case ast.Call(func=ast.Name(id="dict")):
            return True
    return False


def nest_values(values: Mapping[str, object]) -> dict[str, object]:
    """The values as the program's dictionaries have them; flat keys stay beside them."""
    nested = dict(values)
    for key, value in values.items():
        *outer_keys, last_key = key.split(KEY_SEPARATOR)
        dictionary: Any = nested
        for outer_key in outer_keys:
            dictionary = dictionary.setdefault(outer_key, {})
        if isinstance(dictionary, dict):
            dictionary[last_key] = value
    return nested


def _find_parameter_dictionary(tree: ast.Module, scope: Scope) -> Dictionary:
    """The dictionary with most of the keys that the program looks up; first those usually named."""
    used_keys = _collect_used_keys(tree)
    dictionaries: dict[str, Dictionary] = {}
    n_used_keys = {}
    problem = None
    for name in scope.names:
        try:
            dictionary = _items_of(ast.Name(name, ast.Load()), scope)
        except CustomModelError as error:
            problem = error
            continue
        keys = dictionary.keys() & used_keys
        if keys:
            dictionaries[name] = dictionary
            n_used_keys[name] = len(keys)
    if problem is not None and not dictionaries:
        raise problem

    def rank(name: str) -> tuple[int, bool]:
        has_usual_name = name in USUAL_DICTIONARY_NAMES
        return n_used_keys[name], has_usual_name

    best_name = max(dictionaries, key=rank, default=None)
    if best_name is None:
        return {}
    return dictionaries[best_name]


def _items_of(node: ast.expr, scope: Scope, depth: int = 0) -> Dictionary:
    """The items of a dictionary by their keys, in whatever way it is put together."""
    if depth > MAX_DEPTH:
        return {}
    scope.budget.spend(node)
    items: Dictionary = {}
    match node:
        case ast.Dict():
            for key, value in zip(node.keys, node.values, strict=True):
                if key is None:
                    items |= _items_of(value, scope, depth + 1)
                else:
                    items[_key_of(key, scope)] = Bound(value, scope)
        case ast.DictComp(generators=[generator]):
            for inner in scope.unroll(generator.target, generator.iter):
                items[_key_of(node.key, inner)] = Bound(node.value, inner)
        case ast.BinOp(op=ast.BitOr()):
            items |= _items_of(node.left, scope, depth + 1)
            items |= _items_of(node.right, scope, depth + 1)
        case ast.Name() | ast.Attribute():
            for bound in scope.find(dotted_name(node)):
                items |= _items_of_bound(bound, depth)
        case ast.Call():
            items |= _items_of_call(node, scope, depth)
    return items


def _items_of_bound(bound: Bound, depth: int) -> Dictionary:
    """What an assignment makes of a dictionary, or adds to it."""
    if bound.key is not None:
        return {bound.key: bound}
    return _items_of(bound.node, bound.scope, depth + 1)


def _items_of_call(node: ast.Call, scope: Scope, depth: int) -> Dictionary:
    """`dict(units=[4, 8])`, `p.copy()`, or a function of the program that returns a dictionary."""
    items: Dictionary = {}
    name = last_name(node.func)
    if name in ("copy", "deepcopy") and isinstance(node.func, ast.Attribute) and not node.args:
        return _items_of(node.func.value, scope, depth + 1)
    if name in ("dict", "copy", "deepcopy"):
        for argument in node.args:
            items |= _items_of(argument, scope, depth + 1)
        for keyword in node.keywords:
            if keyword.arg is None:
                items |= _items_of(keyword.value, scope, depth + 1)
            else:
                items[keyword.arg] = Bound(keyword.value, scope)
        return items
    inner = scope.enter(node)
    if inner is not None:
        for bound in inner.returned():
            items |= _items_of(bound.node, inner, depth + 1)
    return items


def _key_of(node: ast.expr, scope: Scope) -> str:
    try:
        return str(evaluate(node, scope.constants))
    except CustomModelError as error:
        raise error.at_line(node.lineno) from None


def _collect_used_keys(tree: ast.Module) -> set[str]:
    """The keys that the program looks up anywhere: its function may pass its parameters on."""
    keys = set()
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(slice=ast.Constant(value=key), ctx=ast.Load()):
                keys.add(str(key))
            case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=key), *_]):
                keys.add(str(key))
    return keys


def _parse_parameter(key: str, bound: Bound) -> CustomParameter:
    if bound.is_doubtful:
        message = (
            f'Whether "{key}" has these values is known only when the program runs. '
            "Write the dictionary without the condition."
        )
        raise CustomModelError(message, bound.node.lineno)
    try:
        return _parse_values(key, bound)
    except CustomModelError as error:
        raise error.at_line(bound.node.lineno) from None


def _parse_values(key: str, bound: Bound) -> CustomParameter:
    """The parameter with the values that an expression lists; a plain value is the only one."""
    bound = bound.resolve()
    node = bound.node
    constants = bound.scope.constants
    if isinstance(node, ast.Tuple):
        steps = _parse_steps(node, constants)
        if steps is not None:
            return make_choice_of_values(key, steps)
    if isinstance(node, ast.Constant):
        return make_choice(key, [node], constants)
    options = list_options(node, constants)
    return make_choice(key, options, constants)


def _parse_steps(node: ast.Tuple, constants: Constants) -> list[float] | None:
    """The values of a tuple (start, stop, number of steps); None for a tuple of other values."""
    if len(node.elts) != 3:
        return None
    try:
        start, stop, count = (evaluate_number(item, constants) for item in node.elts)
    except CustomModelError:
        return None
    return expand_steps(start, stop, count)


def expand_steps(start: float, stop: float, count: float) -> list[float]:
    """The values that Talos makes of a tuple: `count` even steps from `start`, without `stop`.

    They are integers where both ends are. Raises CustomModelError for an empty range.
    """
    if count < 1 or count > MAX_TALOS_STEPS or start == stop:
        raise CustomModelError(
            f"({start:g}, {stop:g}, {count:g}) is not a range of start, stop and number of steps."
        )
    step = (stop - start) / count
    numbers = np.arange(start, stop, step, dtype=float)
    if isinstance(start, int) and isinstance(stop, int):
        integers = np.unique(numbers.astype(int))
        return [int(integer) for integer in integers]
    rounded_numbers = []
    for number in numbers:
        text = f"{number:.12g}"
        rounded_numbers.append(float(text))
    return rounded_numbers
