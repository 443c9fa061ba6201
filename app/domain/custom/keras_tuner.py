"""Keras Tuner: `build(hp)` with hp.Int, hp.Float, hp.Choice and hp.Boolean, also in loops.

A loop may run over a number that hp chooses, usually one of layers.
"""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from app.domain.custom.hp_methods import HP_METHODS, HpCall
from app.domain.custom.literals import (
    Constants,
    CustomModelError,
    evaluate,
    evaluate_number,
    find_functions,
    last_name,
    start_of,
)
from app.domain.custom.parameters import CustomParameter, refuse_many_parameters

MAX_STEPS = 20_000  # statements and calls that are read, loops unrolled
MAX_ITERATIONS = 100  # of a loop over a number that hp chooses
MAX_CALL_DEPTH = 3  # of functions that pass hp on

Requirement = tuple[str, int] | None  # another parameter, and the least that it must be


def is_build(function: ast.FunctionDef) -> bool:
    """Whether a function asks its only argument for hyperparameters."""
    arguments = function.args.args
    if len(arguments) != 1:
        return False
    name = arguments[0].arg
    if name == "hp":
        return True
    nodes = ast.walk(function)
    return any(_is_hp_call(node, name) for node in nodes)


def read_parameters(
    tree: ast.Module, function: ast.FunctionDef, constants: Constants
) -> list[CustomParameter]:
    """All that a build function may ask hp for.

    Raises CustomModelError with the line of what cannot be read.
    """
    helpers = {}
    for helper in find_functions(tree):
        if helper is not function:
            helpers[helper.name] = helper
    reader = _BuildReader(helpers)
    hp_argument = function.args.args[0]
    scope = _Scope(hp_argument.arg, constants)
    reader.read(function.body, scope)
    return list(reader.parameters.values())


@dataclass(frozen=True)
class _Scope:
    """What holds for some statements of the program.

    `hp`: the name of the HyperParameters; `constants`: what other names stand for;
    `requires`: when the statements are reached; `depth`: of the calls that lead to them.
    """

    hp: str
    constants: Constants
    requires: Requirement = None
    depth: int = 0


@dataclass(frozen=True)
class _Iteration:
    """One iteration of a loop."""

    value: object
    requires: Requirement


@dataclass(frozen=True)
class _ChosenRange:
    """`range(start, number + offset)`, where hp chooses the number."""

    start: int
    number: CustomParameter
    offset: int

    def iterations(self, scope: _Scope) -> list[_Iteration]:
        """The iterations for the largest number; some require more than the least number."""
        low, high = self.number.integer_bounds()
        iterations = []
        for value in self.values(high):
            required_number = value + 1 - self.offset
            requires = scope.requires
            if required_number > low:
                requires = (self.number.name, required_number)
            iterations.append(_Iteration(value, requires))
        return iterations

    def values(self, number: int) -> range:
        """The values that the loop's variable takes for a number."""
        stop = number + self.offset
        return range(self.start, stop)


