"""The functions and classes at the top of a Keras Tuner program, and what calls of them bind."""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.custom.hp_scope import Function, Instance, Names, stored_names
from app.domain.custom.hp_values import Values
from app.domain.custom.literals import Constants, CustomModelError, last_name

MAX_BASES = 20  # classes that a class inherits from


@dataclass
class Classes:
    """What a program defines at its top. `names`: what its global names stand for."""

    names: Names
    by_name: Mapping[str, ast.ClassDef]
    values: Values = field(default_factory=Values)
    _local_names: dict[int, set[str]] = field(default_factory=dict)
    _makers: dict[int, bool] = field(default_factory=dict)

    @classmethod
    def collect(cls, tree: ast.Module, constants: Constants) -> "Classes":
        """The functions, classes and plain values of a program."""
        names = Names(constants)
        by_name = {}
        for statement in tree.body:
            match statement:
                case ast.FunctionDef(name=name):
                    names.bind(name, Function(statement, names))
                case ast.ClassDef(name=name):
                    by_name[name] = statement
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda() as function):
                    names.bind(name, Function(function, names))
        return cls(names, by_name)

    def method(self, instance: Instance, name: str) -> Function | None:
        """A method of an object, its own or an inherited one."""
        return self._find_method(instance, name, self.lineage(instance.class_name))

    def inherited_method(self, instance: Instance, name: str, node: ast.AST) -> Function | None:
        """The method that `super()` means at a place in one of the object's classes."""
        lineage = self.lineage(instance.class_name)
        line = getattr(node, "lineno", 0)
        for position, definition in enumerate(lineage):
            last_line = definition.end_lineno or definition.lineno
            if definition.lineno <= line <= last_line:
                return self._find_method(instance, name, lineage[position + 1 :])
        return None

    def lineage(self, name: str) -> list[ast.ClassDef]:
        """A class of the program and those of its classes that it inherits from."""
        lineage: list[ast.ClassDef] = []
        queue = [name]
        while queue and len(lineage) < MAX_BASES:
            definition = self.by_name.get(queue.pop(0))
            if definition is not None and definition not in lineage:
                lineage.append(definition)
                queue += [last_name(base) for base in definition.bases]
        return lineage

    def _find_method(
        self, instance: Instance, name: str, lineage: Sequence[ast.ClassDef]
    ) -> Function | None:
        for definition in lineage:
            for statement in definition.body:
                if isinstance(statement, ast.FunctionDef) and statement.name == name:
                    return Function(statement, self.names, owner=instance)
        return None

    def make_instance(
        self, class_name: str, positional: Sequence[object], named: Mapping[str, object]
    ) -> Instance:
        """An object of a class, with what its attributes stand for.

        Raises CustomModelError where an argument is missing.
        """
        attributes = Names()
        instance = Instance(class_name, attributes)
        for definition in reversed(self.lineage(class_name)):
            self._bind_class_attributes(definition, attributes)
        constructor = self.method(instance, "__init__")
        if constructor is not None:
            self._construct(constructor, positional, named)
        return instance

    def _bind_class_attributes(self, definition: ast.ClassDef, attributes: Names) -> None:
        for statement in definition.body:
            match statement:
                case (
                    ast.Assign(targets=[ast.Name(id=name)])
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr())
                ):
                    assert statement.value is not None
                    value = self.values.find_or_unknown(statement.value, self.names)
                    attributes.bind(name, value)

    def _construct(
        self, constructor: Function, positional: Sequence[object], named: Mapping[str, object]
    ) -> None:
        """Note what `self.name = value` binds in `__init__`, and in those that super() calls."""
        assert isinstance(constructor.node, ast.FunctionDef)
        assert constructor.owner is not None
        names = self.bind_arguments(constructor, positional, named)
        for statement in constructor.node.body:
            match statement:
                case ast.Assign(value=node, targets=targets):
                    value = self.values.find_or_unknown(node, names)
                    for target in targets:
                        _bind(target, value, names, constructor.owner.attributes)
                case ast.AnnAssign(value=ast.expr() as node, target=target):
                    value = self.values.find_or_unknown(node, names)
                    _bind(target, value, names, constructor.owner.attributes)
                case ast.Expr(value=ast.Call(func=ast.Attribute(attr="__init__")) as call):
                    inherited = self.inherited_method(constructor.owner, "__init__", call)
                    if inherited is not None and inherited.node is not constructor.node:
                        arguments = self.evaluate_arguments(call, names)
                        self._construct(inherited, *arguments)

    def evaluate_arguments(
        self, call: ast.Call, names: Names
    ) -> tuple[list[object], dict[str, object]]:
        """The positional and the named arguments of a call; UNKNOWN where they are no values."""
        positional: list[object] = []
        for argument in call.args:
            if isinstance(argument, ast.Starred):
                break
            positional.append(self.values.find_or_unknown(argument, names))
        named = {}
        for keyword in call.keywords:
            if keyword.arg is not None:
                named[keyword.arg] = self.values.find_or_unknown(keyword.value, names)
        return positional, named

    def bind_arguments(
        self, function: Function, positional: Sequence[object], named: Mapping[str, object]
    ) -> Names:
        """The names inside a call of a function. Raises CustomModelError for a missing argument."""
        node = function.node
        arguments = node.args
        names = Names(function.names, self._names_stored_in(node))
        parameters = [*arguments.posonlyargs, *arguments.args]
        values = list(positional)
        if function.owner is not None and not _is_static(node):
            values.insert(0, function.owner)
        bound = dict(function.arguments)
        n_bound = sum(isinstance(key, int) for key in bound)
        values = [bound[index] for index in range(n_bound)] + values
        by_name = {str(key): value for key, value in bound.items() if isinstance(key, str)}
        by_name |= named
        defaults = _defaults_of(arguments)
        for position, parameter in enumerate([*parameters, *arguments.kwonlyargs]):
            name = parameter.arg
            if position < len(values) and position < len(parameters):
                names.bind(name, values[position])
            elif name in by_name:
                names.bind(name, by_name[name])
            elif name in defaults:
                default = defaults[name]
                names.bind(name, self.values.find_or_unknown(default, function.names))
            else:
                raise _missing(function, name)
        return names

    def makes_functions(self, node: ast.FunctionDef | ast.Lambda) -> bool:
        """Whether a function has functions inside it, or makes an object or a partial function."""
        if isinstance(node, ast.Lambda):
            return False
        key = id(node)
        if key not in self._makers:
            parts = [part for statement in node.body for part in ast.walk(statement)]
            self._makers[key] = any(self._is_maker(part) for part in parts)
        return self._makers[key]

    def _is_maker(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Call):
            name = last_name(node.func)
            return name == "partial" or name in self.by_name
        return isinstance(node, ast.FunctionDef | ast.Lambda)

    def _names_stored_in(self, node: ast.FunctionDef | ast.Lambda) -> set[str]:
        """The names that are a function's own."""
        key = id(node)
        if key not in self._local_names:
            names: set[str] = set()
            if isinstance(node, ast.FunctionDef):
                for statement in node.body:
                    names |= stored_names(statement)
            for argument in (node.args.vararg, node.args.kwarg):
                if argument is not None:
                    names.add(argument.arg)
            self._local_names[key] = names
        return self._local_names[key]


