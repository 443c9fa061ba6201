"""What stands in for hyperopt and Hyperas while a program runs: the values of one trial."""

import ast
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from app.domain.custom.names import imported_name
from app.domain.custom.parameters import CustomParameter

Values = Mapping[str, Any]  # of a trial, by the program's names
HYPEROPT = "hyperopt"
HYPERAS = "hyperas"


class HyperoptSpace:
    """hyperopt's `hp`: each expression is the value of its label, or its default if inactive."""

    def __init__(self, values: Values, parameters: Sequence[CustomParameter]) -> None:
        self.values: dict[str, Any] = {}
        self.choices: dict[str, Sequence[str]] = {}
        for parameter in parameters:
            hyperparameter = parameter.hyperparameter
            self.values[parameter.key] = hyperparameter.default
            self.choices[parameter.key] = hyperparameter.choices
        self.values |= values

    def choice(self, label: str, options: Sequence[Any]) -> Any:
        """The chosen option, with the values of the expressions inside it."""
        value = self.values.get(label)
        choices = self.choices.get(label, ())
        if value in choices and len(choices) == len(options):
            index = choices.index(value)
            return options[index]
        return value

    def pchoice(self, label: str, options: Sequence[tuple[float, Any]]) -> Any:
        """As `choice`, for pairs of a probability and an option."""
        plain_options = [option for _, option in options]
        return self.choice(label, plain_options)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """hp.uniform and all other distributions."""

        def value_of(label: str, *_: Any, **__: Any) -> Any:
            return self.values.get(label)

        return value_of


class HyperoptScope:
    """hyperopt.pyll's `scope`, of which spaces use `int`."""

    int = staticmethod(int)
    float = staticmethod(float)
    round = staticmethod(round)

    @staticmethod
    def define(function: Callable[..., Any]) -> Callable[..., Any]:
        """A decorator that makes a function usable in spaces; here it is called at once."""
        setattr(HyperoptScope, function.__name__, staticmethod(function))
        return function


def provide_hyperopt(
    tree: ast.Module, values: Values, parameters: Sequence[CustomParameter]
) -> dict[str, Any]:
    """What stands in for the parts of hyperopt, by the names that a program's imports bind."""
    hp = HyperoptSpace(values, parameters)
    library = SimpleNamespace(
        hp=hp,
        STATUS_OK="ok",
        STATUS_FAIL="fail",
        pyll=SimpleNamespace(scope=HyperoptScope),
        space_eval=lambda space, chosen: chosen,
    )
    provided: dict[str, Any] = {"hp": hp, "scope": HyperoptScope, HYPEROPT: library}
    for statement in _imports_of(tree, HYPEROPT):
        for alias in statement.names:
            name = imported_name(statement, alias)
            if isinstance(statement, ast.Import):
                is_whole_library = alias.name == HYPEROPT or alias.asname is None
                if is_whole_library:
                    provided[name] = library
            elif statement.module == f"{HYPEROPT}.hp":
                provided[name] = getattr(hp, alias.name)
            elif alias.name == "scope":
                provided[name] = HyperoptScope
            elif hasattr(library, alias.name):
                provided[name] = getattr(library, alias.name)
    return provided


def provide_hyperas(tree: ast.Module) -> dict[str, Any]:
    """What stands in for Hyperas; its distributions stand in braces, which are replaced."""
    provided: dict[str, Any] = {}
    for statement in _imports_of(tree, HYPERAS):
        for alias in statement.names:
            if alias.name == "conditional":
                provided[imported_name(statement, alias)] = _same_value
    provided.setdefault("conditional", _same_value)
    return provided


def _same_value(value: Any) -> Any:
    return value


def _imports_of(tree: ast.Module, library: str) -> list[ast.Import | ast.ImportFrom]:
    """The imports of a library or of its modules."""
    imports: list[ast.Import | ast.ImportFrom] = []
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module)):
                if module.split(".")[0] == library:
                    imports.append(node)
            case ast.Import():
                if any(alias.name.split(".")[0] == library for alias in node.names):
                    imports.append(node)
    return imports
