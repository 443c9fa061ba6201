"""What a Keras Tuner program asks hp for, each with the condition under which it does."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from app.domain.custom.hp_methods import HP_METHODS, HpCall, value_in_program, values_of
from app.domain.custom.hp_scope import Chosen, Condition, Names, Scope, join_conditions
from app.domain.custom.hp_values import SIMPLE, Values
from app.domain.custom.literals import CustomModelError
from app.domain.custom.parameters import CustomParameter, refuse_many_parameters

MAX_STEPS = 20_000  # statements and calls that are read, loops unrolled


@dataclass(frozen=True)
class Request:
    """What a program asks hp for, and when; `line`: of the first call.

    `overrides`: the tuner is given it, and it counts whatever else the program asks for.
    """

    parameter: CustomParameter
    condition: Condition
    line: int
    overrides: bool = False


@dataclass
class RequestCollector:
    """Collects calls of hp. `requests`: by the program's names."""

    requests: dict[str, Request] = field(default_factory=dict)
    values: Values = field(default_factory=Values)
    n_steps: int = 0

    def count(self, node: ast.stmt | ast.expr) -> None:
        """Raise CustomModelError where too much has been read."""
        self.n_steps += 1
        if self.n_steps > MAX_STEPS:
            message = "These loops ask for more hyperparameters than can be searched."
            raise CustomModelError(message, node.lineno)

    def is_hp_call(self, node: ast.Call, names: Names) -> bool:
        """Whether a call is hp.Int(…) or another method that asks for a hyperparameter."""
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in HP_METHODS:
            return False
        return self.values.is_hp(node.func.value, names)

    def collect(self, node: ast.Call, scope: Scope) -> None:
        """Note what a call asks for, and that it stands for that from here on."""
        for inner in self._scopes_of_name(node, scope):
            evaluate = partial(self.values.find_plain, names=inner.names)
            call = HpCall.parse(node, evaluate, self.values.prefix)
            key = call.key()
            parent = call.parent()
            reached: Scope | None = inner
            if parent is not None:
                reached = self.restrict_to_parent(inner, *parent, node)
            if reached is not None:
                self._add_request(key, call.to_parameter(), reached.condition, node.lineno)
                self.values.results[id(node)] = self.values.chosen[key]

    def _scopes_of_name(self, node: ast.Call, scope: Scope) -> Iterator[Scope]:
        """One scope for each name of a hyperparameter that another one decides, else the scope."""
        chosen: dict[str, Chosen] = {}
        if node.args:
            for part in ast.walk(node.args[0]):
                if isinstance(part, ast.Name):
                    value = scope.names.find(part.id)
                    if isinstance(value, Chosen):
                        chosen[part.id] = value
        if len({value.key for value in chosen.values()}) != 1:
            yield scope
            return
        deciding = next(iter(chosen.values()))
        for value in deciding.table:
            inner = scope.restrict(deciding, [value])
            if inner is not None:
                names = Names(scope.names)
                for name, decided in chosen.items():
                    names.bind(name, decided.table[value])
                yield replace(inner, names=names)

    def restrict_to_parent(
        self, scope: Scope, key: str, values: object, node: ast.expr
    ) -> Scope | None:
        """A scope that is reached only while another hyperparameter has some of its values."""
        request = self.requests.get(key)
        if request is None:
            message = f'The condition names "{key}", which has not been asked for before.'
            raise CustomModelError(message, node.lineno)
        wanted = list(values) if isinstance(values, list | tuple) else [values]
        parameter = request.parameter
        table = {value: value_in_program(parameter, value) for value in values_of(parameter)}
        if not table:
            return scope
        allowed = [value for value, in_program in table.items() if in_program in wanted]
        return scope.restrict(Chosen(key, table), allowed)

    def _add_request(
        self, key: str, parameter: CustomParameter, condition: Condition, line: int
    ) -> None:
        earlier = self.requests.get(key)
        if earlier is None:
            self.requests[key] = Request(parameter, condition, line)
            refuse_many_parameters(len(self.requests), line)
            self.values.chosen[key] = _value_of(key, parameter)
            return
        if not earlier.overrides and earlier.parameter.entry != parameter.entry:
            raise CustomModelError(
                f'"{key}" is asked for with other values in line {earlier.line}. '
                "Give one of the two another name.",
                line,
            )
        joined = join_conditions(earlier.condition, condition)
        self.requests[key] = replace(earlier, condition=joined)


def _value_of(key: str, parameter: CustomParameter) -> object:
    """What a hyperparameter stands for in the program."""
    table = {value: value_in_program(parameter, value) for value in values_of(parameter)}
    values = list(table.values())
    if len(values) == 1 and isinstance(values[0], SIMPLE):
        return values[0]
    return Chosen(key, table)
