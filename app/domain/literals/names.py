"""What names of functions and modules in a program stand for: `np.arange` is numpy.arange."""

import ast
from collections.abc import Mapping

from app.domain.literals.functions import (
    BUILTINS,
    CONSTANTS_OF_MODULES,
    MODULES,
    USUAL_NAMES,
    Function,
)
from app.domain.literals.grids import DTYPES, NumberTypeName
from app.domain.literals.values import Imported

MODULES_WITHOUT_IMPORT = ("math", "numpy")  # a pasted part of a program may lack its imports
RANDOM_MODULES = ("numpy.random", "random")
MAX_ATTRIBUTES = 3  # in the name of something, as in self.config.space

Constants = Mapping[str, object]  # what names are bound to: plain values, Unread and Imported


def dotted_name(node: ast.expr) -> str:
    """`self.space` as a name; empty for anything but a few names with points between them."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and len(parts) < MAX_ATTRIBUTES:
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    parts.append(node.id)
    return ".".join(reversed(parts))


def full_name(node: ast.expr, constants: Constants) -> str:
    """`numpy.arange` for np.arange; empty where it is the name of anything else."""
    match node:
        case ast.Name():
            return _full_name_of(node.id, constants)
        case ast.Attribute():
            module = full_name(node.value, constants)
            if module:
                return f"{module}.{node.attr}"
    return ""


def _full_name_of(name: str, constants: Constants) -> str:
    if name in constants:
        value = constants[name]
        if isinstance(value, Imported):
            return value.path
        return ""
    if name in BUILTINS:
        return f"builtins.{name}"
    if name in USUAL_NAMES:
        return USUAL_NAMES[name]
    for module in MODULES_WITHOUT_IMPORT:
        if name in MODULES[module]:
            return f"{module}.{name}"
    return name


def find_function(name: str) -> Function | None:
    """The function of a full name, where its results can be read."""
    module, _, function_name = name.rpartition(".")
    return MODULES.get(module, {}).get(function_name)


def find_number(name: str) -> float | None:
    """The number of a full name: `math.pi`."""
    return CONSTANTS_OF_MODULES.get(name)


def find_number_type(name: str) -> NumberTypeName | None:
    """The type of a full name: `int` or `numpy.int32`."""
    module, _, type_name = name.rpartition(".")
    type_name = type_name.rstrip("_")
    if module in ("builtins", "numpy") and type_name in DTYPES:
        return NumberTypeName(type_name)
    return None


def is_random(name: str) -> bool:
    """Whether a function's results differ at each run."""
    module, _, _ = name.rpartition(".")
    return module in RANDOM_MODULES
