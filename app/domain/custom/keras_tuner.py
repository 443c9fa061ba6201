"""Keras Tuner: a function, class or closure that asks hp for hyperparameters, as parameters."""

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.domain.custom.hp_methods import values_of
from app.domain.custom.hp_reader import StatementReader
from app.domain.custom.hp_requests import Request
from app.domain.custom.hp_scope import Function, Instance, Marker, Names, Scope
from app.domain.custom.hypermodels import Hypermodel
from app.domain.custom.literals import CustomModelError, keyword_arguments, last_name
from app.domain.custom.parameters import CustomParameter
from app.domain.search_space.catalogue import Value

MAX_BRANCHES = 5_000  # that conditions may make of a search space
MAX_CONDITION_VALUES = 100  # that a condition may list
NAMES_IN_RUN_TRIAL = ("batch_size", "epochs")


def read_parameters(tree: ast.Module, hypermodel: Hypermodel) -> list[CustomParameter]:
    """All that a hypermodel may ask hp for.

    Raises CustomModelError with the line of what cannot be read.
    """
    reading = _Reading(tree, hypermodel, StatementReader(classes=hypermodel.classes))
    reading.run()
    parameters = _with_conditions(reading.reader.requests)
    if _count_branches(parameters) > MAX_BRANCHES:
        parameters = [_without_condition(parameter) for parameter in parameters]
    return parameters


@dataclass
class _Reading:
    """One reading of a hypermodel and of the tuner that it is given to."""

    tree: ast.Module
    hypermodel: Hypermodel
    reader: StatementReader

    def run(self) -> None:
        """Collect what the program asks hp for."""
        options = {}
        if self.hypermodel.tuner is not None:
            options = keyword_arguments(self.hypermodel.tuner)
            self._read_run_trial(last_name(self.hypermodel.tuner.func))
        overrides = self._read_overrides(last_name(options.get("hyperparameters")))
        self._call(self.hypermodel.function)
        if self.hypermodel.fit is not None:
            self._call(self.hypermodel.fit, gets_model_and_data=True)
        if _is_false(options.get("tune_new_entries")):
            self._fix_others(overrides)

    def _call(self, function: Function, *, gets_model_and_data: bool = False) -> None:
        scope = Scope(self.reader.classes.names)
        arguments: list[object] = [Marker.HP]
        if gets_model_and_data:
            n_arguments = len(function.node.args.args) - 2  # without self and hp
            arguments += [Marker.UNKNOWN] * n_arguments
        self.reader.call(function, arguments, {}, scope, function.node.lineno)

    def _read_overrides(self, name: str) -> set[str]:
        """The names of what the program asks for at its top, to hand it to the tuner."""
        if not name:
            return set()
        names = Names(self.reader.classes.names)
        names.bind(name, Marker.HP)
        scope = Scope(names)
        for statement in self.tree.body:
            if isinstance(statement, ast.Expr):
                self.reader.read_expression(statement.value, scope)
        requests = self.reader.requests
        for key, request in requests.items():
            requests[key] = replace(request, overrides=True)
        return set(requests)

    def _read_run_trial(self, tuner_name: str) -> None:
        """What a tuner of the program asks for when it fits a model: batch_size and epochs."""
        names = Names()
        names.bind("hyperparameters", Marker.HP)
        trial = Instance("Trial", names)
        tuner = Instance(tuner_name, Names())
        run_trial = self.reader.classes.method(tuner, "run_trial")
        if run_trial is None:
            return
        n_arguments = len(run_trial.node.args.args) - 2  # without self and trial
        arguments = [trial, *[Marker.UNKNOWN] * n_arguments]
        scope = Scope(self.reader.classes.names)
        self.reader.call(run_trial, arguments, {}, scope, run_trial.node.lineno)
        for key, request in self.reader.requests.items():
            if key not in NAMES_IN_RUN_TRIAL:
                raise CustomModelError(
                    f'run_trial asks for "{key}", but Foretune fits the model itself and knows '
                    f"{' and '.join(NAMES_IN_RUN_TRIAL)} alone. Use one of these names, or write a "
                    "HyperModel with a method fit.",
                    request.line,
                )

    def _fix_others(self, overrides: set[str]) -> None:
        """Fix what the program does not tune: tune_new_entries=False."""
        requests = self.reader.requests
        for key, request in requests.items():
            if key not in overrides:
                parameter = request.parameter
                fixed = replace(parameter, entry=parameter.hyperparameter.default)
                requests[key] = replace(request, parameter=fixed)


def _is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def _with_conditions(requests: Mapping[str, Request]) -> list[CustomParameter]:
    """The parameters, each active only while others have the values that lead to it."""
    parameters = []
    for request in requests.values():
        parameter = request.parameter
        condition: dict[str, list[Value]] = {}
        for key, values in request.condition.items():
            parent = requests[key].parameter
            if set(values) == set(values_of(parent)):
                continue
            if _are_largest(values, parent) and parameter.hyperparameter.requires is None:
                parameter = parameter.with_requirement((parent.name, int(values[0])))
            elif len(values) <= MAX_CONDITION_VALUES:
                condition[parent.name] = list(values)
        parameters.append(parameter.with_condition(condition))
    return parameters


def _are_largest(values: tuple[Value, ...], parameter: CustomParameter) -> bool:
    """Whether values are the last ones of a range of integers: all from a number on."""
    entry = parameter.entry
    is_range = isinstance(entry, Mapping) and not {"choice", "fixed"} & entry.keys()
    if not is_range:
        return False
    last_values = values_of(parameter)[-len(values) :]
    return last_values == list(values)


def _count_branches(parameters: list[CustomParameter]) -> int:
    """At most how many branches the conditions make of a search space."""
    named_values: dict[str, set[Value]] = {}
    n_branches = []
    for parameter in parameters:
        entry = parameter.entry
        if isinstance(entry, Mapping):
            for name, values in entry.get("when", {}).items():
                named_values.setdefault(name, set()).update(values)
    required = {parameter.hyperparameter.requires for parameter in parameters}
    names_required = {requires[0] for requires in required if requires is not None}
    for parameter in parameters:
        if parameter.name in names_required:
            n_branches.append(len(values_of(parameter)))
        elif parameter.name in named_values:
            n_branches.append(len(named_values[parameter.name]) + 1)
    return math.prod(n_branches)


def _without_condition(parameter: CustomParameter) -> CustomParameter:
    """The same parameter, varied even where it makes no difference."""
    if not isinstance(parameter.entry, Mapping):
        return parameter
    entry = {key: content for key, content in parameter.entry.items() if key != "when"}
    return replace(parameter, entry=entry.get("fixed", entry))
