"""The functions and methods whose results can be read: Python's, math's and numpy's."""

import ast
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from typing import Any

import numpy as np

from app.domain.literals import grids
from app.domain.literals.arithmetic import calculate, check_number, check_text
from app.domain.literals.values import CannotCalculate, items_of, refuse_long_list

MAX_DIGITS = 30  # of a number that is written as a text
MAX_COMBINED_LISTS = 10

Function = Callable[..., Any]


def _list(values: object = ()) -> list[Any]:
    return items_of(values)


def _tuple(values: object = ()) -> tuple[Any, ...]:
    return tuple(items_of(values))


def _set(values: object = ()) -> list[Any]:
    """The values in the order in which they are written, each once."""
    return list(dict.fromkeys(items_of(values)))


def _dict(values: object = (), **named: object) -> dict[Any, Any]:
    if isinstance(values, dict):
        return {**values, **named}
    pairs = dict(items_of(values))
    return {**pairs, **named}


def _range(*ends: int) -> list[int]:
    if not all(isinstance(end, int) for end in ends):
        raise CannotCalculate("range takes whole numbers.")
    numbers = range(*ends)
    refuse_long_list(len(numbers))
    return list(numbers)


def _int(value: object = 0) -> int:
    if isinstance(value, str):
        return int(_short(value))
    return int(check_number(value))


def _float(value: object = 0) -> float:
    if isinstance(value, str):
        return float(_short(value))
    return float(check_number(value))


def _str(value: object = "") -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) or value is None:
        return str(value)
    raise TypeError("This is no plain value.")


def _pow(base: object, exponent: object) -> Any:
    return calculate(ast.Pow(), base, exponent)


def _short(text: str) -> str:
    if len(text) > MAX_DIGITS:
        raise CannotCalculate("the text is too long for a number.")
    return text


def _sum(values: object, start: float = 0) -> Any:
    total: Any = check_number(start)
    for value in items_of(values):
        total += check_number(value)
    return check_number(total)


def _sorted(values: object, reverse: bool = False) -> list[Any]:
    return sorted(items_of(values), reverse=reverse)


def _reversed(values: object) -> list[Any]:
    return items_of(values)[::-1]


def _enumerate(values: object, start: int = 0) -> list[tuple[int, Any]]:
    return list(enumerate(items_of(values), start))


def _zip(*lists: object) -> list[tuple[Any, ...]]:
    listed = [items_of(values) for values in lists]
    return list(zip(*listed, strict=False))


def _min(*values: object) -> Any:
    return min(_several(values))


def _max(*values: object) -> Any:
    return max(_several(values))


def _several(values: Sequence[object]) -> list[Any]:
    """The arguments, or the items of the only one."""
    if len(values) == 1:
        return items_of(values[0])
    return [check_number(value) for value in values]


def _len(values: object) -> int:
    return len(items_of(values))


def _product(*lists: object, repeat: int = 1) -> list[tuple[Any, ...]]:
    listed = [items_of(values) for values in lists] * _repeats(repeat)
    refuse_long_list(math.prod(len(items) for items in listed))
    return list(itertools.product(*listed))


def _repeats(repeat: int) -> int:
    if not 0 <= repeat <= MAX_COMBINED_LISTS:
        raise CannotCalculate("so many lists cannot be combined.")
    return repeat


def _chain(*lists: object) -> list[Any]:
    chained: list[Any] = []
    for values in lists:
        chained += items_of(values)
        refuse_long_list(len(chained))
    return chained


def _number_function(function: Callable[..., Any]) -> Function:
    """A function of numbers, none of them large, and neither its result."""

    def call(*numbers: object) -> Any:
        checked = [check_number(number) for number in numbers]
        return check_number(function(*checked))

    return call


BUILTINS: Mapping[str, Function] = {
    "list": _list,
    "tuple": _tuple,
    "set": _set,
    "frozenset": _set,
    "dict": _dict,
    "range": _range,
    "int": _int,
    "float": _float,
    "str": _str,
    "bool": lambda value=False: bool(check_number(value)),
    "abs": _number_function(abs),
    "round": _number_function(round),
    "pow": _pow,
    "sum": _sum,
    "len": _len,
    "min": _min,
    "max": _max,
    "sorted": _sorted,
    "reversed": _reversed,
    "enumerate": _enumerate,
    "zip": _zip,
}
MATH: Mapping[str, Function] = {
    name: _number_function(getattr(math, name))
    for name in ("log", "log2", "log10", "log1p", "exp", "sqrt", "floor", "ceil", "pow", "fabs")
}
ITERTOOLS: Mapping[str, Function] = {"product": _product, "chain": _chain}
NUMPY: Mapping[str, Function] = {
    "arange": grids.arange,
    "linspace": grids.linspace,
    "logspace": grids.logspace,
    "geomspace": grids.geomspace,
    "array": grids.array,
    "asarray": grids.array,
    "round": grids.round_numbers,
    "round_": grids.round_numbers,
    "around": grids.round_numbers,
    "power": grids.power,
    "concatenate": grids.concatenate,
    "hstack": grids.concatenate,
    "append": grids.append,
    "unique": grids.unique,
    "sort": grids.sort,
    "flip": grids.flip,
    **{name: grids.elementwise(name) for name in grids.ELEMENTWISE},
    **{f"{name}_": grids.cast(name) for name in ("int", "float", "bool")},
    **{name: grids.cast(name) for name in grids.DTYPES if name[-1].isdigit()},
}
MODULES: Mapping[str, Mapping[str, Function]] = {
    "builtins": BUILTINS,
    "math": MATH,
    "itertools": ITERTOOLS,
    "numpy": NUMPY,
}
CONSTANTS_OF_MODULES = {
    "math.pi": math.pi,
    "math.e": math.e,
    "numpy.pi": math.pi,
    "numpy.e": math.e,
}
USUAL_NAMES = {"np": "numpy", "numpy": "numpy", "math": "math", "itertools": "itertools"}


def _items(dictionary: dict[Any, Any]) -> list[tuple[Any, Any]]:
    return list(dictionary.items())


def _keys(dictionary: dict[Any, Any]) -> list[Any]:
    return list(dictionary)


def _values(dictionary: dict[Any, Any]) -> list[Any]:
    return list(dictionary.values())


def _get(dictionary: dict[Any, Any], key: Any, default: object = None) -> Any:
    return dictionary.get(key, default)


def _format(template: str, *values: object) -> str:
    """`template.format(…)` with nothing in its braces."""
    parts = check_text(template).split("{}")
    if len(parts) > len(values) + 1 or any("{" in part or "}" in part for part in parts):
        raise CannotCalculate("only {} can be filled in.")
    text = parts[0]
    for value, part in zip(values, parts[1:], strict=False):
        text += _str(value) + part
    return check_text(text)


METHODS: Mapping[type, Mapping[str, Function]] = {
    dict: {"keys": _keys, "values": _values, "items": _items, "get": _get, "copy": copy},
    list: {"copy": copy},
    str: {
        "format": _format,
        "lower": str.lower,
        "upper": str.upper,
        "strip": str.strip,
        "split": lambda text: text.split(),
    },
    np.ndarray: {
        "tolist": items_of,
        "astype": grids.astype,
        "round": grids.round_numbers,
        "copy": copy,
    },
}