@dataclass
class _BuildReader:
    """Collects what a build function asks hp for.

    `parameters`: by the program's names; `chosen_numbers`: by the names of the program's variables;
    `calls`: those in each expression, which loops read many times.
    """

    helpers: Mapping[str, ast.FunctionDef]
    parameters: dict[str, CustomParameter] = field(default_factory=dict)
    chosen_numbers: dict[str, CustomParameter] = field(default_factory=dict)
    calls: dict[ast.AST, list[ast.Call]] = field(default_factory=dict)
    n_steps: int = 0

    def read(self, statements: Iterable[ast.stmt], scope: _Scope) -> None:
        """Add every call of hp in these statements, loops unrolled."""
        for statement in statements:
            self._count(statement)
            if isinstance(statement, ast.For) and isinstance(statement.target, ast.Name):
                self._read_loop(statement, statement.target.id, scope)
            else:
                self._read_statement(statement, scope)

    def _count(self, node: ast.stmt | ast.expr) -> None:
        self.n_steps += 1
        if self.n_steps > MAX_STEPS:
            message = "These loops ask for more hyperparameters than can be searched."
            raise CustomModelError(message, node.lineno)

    def _read_loop(self, loop: ast.For, variable: str, scope: _Scope) -> None:
        self._read_expression(loop.iter, scope)
        for iteration in self._unroll(loop.iter, scope):
            inner_scope = replace(
                scope,
                constants={**scope.constants, variable: iteration.value},
                requires=iteration.requires,
            )
            self.read(loop.body, inner_scope)

    def _read_statement(self, statement: ast.stmt, scope: _Scope) -> None:
        for child in ast.iter_child_nodes(statement):
            if isinstance(child, ast.expr | ast.keyword | ast.withitem):
                self._read_expression(child, scope)
        self._remember_number(statement, scope)
        for block_name in ("body", "orelse", "finalbody"):
            block = getattr(statement, block_name, None)
            if isinstance(block, list):
                self.read(block, scope)

    def _read_expression(self, node: ast.AST, scope: _Scope) -> None:
        if node not in self.calls:
            self.calls[node] = _calls_in(node)
        for call in self.calls[node]:
            self._count(call)
            if _is_hp_call(call, scope.hp):
                self._read_hp_call(call, scope)
            self._follow(call, scope)

    def _read_hp_call(self, node: ast.Call, scope: _Scope) -> None:
        call = HpCall.parse(node, scope.constants)
        key = call.key()
        if key not in self.parameters:
            parameter = call.to_parameter()
            self.parameters[key] = parameter.with_requirement(scope.requires)
            refuse_many_parameters(len(self.parameters), node.lineno)

    def _follow(self, call: ast.Call, scope: _Scope) -> None:
        """Read a function of the program that is given hp."""
        name = last_name(call.func)
        function = self.helpers.get(name)
        if function is None or scope.depth > MAX_CALL_DEPTH:
            return
        parameters = function.args.args
        for argument, parameter in zip(call.args, parameters, strict=False):
            if isinstance(argument, ast.Name) and argument.id == scope.hp:
                inner_scope = replace(
                    scope,
                    hp=parameter.arg,
                    depth=scope.depth + 1,
                )
                self.read(function.body, inner_scope)

    def _remember_number(self, statement: ast.stmt, scope: _Scope) -> None:
        """Note a variable that is assigned an integer of hp."""
        match statement:
            case ast.Assign(targets=[ast.Name(id=variable), *_]):
                number = self._chosen_number(statement.value, scope)
                if number is not None:
                    self.chosen_numbers[variable] = number

    def _chosen_number(self, node: ast.expr, scope: _Scope) -> CustomParameter | None:
        """The integer of hp that an expression stands for."""
        if isinstance(node, ast.Name):
            return self.chosen_numbers.get(node.id)
        if not _is_hp_call(node, scope.hp):
            return None
        call = HpCall.parse(node, scope.constants)
        if call.method != "Int":
            return None
        key = call.key()
        return self.parameters.get(key)

    def _unroll(self, iterable: ast.expr, scope: _Scope) -> Sequence[_Iteration]:
        chosen_range = self._parse_chosen_range(iterable, scope)
        if chosen_range is None:
            values = evaluate(iterable, scope.constants)
            if not isinstance(values, list | tuple):
                raise CustomModelError("This loop does not run over a list.", iterable.lineno)
            return [_Iteration(value, scope.requires) for value in values]
        _, high = chosen_range.number.integer_bounds()
        n_iterations = len(chosen_range.values(high))
        if n_iterations > MAX_ITERATIONS:
            message = f"A loop of {n_iterations:,} iterations is too long: over {MAX_ITERATIONS}."
            raise CustomModelError(message, iterable.lineno)
        return chosen_range.iterations(scope)

    def _parse_chosen_range(self, node: ast.expr, scope: _Scope) -> _ChosenRange | None:
        """A range that ends at a number of hp, perhaps with a constant added to it."""
        if not isinstance(node, ast.Call) or last_name(node.func) != "range" or not node.args:
            return None
        arguments = node.args
        has_start = len(arguments) > 1
        end = arguments[0]
        if has_start:
            end = arguments[1]
        offset = 0
        match end:
            case ast.BinOp(left=left, op=ast.Add(), right=ast.Constant() as right):
                end = left
                offset = int(evaluate_number(right, scope.constants))
        number = self._chosen_number(end, scope)
        if number is None:
            return None
        start = 0
        if has_start:
            start = int(evaluate_number(arguments[0], scope.constants))
        return _ChosenRange(start, number, offset)


def _calls_in(node: ast.AST) -> list[ast.Call]:
    """The calls in an expression, in the order of the text."""
    calls = []
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            calls.append(part)
    calls.sort(key=start_of)
    return calls


def _is_hp_call(node: ast.AST, hp: str) -> TypeGuard[ast.Call]:
    """Whether a node is hp.Int(…) or another method of the HyperParameters of this name."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)):
            return name == hp and method in HP_METHODS
    return False