def _missing(function: Function, argument: str) -> CustomModelError:
    node = function.node
    name = getattr(node, "name", "This lambda")
    if function.owner is not None and name == "__init__":
        name = function.owner.class_name
    message = (
        f"{name} needs {argument}, and the file does not say its value. Give it a default "
        f"(such as {argument}=1), or give the search all of it: RandomSearch({_example(name)}, …)."
    )
    return CustomModelError(message, node.lineno)


def _example(name: str) -> str:
    """How a search could be given a class or a function with its arguments."""
    if name[:1].isupper():
        return f"{name}(…)"
    return f"lambda hp: {name}(hp, …)"


def _defaults_of(arguments: ast.arguments) -> dict[str, ast.expr]:
    """The defaults of a function's arguments by name."""
    parameters = [*arguments.posonlyargs, *arguments.args]
    with_default = parameters[len(parameters) - len(arguments.defaults) :]
    defaults = {}
    for parameter, default in zip(with_default, arguments.defaults, strict=True):
        defaults[parameter.arg] = default
    for parameter, keyword_default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if keyword_default is not None:
            defaults[parameter.arg] = keyword_default
    return defaults


def _is_static(node: ast.FunctionDef | ast.Lambda) -> bool:
    if isinstance(node, ast.Lambda):
        return False
    return any(last_name(decorator) == "staticmethod" for decorator in node.decorator_list)


def _bind(target: ast.expr, value: object, names: Names, attributes: Names) -> None:
    """Let a name, or an attribute of self, stand for a value."""
    match target:
        case ast.Name(id=name):
            names.bind(name, value)
        case ast.Attribute(value=ast.Name(id="self"), attr=attribute):
            attributes.bind(attribute, value)
