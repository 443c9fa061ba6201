"""A hyperopt space in a program: every hp call that the space leads to, with its condition."""

import ast
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace

from app.domain.custom.distributions import CHOICES, parse_distribution
from app.domain.custom.hp_calls import DrawResolver, HpNames, label_of
from app.domain.custom.literals import (
    CustomModelError,
    evaluate,
    keyword_arguments,
    last_name,
    list_options,
)
from app.domain.custom.parameters import CustomParameter, refuse_many_parameters
from app.domain.custom.scopes import Bound, Scope
from app.domain.literals.names import dotted_name
from app.domain.search_space.catalogue import Value

MAX_NESTED_CHOICES = 20
MAX_DEPTH = 200  # of expressions and names inside each other
Condition = Mapping[str, tuple[Value, ...]]


@dataclass
class SpaceReader:
    """Collects the parameters of a space by their labels.

    `depth`: how many calls of hp are around the present one; `calls`: by label;
    `plain_nodes`: ids of expressions that lead to no hp call.
    """

    hp: HpNames
    parameters: dict[str, CustomParameter] = field(default_factory=dict)
    conditions: dict[str, Condition] = field(default_factory=dict)
    calls: dict[str, ast.Call] = field(default_factory=dict)
    depth: int = 0
    nesting: int = 0
    n_calls: int = 0
    rounded_nodes: set[int] = field(default_factory=set)
    plain_nodes: set[int] = field(default_factory=set)

    def result(self) -> list[CustomParameter]:
        """The parameters in the order in which the space names them."""
        parameters = []
        for label, parameter in self.parameters.items():
            condition = self._without_certain(self.conditions[label])
            entry = _add_condition(parameter.entry, condition)
            parameters.append(replace(parameter, entry=entry))
        return parameters

    def _without_certain(self, condition: Condition) -> Condition:
        """A condition without what every option of a choice that always counts fulfils."""
        possible_values = {}
        for label, parameter in self.parameters.items():
            if isinstance(parameter.entry, Mapping) and not self.conditions[label]:
                possible_values[parameter.name] = set(parameter.entry.get("choice", ()))
        uncertain = {}
        for name, values in condition.items():
            if set(values) != possible_values.get(name):
                uncertain[name] = values
        return uncertain

    def read(self, node: ast.AST, scope: Scope, condition: Condition) -> None:
        """Add each hp call; one inside an option of a choice is active only with that option."""
        scope.budget.spend(node)
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            line = getattr(node, "lineno", 0)
            raise CustomModelError("This space is nested too deeply.", line)
        self._read(node, scope, condition)
        self.nesting -= 1

    def _read(self, node: ast.AST, scope: Scope, condition: Condition) -> None:
        if self.hp.is_call(node):
            self._read_hp_call(node, scope, condition)
            return
        match node:
            case ast.Name() | ast.Attribute():
                for bound in scope.find(dotted_name(node)):
                    self._follow(bound, condition)
            case ast.Call():
                self._read_call(node, scope, condition)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                self._read_comprehension(node, node.generators, scope, condition)
            case ast.IfExp():
                self._read_branch(node, scope, condition)
            case ast.Lambda():
                return
            case _:
                for child in ast.iter_child_nodes(node):
                    self.read(child, scope, condition)

    def _follow(self, bound: Bound, condition: Condition) -> None:
        """Read what a name is bound to, once where nothing is searched there."""
        node_id = id(bound.node)
        if node_id in self.plain_nodes:
            return
        n_calls = self.n_calls
        self.plain_nodes.add(node_id)  # a name that leads to itself is read no further
        self.read(bound.node, bound.scope, condition)
        if self.n_calls > n_calls:
            self.plain_nodes.discard(node_id)
            if bound.is_doubtful:
                message = (
                    "Whether this is part of the space is known only when the program runs. "
                    "Write the space without the condition."
                )
                raise CustomModelError(message, bound.node.lineno)

    def _read_call(self, node: ast.Call, scope: Scope, condition: Condition) -> None:
        if last_name(node.func) == "int" and node.args:
            self.rounded_nodes.add(id(Bound(node.args[0], scope).resolve().node))
        if isinstance(node.func, ast.Attribute):
            self.read(node.func.value, scope, condition)
        for argument in node.args:
            self.read(argument, scope, condition)
        for keyword in node.keywords:
            self.read(keyword.value, scope, condition)
        inner = scope.enter(node)
        if inner is not None:
            for bound in inner.returned():
                self._follow(bound, condition)

    def _read_comprehension(
        self,
        node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
        generators: Sequence[ast.comprehension],
        scope: Scope,
        condition: Condition,
    ) -> None:
        if generators:
            first = generators[0]
            for inner in scope.unroll(first.target, first.iter):
                if all(evaluate(test, inner.constants) for test in first.ifs):
                    self._read_comprehension(node, generators[1:], inner, condition)
            return
        if isinstance(node, ast.DictComp):
            self.read(node.value, scope, condition)
        else:
            self.read(node.elt, scope, condition)

    def _read_branch(self, node: ast.IfExp, scope: Scope, condition: Condition) -> None:
        if not self.hp.are_in(node.body) and not self.hp.are_in(node.orelse):
            return
        branch = node.orelse
        if evaluate(node.test, scope.constants):
            branch = node.body
        self.read(branch, scope, condition)

    def _read_hp_call(self, call: ast.Call, scope: Scope, condition: Condition) -> None:
        if self.depth > MAX_NESTED_CHOICES:
            raise CustomModelError("This space is nested too deeply.", call.lineno)
        self.n_calls += 1
        arguments = self._arguments_of(call, scope)
        label = _label_of(call, scope)
        parameter = parse_distribution(
            label,
            ast.copy_location(ast.Call(self.hp.function_of(call), [], []), call),
            self._shown_arguments(call, arguments, scope),
            scope.constants,
            is_integer=id(call) in self.rounded_nodes,
        )
        self._add_parameter(label, parameter, call, condition)
        self.depth += 1
        if arguments:
            self._read_options(arguments[0], parameter, scope, condition)
        self.depth -= 1

    def _arguments_of(self, call: ast.Call, scope: Scope) -> list[ast.expr]:
        """What a call of hp is given beside the label, names of lists replaced by the lists."""
        arguments = list(call.args)
        named_arguments = keyword_arguments(call)
        if named_arguments.pop("label", None) is None:
            arguments = arguments[1:]
        arguments += named_arguments.values()
        resolved = []
        for argument in arguments:
            expression = Bound(argument, scope).resolve().node
            if not isinstance(expression, ast.List | ast.Tuple):
                expression = argument
            resolved.append(expression)
        return resolved

    def _shown_arguments(
        self, call: ast.Call, arguments: list[ast.expr], scope: Scope
    ) -> list[ast.expr]:
        """The arguments with options in which every draw is written out."""
        if self.hp.kind_of(call) not in CHOICES or not arguments:
            return arguments
        options = []
        for option in list_options(arguments[0], scope.constants):
            copied_option = deepcopy(option)
            options.append(DrawResolver(self.hp, scope).visit(copied_option))
        listed_options = ast.copy_location(ast.List(options, ast.Load()), call)
        return [listed_options, *arguments[1:]]

    def _add_parameter(
        self, label: str, parameter: CustomParameter, call: ast.Call, condition: Condition
    ) -> None:
        """Add a parameter; one that several options share is active with each of them."""
        known_call = self.calls.get(label)
        if known_call is None:
            self.calls[label] = call
            self.parameters[label] = parameter
            self.conditions[label] = condition
            refuse_many_parameters(len(self.parameters), call.lineno)
            return
        if ast.dump(known_call) != ast.dump(call):
            message = (
                f'The label "{label}" stands in line {known_call.lineno}, too, with other '
                "values. Give each a label of its own."
            )
            raise CustomModelError(message, call.lineno)
        self.conditions[label] = _either(self.conditions[label], condition)

    def _read_options(
        self, options: ast.expr, parameter: CustomParameter, scope: Scope, condition: Condition
    ) -> None:
        values: list[Value] = []
        if isinstance(parameter.entry, Mapping):
            values = parameter.entry.get("choice", [])
        if not values:
            self.read(options, scope, condition)
            return
        option_nodes = list_options(options, scope.constants)
        if len(option_nodes) != len(values):
            self.read(options, scope, condition)
            return
        for option, value in zip(option_nodes, values, strict=True):
            self.read(option, scope, {parameter.name: (value,)})


def _label_of(call: ast.Call, scope: Scope) -> str:
    try:
        label = evaluate(label_of(call), scope.constants)
    except CustomModelError as error:
        raise error.at_line(call.lineno) from None
    if not isinstance(label, str):
        message = f"hp.{last_name(call.func)} needs a label in quotes."
        raise CustomModelError(message, call.lineno)
    return label


def _either(first: Condition, second: Condition) -> Condition:
    """A condition that holds where either does; none where that is not one of a single choice."""
    if first.keys() != second.keys() or len(first) != 1:
        return {}
    (name,) = first
    values = dict.fromkeys((*first[name], *second[name]))
    return {name: tuple(values)}


def _add_condition(entry: object, condition: Condition) -> object:
    """An entry of a search space that holds only under a condition."""
    if not condition:
        return entry
    if not isinstance(entry, Mapping):
        entry = {"fixed": entry}
    when: dict[str, object] = {}
    for name, values in condition.items():
        when[name] = values[0] if len(values) == 1 else list(values)
    return {**entry, "when": when}
