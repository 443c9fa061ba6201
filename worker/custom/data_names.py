"""What a program calls the windows of the dataset, and what it would make them of itself."""

import ast
import re
from collections.abc import Mapping
from enum import StrEnum

from app.domain.custom.literals import keyword_arguments, last_name
from app.domain.custom.names import argument_names
from app.domain.custom.searches import all_functions

WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
INPUT_WORDS = {"x", "xs", "features", "feature", "inputs", "input"}
TARGET_WORDS = {"y", "ys", "labels", "label", "targets", "target", "outputs", "output"}
TRAIN_WORDS = {"train", "training", "tr", "trn"}
# The real test part is never handed over.
VALIDATION_WORDS = {
    "val", "valid", "validation", "vali", "test", "testing", "te", "tst", "dev", "eval",
}  # fmt: skip
IGNORED_WORDS = {
    "scaled", "norm", "normalized", "reshaped", "seq", "sequence", "sequences", "lstm", "gru",
    "rnn", "arr", "array", "np", "data", "set", "final", "new", "windows", "3", "d", "1", "2",
}  # fmt: skip
JOINED = re.compile(r"(x|y)(train|tr|valid|val|test|te)|(train|tr|valid|val|test|te)(x|y)")
PREPARING_METHODS = ("reshape", "astype", "to_numpy", "copy", "squeeze")
FIT_POSITIONS = ("x", "y")
MAX_ROUNDS = 5  # of following names through calls


class DataRole(StrEnum):
    """One of the arrays that a program trains on."""

    X_TRAIN = "x_train"
    Y_TRAIN = "y_train"
    X_VALIDATION = "x_val"
    Y_VALIDATION = "y_val"


def role_of_name(name: str) -> DataRole | None:
    """What a name such as `X_train`, `testY` or `val_labels` stands for; None for any other."""
    words = []
    for word in WORDS.findall(name):
        joined = JOINED.fullmatch(word.lower())
        if joined is None:
            words.append(word.lower())
        else:
            words += [part for part in joined.groups() if part]
    parts = set(words) - IGNORED_WORDS
    if len(parts) != 2:
        return None
    is_train = bool(parts & TRAIN_WORDS)
    if not is_train and not parts & VALIDATION_WORDS:
        return None
    return _role(parts, is_train=is_train)


def _role(parts: set[str], *, is_train: bool) -> DataRole | None:
    if parts & INPUT_WORDS:
        return DataRole.X_TRAIN if is_train else DataRole.X_VALIDATION
    if parts & TARGET_WORDS:
        return DataRole.Y_TRAIN if is_train else DataRole.Y_VALIDATION
    return None


def find_data_names(tree: ast.Module) -> dict[str, DataRole]:
    """All names of a program that stand for the arrays.

    Names that say so, those that model.fit is given, and those handed over as either.
    """
    roles: dict[str, DataRole] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            _add(roles, node.id, role_of_name(node.id))
        elif isinstance(node, ast.arg):
            _add(roles, node.arg, role_of_name(node.arg))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and last_name(node.func) in ("fit", "evaluate"):
            _add_fit(roles, node)
    functions = all_functions(tree)
    for _ in range(MAX_ROUNDS):
        n_roles = len(roles)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                _add_handed_over(roles, node, functions)
        if len(roles) == n_roles:
            break
    return roles


def _add(roles: dict[str, DataRole], name: str, role: DataRole | None) -> None:
    if name and role is not None:
        roles.setdefault(name, role)


def _add_fit(roles: dict[str, DataRole], call: ast.Call) -> None:
    arguments = dict(zip(FIT_POSITIONS, call.args, strict=False))
    arguments |= keyword_arguments(call)
    x = arguments.get("x")
    y = arguments.get("y")
    if x is None or y is None:
        return
    if last_name(call.func) == "evaluate":
        _add(roles, _array_name(x), DataRole.X_VALIDATION)
        _add(roles, _array_name(y), DataRole.Y_VALIDATION)
        return
    if not arguments.keys() & {"epochs", "batch_size", "validation_data", "validation_split"}:
        return
    _add(roles, _array_name(x), DataRole.X_TRAIN)
    _add(roles, _array_name(y), DataRole.Y_TRAIN)
    match arguments.get("validation_data"):
        case ast.Tuple(elts=[x, y]) | ast.List(elts=[x, y]):
            _add(roles, _array_name(x), DataRole.X_VALIDATION)
            _add(roles, _array_name(y), DataRole.Y_VALIDATION)


def _array_name(node: ast.expr) -> str:
    """The name of an array that is handed over, perhaps in another shape."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=inner, attr="values"):
            return _array_name(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr=method)):
            if method in PREPARING_METHODS:
                return _array_name(inner)
    return ""


def _add_handed_over(
    roles: dict[str, DataRole], call: ast.Call, functions: Mapping[str, ast.FunctionDef]
) -> None:
    """Give an argument the role of the parameter that takes it, and the other way round."""
    arguments = list(call.args)
    name = last_name(call.func)
    if name == "partial" and arguments:
        name = last_name(arguments.pop(0))
    function = functions.get(name)
    if function is None:
        return
    parameters = argument_names(function.args)
    if parameters and parameters[0] == "self":
        parameters = parameters[1:]
    pairs = list(zip(parameters, arguments, strict=False))
    for keyword in call.keywords:
        if keyword.arg is not None:
            pairs.append((keyword.arg, keyword.value))
    for parameter, argument in pairs:
        argument_name = _array_name(argument)
        if argument_name:
            _add(roles, argument_name, roles.get(parameter))
            _add(roles, parameter, roles.get(argument_name))


class NoScaler:
    """Stands in for a scaler: the arrays that a program gets are scaled, and stay so."""

    def transform(self, values: object) -> object:
        """The values themselves."""
        return values

    fit_transform = transform
    inverse_transform = transform
