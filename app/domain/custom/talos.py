"""Talos: `model(x_train, y_train, x_val, y_val, params)` beside a dictionary of lists and (start, stop, steps)."""

import ast

import numpy as np

from app.domain.custom.literals import CustomModelError, Known, last_name, number_of
from app.domain.custom.parameters import CustomParameter, listed, valued

USUAL = ("p", "params", "parameters", "param_grid", "param_dict", "space")
ARGUMENTS = 5


def is_model(function: ast.FunctionDef) -> bool:
    """Whether a function takes the five arguments Talos hands over."""
    return len(function.args.args) == ARGUMENTS and not function.args.kwonlyargs


def parameters(tree: ast.Module, function: ast.FunctionDef, known: Known) -> list[CustomParameter]:
    """What the dictionary of values holds. Raises CustomModelError where there is none or it cannot be read."""
    dictionary = _dictionary(tree, _used(tree))
    if dictionary is None:
        why = f"{function.name} takes its parameters from a dictionary, and the file has none of lists: p = {{…}}."
        raise CustomModelError(function.lineno, why)
    return [_parameter(key, node, known) for key, node in dictionary.items()]


def _dictionary(tree: ast.Module, used: set[str]) -> dict[str, ast.expr] | None:
    """The dictionary that holds most of the keys the program looks up; of equals the one with a usual name."""
    found: dict[str, dict[str, ast.expr]] = {}
    for statement in tree.body:
        if not isinstance(statement, ast.Assign):
            continue
        target, value = statement.targets[0], statement.value
        if isinstance(target, ast.Name) and isinstance(value, ast.Dict):
            rows = zip(value.keys, value.values, strict=True)
            found[target.id] = {
                str(key.value): node for key, node in rows if isinstance(key, ast.Constant)
            }
        if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
            found.get(last_name(target.value), {})[str(target.slice.value)] = value
    best = max(
        found, key=lambda name: (len(found[name].keys() & used), name in USUAL), default=None
    )
    return found[best] if best and found[best].keys() & used else None


def _used(tree: ast.Module) -> set[str]:
    """Keys that the program looks up anywhere: the function may hand its parameters on."""
    used = set()
    for node in ast.walk(tree):
        is_read = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load)
        if is_read and isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            used.add(str(node.slice.value))
        is_get = (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "get"
        )
        if (
            is_get
            and isinstance(node, ast.Call)
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            used.add(str(node.args[0].value))
    return used


def _parameter(key: str, node: ast.expr, known: Known) -> CustomParameter:
    try:
        if isinstance(node, ast.Tuple) and len(node.elts) == 3:
            return valued(key, steps(*(number_of(item, known) for item in node.elts)))
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            return listed(key, node.elts, known)
        if isinstance(node, ast.Name) and isinstance(known.get(node.id), list | tuple):
            return valued(key, list(known[node.id]))  # type: ignore[call-overload]
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("list", "range")
        ):
            inner = node.args[0] if node.func.id == "list" and node.args else node
            if isinstance(inner, ast.Call):
                ends = [int(number_of(item, known)) for item in inner.args]
                return valued(key, list(range(*ends))[:1000])
    except CustomModelError as error:
        raise error if error.line else CustomModelError(node.lineno, str(error)) from None
    why = f'The values of "{key}" cannot be read: write a list, or a tuple (start, stop, steps).'
    raise CustomModelError(node.lineno, why)


def steps(start: float, stop: float, count: float) -> list[float]:
    """What Talos makes of a tuple: so many even steps from start on, stop left out; whole where both ends are."""
    if count < 1 or count > 1000 or start == stop:
        raise CustomModelError(
            0, f"({start:g}, {stop:g}, {count:g}) is no range: start, stop, number of steps."
        )
    numbers = np.arange(start, stop, (stop - start) / count, dtype=float)
    if isinstance(start, int) and isinstance(stop, int):
        return [int(number) for number in np.unique(numbers.astype(int))]
    return [float(f"{number:.12g}") for number in numbers]
