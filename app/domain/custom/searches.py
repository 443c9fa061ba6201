"""The call that starts a search: hyperopt's fmin, Talos' Scan, Hyperas' minimize. It is never run.

What it is given says which function is the model and where its parameters stand.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.custom.hoisting import Path, iterate_with_path
from app.domain.custom.literals import CustomModelError, keyword_arguments, last_name

POSITIONS = {
    "fmin": ("function", "space"),
    "Scan": ("x", "y", "space", "function"),
    "minimize": ("function", "data"),
}
KEYWORDS = {"fn": "function", "space": "space", "params": "space", "model": "function"}
MAX_SEARCHES = 20
MODEL_WORDS = ("Sequential", "Model", "compile")


@dataclass(frozen=True)
class Search:
    """One call, and the functions around it. `name`: fmin, Scan or minimize."""

    name: str
    node: ast.Call
    path: Path

    @property
    def function(self) -> ast.expr | None:
        """The expression of the model's function."""
        return self._arguments().get("function")

    @property
    def space(self) -> ast.expr | None:
        """The expression of the space or of the parameters."""
        return self._arguments().get("space")

    def _arguments(self) -> Mapping[str, ast.expr]:
        arguments = dict(zip(POSITIONS[self.name], self.node.args, strict=False))
        for name, value in keyword_arguments(self.node).items():
            if name in KEYWORDS:
                arguments[KEYWORDS[name]] = value
        return arguments


def find_searches(tree: ast.Module) -> list[Search]:
    """Every call that starts a search and is given a function, in the order of the text."""
    searches = []
    for node, path in iterate_with_path(tree):
        if isinstance(node, ast.Call):
            name = last_name(node.func)
            if name in POSITIONS:
                search = Search(name, node, path)
                if search.function is not None:
                    searches.append(search)
    return searches


def choose_search(tree: ast.Module, name: str) -> Search | None:
    """The search of this kind. Raises CustomModelError where there are several different ones."""
    searches = [search for search in find_searches(tree) if search.name == name]
    if len(searches) > MAX_SEARCHES:
        message = (
            f"The file searches more than {MAX_SEARCHES} times. Leave one call of {name} in it."
        )
        raise CustomModelError(message, searches[MAX_SEARCHES].node.lineno)
    searches = [search for search in searches if _builds_model(search, tree)]
    if not searches:
        return None
    first = searches[0]
    for search in searches[1:]:
        if _texts_of(search) != _texts_of(first):
            message = (
                f"The file searches in line {first.node.lineno}, too, for another model or in "
                f"another space. Leave one call of {name} in the file."
            )
            raise CustomModelError(message, search.node.lineno)
    return first


def called_function(expression: ast.expr | None, tree: ast.Module) -> ast.FunctionDef | None:
    """The function of the program that an expression stands for.

    `train`, `self.train`, `lambda p: train(p, x)`, `partial(train, x=x)`, `make_objective(x)`, or
    a name of any of these.
    """
    functions = all_functions(tree)
    values = _assigned_values(tree)
    queue = [expression]
    followed: set[str] = set()
    while queue:
        candidate = queue.pop()
        if candidate is None:
            continue
        for node in ast.walk(candidate):
            name = last_name(node)
            if name in functions:
                return functions[name]
            if name and name not in followed:
                followed.add(name)
                queue.append(values.get(name))
    return None


def _assigned_values(tree: ast.Module) -> dict[str, ast.expr]:
    """What a program binds to each name last."""
    values = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]):
                values[name] = node.value
    return values


def all_functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    """The functions of a program by name, those in functions and classes included.

    An object that is called stands under the name of its class.
    """
    functions: dict[str, ast.FunctionDef] = {}
    for node, path in iterate_with_path(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "__call__" and path:
            functions.setdefault(path[-1].name, node)
        if isinstance(node, ast.FunctionDef) and not (path and node.name in functions):
            functions[node.name] = node
    return functions


def follow_calls(
    function: ast.FunctionDef | None, functions: Mapping[str, ast.FunctionDef]
) -> list[ast.FunctionDef]:
    """A function and those that it names, directly or not."""
    followed: dict[str, ast.FunctionDef] = {}
    queue = [function]
    while queue:
        candidate = queue.pop()
        if candidate is None or candidate.name in followed:
            continue
        followed[candidate.name] = candidate
        for node in ast.walk(candidate):
            queue.append(functions.get(last_name(node)))
    return list(followed.values())


def _builds_model(search: Search, tree: ast.Module) -> bool:
    """Whether a function that is searched, or one that it calls, builds a model."""
    function = called_function(search.function, tree)
    for used_function in follow_calls(function, all_functions(tree)):
        if any(last_name(node) in MODEL_WORDS for node in ast.walk(used_function)):
            return True
    return False


def _texts_of(search: Search) -> tuple[str, str]:
    texts = []
    for expression in (search.function, search.space):
        texts.append("" if expression is None else ast.dump(expression))
    return texts[0], texts[1]
