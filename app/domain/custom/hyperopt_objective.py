"""hyperopt: an objective that returns {"loss", "status", "model"}, beside a space of hp calls."""

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from app.domain.custom.distributions import parse_distribution
from app.domain.custom.literals import (
    Constants,
    CustomModelError,
    evaluate,
    find_calls,
    keyword_arguments,
    last_name,
)
from app.domain.custom.parameters import CustomParameter, refuse_many_parameters
from app.domain.search_space.catalogue import Value

MAX_NESTED_CHOICES = 20


@dataclass(frozen=True)
class FminCall:
    """The names of the objective and the space that a call of fmin is given; empty for others."""

    objective: str
    space: str


def find_fmin_calls(tree: ast.Module) -> list[FminCall]:
    """Every call of fmin in a program."""
    calls = []
    for node in find_calls(tree, "fmin"):
        positional_arguments = zip(("fn", "space"), node.args, strict=False)
        arguments = dict(positional_arguments)
        arguments |= keyword_arguments(node)
        objective = last_name(arguments.get("fn"))
        space = last_name(arguments.get("space"))
        calls.append(FminCall(objective, space))
    return calls


def is_objective(function: ast.FunctionDef, fmin_objectives: Collection[str]) -> bool:
    """Whether a function takes one argument, and fmin is given it or it returns a loss."""
    arguments = function.args.args
    if len(arguments) != 1:
        return False
    if function.name in fmin_objectives:
        return True
    nodes = ast.walk(function)
    return any(_returns_loss(node) for node in nodes)


def _returns_loss(node: ast.AST) -> bool:
    """Whether a node is `return {"loss": …}`."""
    if not isinstance(node, ast.Return):
        return False
    if not isinstance(node.value, ast.Dict):
        return False
    keys = []
    for key in node.value.keys:
        if isinstance(key, ast.Constant):
            keys.append(key.value)
    return "loss" in keys


def find_space_name(tree: ast.Module, function: ast.FunctionDef) -> str | None:
    """The name of the objective's space: what fmin is given, else `space`, else the only one."""
    names = _names_of_spaces(tree)
    unique_names = set(names)
    for call in find_fmin_calls(tree):
        if call.objective == function.name and call.space in unique_names:
            return call.space
    if "space" in names:
        return "space"
    if len(names) == 1:
        return names[0]
    return None


def _names_of_spaces(tree: ast.Module) -> list[str]:
    """Names at the top of the program that are bound to an expression with hp in it."""
    names = []
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and _has_hp_call(statement.value):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    names.append(target.id)
    return names


def read_parameters(
    tree: ast.Module, function: ast.FunctionDef, constants: Constants
) -> list[CustomParameter]:
    """One parameter for each label of the space.

    Raises CustomModelError where there is no space or it cannot be read.
    """
    name = find_space_name(tree, function)
    if name is None:
        message = "No space was found beside the objective: space = {… hp.choice(…) …}."
        raise CustomModelError(message, function.lineno)
    space = _assignments_of(tree, name)
    rounded_calls = _find_rounded_calls(space)
    reader = _SpaceReader(constants, rounded_calls)
    reader.read(space, {})
    return list(reader.parameters.values())


def _assignments_of(tree: ast.Module, name: str) -> ast.Tuple:
    """Everything that is assigned to a name or to an item of it, as one expression."""
    values = []
    for statement in tree.body:
        if not isinstance(statement, ast.Assign):
            continue
        target_names = map(_target_name, statement.targets)
        if name in target_names:
            values.append(statement.value)
    return ast.Tuple(values)


def _target_name(target: ast.expr) -> str:
    """The name that `name = value` binds or `name[...] = value` changes."""
    if isinstance(target, ast.Subscript):
        return last_name(target.value)
    return last_name(target)


def _find_rounded_calls(space: ast.expr) -> set[int]:
    """The ids of the calls inside `scope.int(…)`."""
    rounded = set()
    for call in find_calls(space, "int"):
        if call.args:
            rounded.add(id(call.args[0]))
    return rounded


@dataclass
class _SpaceReader:
    """Collects the parameters of a space by their labels.

    `depth`: how many calls of hp are around the present one.
    """

    constants: Constants
    rounded_calls: set[int]
    parameters: dict[str, CustomParameter] = field(default_factory=dict)
    depth: int = 0

    def read(self, node: ast.AST, condition: Mapping[str, Value]) -> None:
        """Add each hp call; one inside an option of a choice is active only with that option."""
        if _is_hp_call(node):
            if self.depth > MAX_NESTED_CHOICES:
                raise CustomModelError("This space is nested too deeply.", node.lineno)
            parameter = self._read_call(node, condition)
            self.depth += 1
            self._read_options(node, parameter, condition)
            self.depth -= 1
            return
        for child in ast.iter_child_nodes(node):
            self.read(child, condition)

    def _read_call(self, call: ast.Call, condition: Mapping[str, Value]) -> CustomParameter:
        label = None
        if call.args:
            label = evaluate(call.args[0], self.constants)
        if not isinstance(label, str):
            message = f"hp.{last_name(call.func)} needs a label in quotes."
            raise CustomModelError(message, call.lineno)
        parameter = parse_distribution(
            label,
            call,
            call.args[1:],
            self.constants,
            is_integer=id(call) in self.rounded_calls,
        )
        entry = _add_condition(parameter.entry, condition)
        self.parameters.setdefault(label, replace(parameter, entry=entry))
        refuse_many_parameters(len(self.parameters), call.lineno)
        return parameter

    def _read_options(
        self, call: ast.Call, parameter: CustomParameter, condition: Mapping[str, Value]
    ) -> None:
        if len(call.args) < 2:
            return
        options = call.args[1]
        values: list[Value] = []
        if isinstance(parameter.entry, Mapping):
            values = parameter.entry.get("choice", [])
        if isinstance(options, ast.List | ast.Tuple) and len(options.elts) == len(values):
            for option, value in zip(options.elts, values, strict=True):
                option_condition = {parameter.name: value}
                self.read(option, option_condition)
        else:
            self.read(options, condition)


def _add_condition(entry: object, condition: Mapping[str, Value]) -> object:
    """An entry of a search space that holds only under a condition."""
    if not condition:
        return entry
    if not isinstance(entry, Mapping):
        entry = {"fixed": entry}
    return {**entry, "when": dict(condition)}


def _has_hp_call(node: ast.AST) -> bool:
    parts = ast.walk(node)
    return any(_is_hp_call(part) for part in parts)


def _is_hp_call(node: ast.AST) -> TypeGuard[ast.Call]:
    """Whether a node is hp.choice(…) or another call of hp."""
    if not isinstance(node, ast.Call):
        return False
    if not isinstance(node.func, ast.Attribute):
        return False
    return last_name(node.func.value) == "hp"
