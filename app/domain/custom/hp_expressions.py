"""The expressions of a Keras Tuner program: what they ask hp for, and the functions they call."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from app.domain.custom.hp_classes import Classes
from app.domain.custom.hp_requests import RequestCollector
from app.domain.custom.hp_scope import (
    Function,
    Instance,
    Marker,
    Names,
    Scope,
    stored_names,
)
from app.domain.custom.literals import CustomModelError, last_name

MAX_ITERATIONS = 100  # of a loop over a number that hp chooses
MAX_CALL_DEPTH = 8  # of functions that pass hp on

Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


@dataclass
class ExpressionReader(RequestCollector, ABC):
    """Collects what expressions ask hp for.

    `returned`: what the functions return that are being read.
    """

    classes: Classes = field(kw_only=True)
    returned: list[list[object]] = field(default_factory=list)
    _children: dict[int, list[ast.AST]] = field(default_factory=dict)

    @abstractmethod
    def read(self, statements: Iterable[ast.stmt], scope: Scope) -> Scope | None:
        """Add every call of hp in these statements, loops unrolled.

        Returns what holds after them; None where they end a function or an iteration.
        """

    @abstractmethod
    def split(self, test: ast.expr, scope: Scope) -> tuple[Scope | None, Scope | None]:
        """What holds where a test is true and where it is false; None where it never is."""

    @abstractmethod
    def iterate(self, iterable: ast.expr, scope: Scope) -> list[tuple[object, Scope]]:
        """The items of a loop and what holds for each. Raises CustomModelError."""

    def read_expression(self, node: ast.AST, scope: Scope) -> None:
        """Add every call of hp in an expression, in the order of the text."""
        if isinstance(node, ast.IfExp):
            self._read_choice_of_expressions(node, scope)
        elif isinstance(node, Comprehension):
            self._read_comprehension(node, list(node.generators), scope)
        elif isinstance(node, ast.Lambda):
            pass  # read where it is called
        else:
            for child in self._children_with_calls(node):
                self.read_expression(child, scope)
            if isinstance(node, ast.Call):
                self._read_call(node, scope)

    def _children_with_calls(self, node: ast.AST) -> list[ast.AST]:
        """Those children of a node that are or have calls: loops read them many times."""
        key = id(node)
        if key not in self._children:
            children = []
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.Call) or self._children_with_calls(child):
                    children.append(child)
            self._children[key] = children
        return self._children[key]

    def _read_choice_of_expressions(self, node: ast.IfExp, scope: Scope) -> None:
        self.read_expression(node.test, scope)
        then, otherwise = self.split(node.test, scope)
        if then is not None:
            self.read_expression(node.body, then)
        if otherwise is not None:
            self.read_expression(node.orelse, otherwise)

    def _read_comprehension(
        self, node: Comprehension, generators: list[ast.comprehension], scope: Scope
    ) -> None:
        """Read what a comprehension makes, for each of its items."""
        if not self.mentions_hp(node, scope):
            return
        if not generators:
            parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
            for part in parts:
                self.read_expression(part, scope)
            return
        generator = generators[0]
        self.read_expression(generator.iter, scope)
        for item, inner in self._items_or_unknown(generator.iter, scope):
            names = Names(scope.names)
            bind_target(generator.target, item, names)
            reached: Scope | None = replace(inner, names=names)
            for test in generator.ifs:
                if reached is not None:
                    reached, _ = self.split(test, reached)
            if reached is not None:
                self._read_comprehension(node, generators[1:], reached)

    def _items_or_unknown(self, iterable: ast.expr, scope: Scope) -> list[tuple[object, Scope]]:
        """As `iterate`; one unknown item where nobody knows the items before the program is run."""
        try:
            return self.iterate(iterable, scope)
        except CustomModelError:
            return [(Marker.UNKNOWN, scope)]

    def mentions_hp(self, node: ast.AST, scope: Scope) -> bool:
        """Whether a part of the program may ask hp for something."""
        for part in ast.walk(node):
            match part:
                case ast.Name(id=name):
                    value = scope.names.find(name)
                    if value is Marker.HP:
                        return True
                    if isinstance(value, Function) and value.names is not self.classes.names:
                        return True
                case ast.Attribute(value=ast.Name()):
                    is_method = self.callee(part, scope.names) is not None
                    if is_method or self.values.is_hp(part, scope.names):
                        return True
        return False

    def _read_call(self, node: ast.Call, scope: Scope) -> None:
        self.count(node)
        if self.is_hp_call(node, scope.names):
            self.collect(node, scope)
        else:
            self.values.results[id(node)] = self._follow(node, scope)

    def _follow(self, call: ast.Call, scope: Scope) -> object:
        """Read a function of the program that may ask hp, and find what it returns."""
        name = last_name(call.func)
        function = self.callee(call.func, scope.names)
        if function is None and name != "partial" and name not in self.classes.by_name:
            return Marker.UNKNOWN
        positional, named = self.classes.evaluate_arguments(call, scope.names)
        if function is None and name == "partial":
            return _bind_partially(positional, named)
        if function is None:
            return self.classes.make_instance(name, positional, named)
        may_ask = Marker.HP in [*positional, *named.values()]
        if function.names is not self.classes.names or function.owner is not None:
            may_ask = True
        if not may_ask and not self.classes.makes_functions(function.node):
            return Marker.UNKNOWN
        return self.call(function, positional, named, scope, call.lineno)

    def callee(self, node: ast.expr, names: Names) -> Function | None:
        """The function of the program that an expression names."""
        match node:
            case ast.Name(id=name):
                value = names.find(name)
                return value if isinstance(value, Function) else None
            case ast.Attribute(value=ast.Name(id=owner), attr=method):
                instance = names.find(owner)
                if isinstance(instance, Instance):
                    return self.classes.method(instance, method)
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr=method):
                instance = names.find("self")
                if isinstance(instance, Instance):
                    return self.classes.inherited_method(instance, method, node)
        return None

    def call(
        self,
        function: Function,
        positional: list[object],
        named: Mapping[str, object],
        scope: Scope,
        line: int,
    ) -> object:
        """Read the body of a function with these arguments, and find what it returns."""
        if scope.depth >= MAX_CALL_DEPTH:
            message = f"Functions that pass hp on are nested more than {MAX_CALL_DEPTH} deep."
            raise CustomModelError(message, line)
        names = self.classes.bind_arguments(function, positional, named)
        inner = replace(scope, names=names, depth=scope.depth + 1)
        node = function.node
        if isinstance(node, ast.Lambda):
            self.read_expression(node.body, inner)
            return self.values.find_or_unknown(node.body, names)
        self.returned.append([])
        self.read(node.body, inner)
        values = self.returned.pop()
        if len(values) != 1:
            return Marker.UNKNOWN
        return values[0]


def _bind_partially(positional: list[object], named: dict[str, object]) -> object:
    """What functools.partial returns for these arguments."""
    if not positional or not isinstance(positional[0], Function):
        return Marker.UNKNOWN
    function = positional[0]
    n_bound = sum(isinstance(key, int) for key in function.arguments)
    arguments = dict(function.arguments)
    arguments |= dict(named.items())
    for index, value in enumerate(positional[1:], start=n_bound):
        arguments[index] = value
    return replace(function, arguments=arguments)


def bind_target(target: ast.expr, value: object, names: Names) -> None:
    """Let the names on the left of an assignment, or of a loop, stand for a value."""
    match target:
        case ast.Name(id=name):
            names.bind(name, value)
        case ast.Attribute(value=ast.Name(id=owner), attr=attribute):
            instance = names.find(owner)
            if isinstance(instance, Instance):
                instance.attributes.bind(attribute, value)
        case ast.Subscript(value=ast.Name(id=name)):
            names.forget([name])
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            if isinstance(value, list | tuple) and len(value) == len(parts):
                for part, item in zip(parts, value, strict=True):
                    bind_target(part, item, names)
            else:
                names.forget(stored_names(target))
