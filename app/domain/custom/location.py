"""Where a program's model is: its library, its function, and the space beside it."""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.domain.custom import hyperas, hyperopt_objective, talos
from app.domain.custom.hoisting import Path, hoist, iterate_with_path
from app.domain.custom.hypermodels import Hypermodel, find_hypermodel
from app.domain.custom.literals import CustomModelError, collect_constants, parse_program
from app.domain.custom.searches import (
    all_functions,
    called_function,
    choose_search,
    find_searches,
    follow_calls,
)
from app.domain.literals.values import excerpt

MAX_FUNCTION_DEPTH = 3  # of functions in functions
USUAL_FUNCTION_NAMES = ("build", "build_model", "create_model", "model", "objective")

Level = tuple[Path, list[ast.FunctionDef]]


class TuningLibrary(StrEnum):
    """A library whose programs can be custom models."""

    TALOS = "talos"
    HYPERAS = "hyperas"
    KERAS_TUNER = "keras tuner"
    HYPEROPT = "hyperopt"


@dataclass(frozen=True)
class LocatedProgram:
    """A program whose model and space stand at its top.

    `function`: the one that builds the model; `call`: the expression of what is called with the
    values of a trial, such as `lambda p: train(p, x_train)`; `space`: the one of the space;
    `hypermodel`: what a Keras Tuner program has in their place.
    """

    tree: ast.Module
    library: TuningLibrary
    function: ast.FunctionDef | None
    call: ast.expr
    space: ast.expr | None = None
    hypermodel: Hypermodel | None = None

    def used_functions(self) -> list[ast.FunctionDef]:
        """The function and those of the program that it calls, directly or not."""
        return follow_calls(self.function, all_functions(self.tree))


def locate_program(source: str) -> LocatedProgram:
    """Find the model in a program's text.

    Raises CustomModelError where there is none, SyntaxError and what else `ast.parse` raises.
    """
    tree = parse_program(source)
    levels = _functions_by_depth(tree)
    located = (
        _locate_function(tree, levels, TuningLibrary.HYPERAS, hyperas.has_double_braces)
        or _locate_search(tree, "Scan", TuningLibrary.TALOS)
        or _locate_search(tree, "fmin", TuningLibrary.HYPEROPT)
        or _locate_hypermodel(tree)
    )
    for library, is_possible in RECOGNITIONS.items():
        if located is None:
            located = _locate_function(tree, levels, library, is_possible)
    if located is not None:
        return located
    raise _no_model(tree)


def _no_model(tree: ast.Module) -> CustomModelError:
    """What is known of a program in which no model was found."""
    for search in find_searches(tree):
        assert search.function is not None
        function = called_function(search.function, tree)
        text = excerpt(search.function)
        line = search.node.lineno
        if function is None:
            return CustomModelError(
                f'{search.name} is given "{text}", which is no function of this file. Copy it '
                "into the file: no other files are read.",
                line,
            )
        return CustomModelError(
            f'{search.name} is given "{text}", which builds no Keras model: Sequential(…), '
            "Model(…) or compile(…) stands neither in it nor in what it calls.",
            line,
        )
    return CustomModelError(
        "The file has no function of a supported library: Talos' "
        "model(x_train, y_train, x_val, y_val, params), a Hyperas function with {{choice(…)}}, "
        "Keras Tuner's build(hp), or a hyperopt objective beside its space."
    )


def _functions_by_depth(tree: ast.Module) -> list[Level]:
    """The functions at the top, then those inside each of them, and so on; usual names first."""
    functions_by_path: dict[Path, list[ast.FunctionDef]] = {}
    for node, path in iterate_with_path(tree):
        is_method = any(isinstance(definition, ast.ClassDef) for definition in path)
        if isinstance(node, ast.FunctionDef) and not is_method:
            functions_by_path.setdefault(path, []).append(node)
    levels = []
    for path in sorted(functions_by_path, key=len):
        if len(path) <= MAX_FUNCTION_DEPTH:
            functions = functions_by_path[path]
            functions.sort(key=lambda function: function.name not in USUAL_FUNCTION_NAMES)
            levels.append((path, functions))
    return levels


def _locate_function(
    tree: ast.Module,
    levels: Sequence[Level],
    library: TuningLibrary,
    is_possible: Callable[[ast.FunctionDef], bool],
) -> LocatedProgram | None:
    """A program whose search is not in it, or says nothing about the function."""
    for path, functions in levels:
        for function in functions:
            if is_possible(function):
                tree = hoist(tree, path)
                space = None
                if library == TuningLibrary.HYPEROPT:
                    space = hyperopt_objective.find_space(tree, function)
                call = ast.Name(function.name, ast.Load())
                return LocatedProgram(tree, library, function, call, space)
    return None


def _locate_hypermodel(tree: ast.Module) -> LocatedProgram | None:
    """A program for Keras Tuner."""
    hypermodel = find_hypermodel(tree, collect_constants(tree))
    if hypermodel is None:
        return None
    call = ast.parse(hypermodel.expression, mode="eval").body
    return LocatedProgram(
        tree,
        TuningLibrary.KERAS_TUNER,
        function=None,
        call=call,
        hypermodel=hypermodel,
    )


def _locate_search(
    tree: ast.Module, search_name: str, library: TuningLibrary
) -> LocatedProgram | None:
    """A program that starts its search itself."""
    search = choose_search(tree, search_name)
    if search is None:
        return None
    tree = hoist(tree, search.path)
    call = search.function
    assert call is not None
    function = called_function(call, tree)
    if function is None:
        message = f'"{ast.unparse(call)}" is no function of this file. Write it into the file.'
        raise CustomModelError(message, call.lineno)
    space = search.space
    if space is None and library == TuningLibrary.HYPEROPT:
        space = hyperopt_objective.find_space(tree, function)
    return LocatedProgram(tree, library, function, call, space)


RECOGNITIONS: Mapping[TuningLibrary, Callable[[ast.FunctionDef], bool]] = {
    TuningLibrary.TALOS: talos.is_model,
    TuningLibrary.HYPEROPT: hyperopt_objective.is_objective,
}
