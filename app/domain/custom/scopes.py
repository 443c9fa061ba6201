"""What the names of a program are bound to, as expressions that are read and never run."""

import ast
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.custom.literals import (
    Constants,
    CustomModelError,
    evaluate,
    find_functions,
    last_name,
)
from app.domain.custom.names import argument_names
from app.domain.literals.names import dotted_name

CHANGING_METHODS = ("append", "extend", "insert", "setdefault", "update")
RETURNED = "return"  # no program can bind this name
OF_INSTANCE = "self."  # before the names of what belongs to a class
MAX_STEPS = 100_000  # statements and expressions that are read, loops unrolled
MAX_CALL_DEPTH = 10  # of functions of the program that build parts of a space


@dataclass(frozen=True)
class Bound:
    """One expression that a name is bound to, or that is added to what it is bound to.

    `key`: of `name[key] = node`; `is_doubtful`: whether it holds is known only when it is run.
    """

    node: ast.expr
    scope: "Scope"
    key: str | None = None
    is_doubtful: bool = False

    def resolve(self) -> "Bound":
        """What a name is bound to, where it is bound once; else this."""
        bound = self
        for _ in range(MAX_CALL_DEPTH):
            if not isinstance(bound.node, ast.Name | ast.Attribute):
                return bound
            bounds = bound.scope.find(dotted_name(bound.node))
            if len(bounds) != 1 or bounds[0].is_doubtful or bounds[0].key is not None:
                return bound
            bound = bounds[0]
        return bound


@dataclass
class Budget:
    """How many steps may still be read."""

    steps_left: int = MAX_STEPS

    def spend(self, node: ast.AST) -> None:
        """Raise CustomModelError where a program asks for more than can be read."""
        self.steps_left -= 1
        if self.steps_left < 0:
            line = getattr(node, "lineno", 0)
            raise CustomModelError("These parameters are too many to be read.", line)


