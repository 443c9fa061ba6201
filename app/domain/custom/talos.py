"""Talos: `model(x_train, y_train, x_val, y_val, params)` beside a dictionary of the parameters.

A value is a list of options or a tuple (start, stop, number of steps).
"""

import ast

import numpy as np

from app.domain.custom.literals import (
    Constants,
    CustomModelError,
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

USUAL_DICTIONARY_NAMES = ("p", "params", "parameters", "param_grid", "param_dict", "space")
MODEL_ARGUMENTS = 5  # x_train, y_train, x_val, y_val, params
MAX_TALOS_STEPS = 1000

Dictionary = dict[str, ast.expr]


def is_model(function: ast.FunctionDef) -> bool:
    """Whether a function takes the five arguments that Talos passes."""
    arguments = function.args
    if arguments.kwonlyargs:
        return False
    return len(arguments.args) == MODEL_ARGUMENTS


def read_parameters(
    tree: ast.Module, function: ast.FunctionDef, constants: Constants
) -> list[CustomParameter]:
    """The entries of the parameter dictionary.

    Raises CustomModelError where there is no such dictionary or it cannot be read.
    """
    dictionary = _find_parameter_dictionary(tree)
    if dictionary is None:
        message = (
            f"{function.name} takes its parameters from a dictionary of lists, and the file has "
            "none: p = {…}."
        )
        raise CustomModelError(message, function.lineno)
    refuse_many_parameters(len(dictionary), function.lineno)
    return [_parse_parameter(key, node, constants) for key, node in dictionary.items()]


def _find_parameter_dictionary(tree: ast.Module) -> Dictionary | None:
    """The dictionary with most of the keys that the program looks up; first those usually named."""
    dictionaries = _collect_dictionaries(tree)
    used_keys = _collect_used_keys(tree)
    n_used_keys = {}
    for name, dictionary in dictionaries.items():
        keys = dictionary.keys() & used_keys
        n_used_keys[name] = len(keys)

    def rank(name: str) -> tuple[int, bool]:
        has_usual_name = name in USUAL_DICTIONARY_NAMES
        return n_used_keys[name], has_usual_name

    best_name = max(dictionaries, key=rank, default=None)
    if best_name is None:
        return None
    if not n_used_keys[best_name]:
        return None
    return dictionaries[best_name]


def _collect_dictionaries(tree: ast.Module) -> dict[str, Dictionary]:
    """Each dictionary at the top of the program by its name, with the items assigned later."""
    dictionaries: dict[str, Dictionary] = {}
    for statement in tree.body:
        if not isinstance(statement, ast.Assign):
            continue
        target = statement.targets[0]
        value = statement.value
        if isinstance(target, ast.Name) and isinstance(value, ast.Dict):
            dictionaries[target.id] = _items_of(value)
        if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
            name = last_name(target.value)
            key = str(target.slice.value)
            dictionary = dictionaries.get(name, {})
            dictionary[key] = value
    return dictionaries


def _items_of(node: ast.Dict) -> Dictionary:
    items = {}
    pairs = zip(node.keys, node.values, strict=True)
    for key, value in pairs:
        if isinstance(key, ast.Constant):
            name = str(key.value)
            items[name] = value
    return items


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


def _parse_parameter(key: str, node: ast.expr, constants: Constants) -> CustomParameter:
    try:
        return _parse_values(key, node, constants)
    except CustomModelError as error:
        raise error.at_line(node.lineno) from None


def _parse_values(key: str, node: ast.expr, constants: Constants) -> CustomParameter:
    """The parameter with the values that an expression lists."""
    if isinstance(node, ast.Tuple) and len(node.elts) == 3:
        start, stop, count = (evaluate_number(item, constants) for item in node.elts)
        steps = expand_steps(start, stop, count)
        return make_choice_of_values(key, steps)
    options = list_options(node, constants)
    return make_choice(key, options, constants)


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
