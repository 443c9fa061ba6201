"""Which function or class of a Keras Tuner program builds the model, and how it is made."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.domain.custom.hp_classes import Classes
from app.domain.custom.hp_methods import HP_METHODS
from app.domain.custom.hp_reader import StatementReader
from app.domain.custom.hp_scope import Function, Instance, Names, Scope
from app.domain.custom.literals import (
    Constants,
    CustomModelError,
    find_calls,
    find_functions,
    keyword_arguments,
    last_name,
    names_in,
)

TUNERS = frozenset({"RandomSearch", "Hyperband", "BayesianOptimization", "GridSearch", "Tuner"})
USUAL_NAMES = ("build", "build_model", "create_model", "model", "build_hypermodel", "make_model")
MAX_TUNERS = 20
MAKERS = (ast.Call, ast.Lambda, ast.Name, ast.Attribute)  # of functions and objects


@dataclass(frozen=True)
class Hypermodel:
    """What a program gives its tuner.

    `expression`: its text, as the top of the program could write it; `function`: what builds the
    model; `fit`: what fits it, where the program says how; `tuner`: the call that searches.
    """

    name: str
    expression: str
    function: Function
    classes: Classes
    fit: Function | None = None
    tuner: ast.Call | None = None

    @property
    def line(self) -> int:
        """The line where the function that builds the model begins."""
        return self.function.node.lineno


def find_hypermodel(tree: ast.Module, constants: Constants) -> Hypermodel | None:
    """The hypermodel of a program; None where it is not written for Keras Tuner.

    Raises CustomModelError where several are possible, or what makes it is not known.
    """
    if not _may_be_for_keras_tuner(tree):
        return None
    finder = _Finder(tree, Classes.collect(tree, constants))
    hypermodels = finder.given_to_tuners() or finder.roots()
    if not hypermodels:
        return None
    if len(hypermodels) > 1:
        usual = [hypermodel for hypermodel in hypermodels if hypermodel.name in USUAL_NAMES]
        if len(usual) != 1:
            raise _several(hypermodels)
        hypermodels = usual
    return hypermodels[0]


def _may_be_for_keras_tuner(tree: ast.Module) -> bool:
    """Whether a program has a function whose argument is called hp, or asks an argument."""
    objectives = {last_name(call.args[0]) for call in find_calls(tree, "fmin") if call.args}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.Lambda) and _asks_hp(node, objectives):
            return True
    return False


def _asks_hp(node: ast.FunctionDef | ast.Lambda, objectives: set[str] = frozenset()) -> bool:  # type: ignore[assignment]
    """Whether a function takes the HyperParameters as its first argument, after self."""
    names = [argument.arg for argument in [*node.args.posonlyargs, *node.args.args]]
    if names and names[0] in ("self", "cls"):
        names = names[1:]
    if not names or (isinstance(node, ast.FunctionDef) and node.name in objectives):
        return False
    first = names[0]
    if first == "hp":
        return True
    return any(_is_hp_call(part, first) for part in ast.walk(node))


def _is_hp_call(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=method)):
            return owner == name and method in HP_METHODS
    return False


def _several(hypermodels: list[Hypermodel]) -> CustomModelError:
    names = [f"{hypermodel.name} (line {hypermodel.line})" for hypermodel in hypermodels]
    first_names = ", ".join(names[:-1])
    return CustomModelError(
        f"The file has several models to search: {first_names} and {names[-1]}. Keep one of them, "
        f"or one tuner that names it: RandomSearch({hypermodels[0].expression}, …)."
    )


@dataclass
class _Finder:
    """Looks for hypermodels in one program."""

    tree: ast.Module
    classes: Classes
    reader: StatementReader = field(init=False)
    creations: dict[str, ast.Call] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and last_name(node.func) in self.classes.by_name:
                self.creations.setdefault(last_name(node.func), node)
        self.reader = StatementReader(classes=self.classes)
        scope = Scope(self.classes.names)
        for statement in self.tree.body:
            if isinstance(statement, ast.Assign) and isinstance(statement.value, MAKERS):
                self._bind_object(statement, scope)

    def _bind_object(self, statement: ast.Assign, scope: Scope) -> None:
        """Note a name that is bound to a function or an object of the program's classes."""
        try:
            self.reader.read_expression(statement.value, scope)
        except CustomModelError:
            return
        value = self.reader.value_of(statement.value, scope.names)
        for target in statement.targets:
            if isinstance(target, ast.Name) and isinstance(value, Function | Instance | dict):
                scope.names.bind(target.id, value)

    def given_to_tuners(self) -> list[Hypermodel]:
        """The different hypermodels that the program's tuners are given."""
        hypermodels: dict[str, Hypermodel] = {}
        n_tuners = 0
        for call, block, owner in _iterate_calls(self.tree.body, None):
            argument = self._hypermodel_argument(call)
            if argument is None:
                continue
            n_tuners += 1
            if n_tuners > MAX_TUNERS:
                message = (
                    f"The file has more than {MAX_TUNERS} tuners. Keep the one to search with."
                )
                raise CustomModelError(message, call.lineno)
            scope, inlined = self._scope_of(block, owner, call.lineno)
            hypermodel = self._resolve(argument, scope, inlined, call)
            if hypermodel is not None:
                hypermodels.setdefault(hypermodel.expression, hypermodel)
        return list(hypermodels.values())

    def _hypermodel_argument(self, call: ast.Call) -> ast.expr | None:
        """What a tuner is given as its hypermodel; None for any other call."""
        named = keyword_arguments(call)
        if "hypermodel" in named:
            return named["hypermodel"]
        if call.args and self.is_tuner(last_name(call.func)):
            return call.args[0]
        return None

    def is_tuner(self, name: str) -> bool:
        """Whether a class is one of Keras Tuner's tuners, or derives from one."""
        if name in TUNERS:
            return True
        for definition in self.classes.lineage(name):
            if TUNERS & {last_name(base) for base in definition.bases}:
                return True
        return False

    def _scope_of(
        self, block: list[ast.stmt], owner: str | None, line: int
    ) -> tuple[Scope, dict[str, ast.expr]]:
        """What names stand for at a call inside a function, and the expressions of its own."""
        names = Names(self.classes.names)
        scope = Scope(names)
        inlined: dict[str, ast.expr] = {}
        if owner is not None:
            made = self._find_creation(owner)
            inlined["self"] = made
            self._read_quietly(made, scope)
            names.bind("self", self.reader.value_of(made, names))
        for statement in block if block is not self.tree.body else ():
            for node in ast.walk(statement):
                match node:
                    case ast.Assign(targets=[ast.Name(id=name)]) if node.lineno <= line:
                        self._read_quietly(node.value, scope)
                        names.bind(name, self.reader.value_of(node.value, names))
                        inlined[name] = _inline(node.value, inlined)
        return scope, inlined

    def _read_quietly(self, node: ast.expr, scope: Scope) -> None:
        try:
            self.reader.read_expression(node, scope)
        except CustomModelError:
            return

    def _find_creation(self, class_name: str) -> ast.Call:
        """The call that makes an object of a class, else one without arguments."""
        if class_name in self.creations:
            return self.creations[class_name]
        return ast.Call(ast.Name(class_name, ast.Load()), [], [], lineno=1, col_offset=0)

    def _resolve(
        self, node: ast.expr, scope: Scope, inlined: Mapping[str, ast.expr], tuner: ast.Call | None
    ) -> Hypermodel | None:
        """The hypermodel that an expression makes. Raises CustomModelError with a line."""
        try:
            self.reader.read_expression(node, scope)
            value = self.reader.value_of(node, scope.names)
        except CustomModelError as error:
            raise error.at_line(node.lineno) from None
        expression = ast.unparse(_inline(node, inlined))
        if isinstance(value, Function) and _has_arguments(value.node):
            name = getattr(value.node, "name", "lambda")
            return Hypermodel(name, expression, value, self.classes, tuner=tuner)
        if isinstance(value, Instance):
            build = self.classes.method(value, "build")
            if build is not None:
                fit = self.classes.method(value, "fit")
                return Hypermodel(value.class_name, expression, build, self.classes, fit, tuner)
        return None

    def roots(self) -> list[Hypermodel]:
        """Functions and classes that ask hp and that no other one of these calls."""
        hypermodels = []
        called = self._called_names()
        for function in find_functions(self.tree):
            if _asks_hp(function) and function.name not in called:
                value = Function(function, self.classes.names)
                hypermodels.append(Hypermodel(function.name, function.name, value, self.classes))
        inherited = set()
        for definition in self.classes.by_name.values():
            inherited |= {last_name(base) for base in definition.bases}
        for name, definition in self.classes.by_name.items():
            if self._is_hypermodel(definition) and name not in inherited:
                creation = self._find_creation(name)
                scope = Scope(self.classes.names)
                hypermodel = self._resolve(creation, scope, {}, None)
                if hypermodel is not None:
                    hypermodels.append(hypermodel)
        return hypermodels

    def _called_names(self) -> set[str]:
        """The functions that are called inside functions and classes that ask hp."""
        called = set()
        for statement in self.tree.body:
            if isinstance(statement, ast.FunctionDef | ast.ClassDef):
                for node in ast.walk(statement):
                    if isinstance(node, ast.Call) and last_name(node.func) != statement.name:
                        called.add(last_name(node.func))
        return called

    def _is_hypermodel(self, definition: ast.ClassDef) -> bool:
        for statement in definition.body:
            if isinstance(statement, ast.FunctionDef) and statement.name == "build":
                return _asks_hp(statement)
        return False