@dataclass
class Scope:
    """The names of a program, or of a function of it, at the place of an expression.

    `variables`: those of a loop and arguments with plain values.
    """

    constants: Constants
    functions: Mapping[str, ast.FunctionDef]
    budget: Budget
    names: dict[str, list[Bound]] = field(default_factory=dict)
    parent: "Scope | None" = None
    variables: Mapping[str, object] = field(default_factory=dict)
    depth: int = 0

    @classmethod
    def of_program(cls, tree: ast.Module, constants: Constants) -> "Scope":
        """The names at the top of a program and the attributes of its classes."""
        functions: dict[str, ast.FunctionDef] = {}
        for statement in tree.body:
            if isinstance(statement, ast.ClassDef):
                for method in find_functions(ast.Module(statement.body, [])):
                    functions.setdefault(method.name, method)
            if isinstance(statement, ast.FunctionDef):
                functions[statement.name] = statement
        scope = cls(constants, functions, Budget())
        scope.bind_statements(tree.body)
        return scope

    def find(self, name: str) -> Sequence[Bound]:
        """All that a name is bound to; nothing where that is not known."""
        if name in self.variables:
            return ()
        if name in self.names:
            return self.names[name]
        if self.parent is not None:
            return self.parent.find(name)
        _, is_dotted, attribute = name.partition(".")
        if is_dotted and not name.startswith(OF_INSTANCE):
            return self.names.get(OF_INSTANCE + attribute, ())
        return ()

    def with_variables(self, variables: Mapping[str, object]) -> "Scope":
        """The scope inside a loop, with the values of its variables."""
        return Scope(
            constants=ChainMap(dict(variables), self.constants),  # type: ignore[arg-type]
            functions=self.functions,
            budget=self.budget,
            names=self.names,
            parent=self.parent,
            variables={**self.variables, **variables},
            depth=self.depth,
        )

    def bind_statements(
        self, statements: Iterable[ast.stmt], prefix: str = "", is_doubtful: bool = False
    ) -> None:
        """Note what statements bind, in order. `prefix`: OF_INSTANCE inside a class."""
        for statement in statements:
            self.budget.spend(statement)
            self._bind_statement(statement, prefix, is_doubtful)

    def _bind_statement(self, statement: ast.stmt, prefix: str, is_doubtful: bool) -> None:
        match statement:
            case ast.Assign():
                for target in statement.targets:
                    self._bind(target, statement.value, prefix, is_doubtful)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._bind(target, value, prefix, is_doubtful)
            case ast.AugAssign():
                self._add(last_name(statement.target), statement.value, None, is_doubtful)
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr=method)) as call):
                if method in CHANGING_METHODS:
                    self._bind_change(call, is_doubtful)
            case ast.Return(value=ast.expr() as value):
                self._add(RETURNED, value, None, is_doubtful)
            case ast.For():
                for scope in self.unroll_loop(statement):
                    scope.bind_statements(statement.body, prefix, is_doubtful)
            case ast.If():
                self._bind_branches(statement, prefix, is_doubtful)
            case ast.With():
                self.bind_statements(statement.body, prefix, is_doubtful)
            case ast.Try():
                self.bind_statements(statement.body, prefix, is_doubtful)
                self.bind_statements(statement.finalbody, prefix, is_doubtful)
            case ast.ClassDef():
                self.bind_statements(statement.body, OF_INSTANCE, is_doubtful)
            case ast.FunctionDef() if prefix:
                self._bind_attributes(statement)

    def _bind(self, target: ast.expr, value: ast.expr, prefix: str, is_doubtful: bool) -> None:
        match target:
            case ast.Name(id=name):
                if not is_doubtful:
                    self.names[prefix + name] = []
                self._add(prefix + name, value, None, is_doubtful)
            case ast.Attribute(value=ast.Name(id=owner), attr=name):
                self.names[f"{owner}.{name}"] = []
                self._add(f"{owner}.{name}", value, None, is_doubtful)
            case ast.Subscript():
                key = self._key_of(target.slice)
                self._add(dotted_name(target.value), value, key, is_doubtful)
            case ast.Tuple() | ast.List():
                if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
                    for part, part_value in zip(target.elts, value.elts, strict=True):
                        self._bind(part, part_value, prefix, is_doubtful)

    def _bind_change(self, call: ast.Call, is_doubtful: bool) -> None:
        assert isinstance(call.func, ast.Attribute)
        name = dotted_name(call.func.value)
        for argument in call.args:
            self._add(name, argument, None, is_doubtful)
        for keyword in call.keywords:
            self._add(name, keyword.value, keyword.arg, is_doubtful)

    def _bind_branches(self, statement: ast.If, prefix: str, is_doubtful: bool) -> None:
        """Read the branch that is taken; what either binds is doubtful where that is unknown."""
        try:
            is_true = bool(evaluate(statement.test, self.constants))
        except CustomModelError:
            self.bind_statements(statement.body, prefix, is_doubtful=True)
            self.bind_statements(statement.orelse, prefix, is_doubtful=True)
            return
        branch = statement.body if is_true else statement.orelse
        self.bind_statements(branch, prefix, is_doubtful)

    def _bind_attributes(self, method: ast.FunctionDef) -> None:
        """Note what a method assigns to attributes of its instance."""
        for statement in method.body:
            match statement:
                case ast.Assign(targets=[ast.Attribute(value=ast.Name(), attr=name)]):
                    self.names[OF_INSTANCE + name] = [Bound(statement.value, self)]

    def _add(self, name: str, node: ast.expr, key: str | None, is_doubtful: bool) -> None:
        bound = Bound(node, self, key, is_doubtful)
        self.names.setdefault(name, []).append(bound)

    def _key_of(self, node: ast.expr) -> str:
        try:
            return str(evaluate(node, self.constants))
        except CustomModelError:
            return ""

    def unroll_loop(self, loop: ast.For) -> Iterator["Scope"]:
        """The scope of each turn; none where the values are known only when the loop runs."""
        yield from self.unroll(loop.target, loop.iter)

    def unroll(self, target: ast.expr, iterable: ast.expr) -> Iterator["Scope"]:
        """A scope for each value that a loop or a comprehension takes."""
        try:
            values = evaluate(iterable, self.constants)
        except CustomModelError:
            return
        if not isinstance(values, list | tuple):
            return
        for value in values:
            self.budget.spend(iterable)
            variables = _match_target(target, value)
            if variables is not None:
                yield self.with_variables(variables)

    def enter(self, call: ast.Call) -> "Scope | None":
        """The scope of a function of the program that is called; None for any other call."""
        function = self.functions.get(last_name(call.func))
        if function is None:
            return None
        if self.depth > MAX_CALL_DEPTH:
            raise CustomModelError("These functions call each other too often.", call.lineno)
        variables: dict[str, object] = {}
        names: dict[str, list[Bound]] = {}
        for name, argument in _arguments_of(function, call):
            try:
                variables[name] = evaluate(argument, self.constants)
            except CustomModelError:
                names[name] = [Bound(argument, self)]
        top = self
        while top.parent is not None:
            top = top.parent
        inner = Scope(
            constants=ChainMap(variables, top.constants),  # type: ignore[arg-type]
            functions=self.functions,
            budget=self.budget,
            names=names,
            parent=top,
            variables=variables,
            depth=self.depth + 1,
        )
        inner.bind_statements(function.body)
        return inner

    def returned(self) -> Sequence[Bound]:
        """What a function returns, in the scope that `enter` made of it."""
        return self.names.get(RETURNED, ())


def _match_target(target: ast.expr, value: object) -> dict[str, object] | None:
    """The names that a loop binds to one of its values."""
    if isinstance(target, ast.Name):
        return {target.id: value}
    if not isinstance(target, ast.Tuple) or not isinstance(value, list | tuple):
        return None
    variables = {}
    for part, item in zip(target.elts, value, strict=False):
        if isinstance(part, ast.Name):
            variables[part.id] = item
    return variables


def _arguments_of(function: ast.FunctionDef, call: ast.Call) -> list[tuple[str, ast.expr]]:
    """Each argument of a function with what a call gives it, or its default."""
    names = argument_names(function.args)
    if names and names[0] in ("self", "cls"):
        names = names[1:]
    values: dict[str, ast.expr] = {}
    defaults = function.args.defaults
    if defaults:
        last_names = [argument.arg for argument in function.args.args[-len(defaults) :]]
        values |= dict(zip(last_names, defaults, strict=False))
    values |= dict(zip(names, call.args, strict=False))
    for keyword in call.keywords:
        if keyword.arg is not None:
            values[keyword.arg] = keyword.value
    return list(values.items())
