"""Replaces what functions of a program read and cut themselves with the windows of the dataset."""

import ast
from collections.abc import Iterable, Mapping, Sequence

from app.domain.custom.literals import last_name, names_in
from worker.custom.data_names import DataRole

ARRAYS_NAME = "__arrays__"  # the global that replaced values are looked up in
SCALER = "scaler"
SPLITTING_FUNCTION = "train_test_split"  # its arguments may be called like its results
MIN_ARRAYS = 2  # that an assignment binds at once


class DataReplacer(ast.NodeTransformer):
    """`x_train, y_train, x_val, y_val = load_data()` becomes the lookup of each.

    What a function did only to get there, such as reading a file, is left out.
    """

    def __init__(self, roles: Mapping[str, DataRole]) -> None:
        self._roles = roles
        self._replaced_values: list[ast.expr] = []

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Replace the arrays of one function."""
        outer_values = self._replaced_values
        self._replaced_values = []
        self.generic_visit(node)
        if self._replaced_values:
            names: set[str] = set()
            for value in self._replaced_values:
                names |= names_in(value)
            node.body = remove_preparation(node.body, names)
        self._replaced_values = outer_values
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        """Replace the value of an assignment to several of the arrays."""
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Call() as call):
                lookups = self._lookups(targets, call)
                if lookups is not None:
                    self._replaced_values.append(call)
                    node.value = ast.copy_location(ast.Tuple(lookups, ast.Load()), call)
                    ast.fix_missing_locations(node)
        return node

    def _lookups(self, targets: Sequence[ast.expr], call: ast.Call) -> list[ast.expr] | None:
        """What takes the place of a call; None where it makes something else, too."""
        if not self._makes_arrays(targets, call):
            return None
        lookups: list[ast.expr] = []
        for target in targets:
            key = _key_of(target, self._roles)
            if key is None:
                return None
            arrays = ast.Name(ARRAYS_NAME, ast.Load())
            lookups.append(ast.Subscript(arrays, ast.Constant(key), ast.Load()))
        return lookups

    def _makes_arrays(self, targets: Sequence[ast.expr], call: ast.Call) -> bool:
        """Whether a call returns arrays, and not the arrays in another shape."""
        names = {last_name(target) for target in targets}
        n_arrays = sum(1 for name in names if name in self._roles)
        if n_arrays < MIN_ARRAYS:
            return False
        if last_name(call.func) == SPLITTING_FUNCTION:
            return True
        return not names <= names_in(call)


def _key_of(target: ast.expr, roles: Mapping[str, DataRole]) -> str | None:
    if not isinstance(target, ast.Name):
        return None
    role = roles.get(target.id)
    if role is not None:
        return str(role)
    if SCALER in target.id.lower():
        return SCALER
    return None


def remove_preparation(body: Sequence[ast.stmt], names: Iterable[str]) -> list[ast.stmt]:
    """The statements of a function without those that only make values of these names."""
    removable_names = _names_leading_to(body, set(names))
    while True:
        removed = [statement for statement in body if _only_makes(statement, removable_names)]
        kept = [statement for statement in body if statement not in removed]
        needed_names: set[str] = set()
        for statement in kept:
            needed_names |= names_in(statement)
        if not removable_names & needed_names:
            return kept
        removable_names -= needed_names


def _names_leading_to(body: Sequence[ast.stmt], names: set[str]) -> set[str]:
    """The names that a function binds on the way to these, themselves included."""
    leading_names: set[str] = set()
    queue = list(names)
    while queue:
        name = queue.pop()
        for statement in body:
            if isinstance(statement, ast.Assign) and name in _target_names(statement):
                if name not in leading_names:
                    queue += names_in(statement.value)
                leading_names.add(name)
    return leading_names


def _only_makes(statement: ast.stmt, names: set[str]) -> bool:
    match statement:
        case ast.Assign():
            target_names = _target_names(statement)
            return bool(target_names) and target_names <= names
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner))):
            return bool(names_in(owner)) and names_in(owner) <= names
    return False


def _target_names(statement: ast.Assign) -> set[str]:
    """The names that an assignment binds, or whose items it sets."""
    names: set[str] = set()
    for target in statement.targets:
        names |= names_in(target)
    return names