def _has_arguments(node: ast.FunctionDef | ast.Lambda) -> bool:
    return bool(node.args.posonlyargs or node.args.args)


def _iterate_calls(
    block: list[ast.stmt], owner: str | None
) -> Iterator[tuple[ast.Call, list[ast.stmt], str | None]]:
    """Every call of a program, with the function's block and the class that it is in."""
    for statement in block:
        inner: list[ast.AST] = [statement]
        while inner:
            node = inner.pop()
            if isinstance(node, ast.FunctionDef):
                yield from _iterate_calls(node.body, owner)
                continue
            if isinstance(node, ast.ClassDef):
                yield from _iterate_calls(node.body, node.name)
                continue
            if isinstance(node, ast.Call):
                yield node, block, owner
            inner += list(ast.iter_child_nodes(node))


def _inline(node: ast.expr, inlined: Mapping[str, ast.expr]) -> ast.expr:
    """An expression with the expressions of a function's own names in their places."""
    if not names_in(node) & inlined.keys():
        return node

    class Replacer(ast.NodeTransformer):
        def visit_Name(self, name: ast.Name) -> ast.expr:
            return inlined.get(name.id, name)

    copied = ast.parse(ast.unparse(node), mode="eval").body
    replaced: ast.expr = Replacer().visit(copied)
    return replaced
