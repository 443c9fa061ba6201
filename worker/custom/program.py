"""The program of a custom model, loaded with the values of one trial and ready to be called."""

import __future__

import ast
import linecache
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import CodeType
from typing import Any

from app.domain.custom.catalogue import named_parameters, to_program_values
from app.domain.custom.detection import CustomModel, TuningLibrary
from app.domain.custom.literals import find_functions, names_in
from app.domain.custom.location import LocatedProgram, locate_program
from app.domain.custom.searches import all_functions
from app.domain.custom.talos import nest_values
from worker.custom.braces import BraceReplacer
from worker.custom.data_names import NoScaler, find_data_names
from worker.custom.data_replacing import ARRAYS_NAME, SCALER, DataReplacer
from worker.custom.errors import traceback_file
from worker.custom.hp_stubs import HyperParameters
from worker.custom.hypermodels import (
    build_model,
    fit_model,
    fit_options,
    keras_tuner_globals,
)
from worker.custom.hyperopt_stubs import provide_hyperas, provide_hyperopt
from worker.custom.keras2 import Keras2Translator
from worker.custom.missing_imports import MISSING_NAME, Missing, tolerate_missing
from worker.custom.slicing import slice_program
from worker.custom.talos_stubs import provide_talos
from worker.custom.windows import WindowArrays

DATA_FUNCTION = "data"  # in Hyperas it returns the arrays; ours takes its place
FUNCTION_NAME = "__function__"  # the global of what is called
SPACE_NAME = "__space__"
# A hyperopt space and Hyperas' braces are replaced by values where they stand.
HOLD_THEIR_VALUES = (TuningLibrary.HYPEROPT, TuningLibrary.HYPERAS)
# Annotations are not evaluated: they may name what the sliced program lacks.
COMPILER_FLAGS = __future__.annotations.compiler_flag


class Program:
    """One program with the values of one trial."""

    def __init__(
        self, custom_model: CustomModel, parameters: Mapping[str, Any], windows: WindowArrays
    ) -> None:
        self.custom_model = custom_model
        self.windows = windows
        located = locate_program(custom_model.source)
        self._roles = find_data_names(located.tree)
        self._fit_options = fit_options(located.tree, parameters)
        self._globals = self._provided_globals(located, parameters)
        self._load(located, parameters)
        self._values = self._evaluate_values(parameters)

    def run(self) -> Any:
        """Call the program's function and return what it returns."""
        function = self._globals[FUNCTION_NAME]
        arrays = self.windows.as_arguments()
        match self.custom_model.library:
            case TuningLibrary.KERAS_TUNER:
                return self._run_hypermodel(function)
            case TuningLibrary.TALOS:
                return function(*arrays, nest_values(self._values))
            case TuningLibrary.HYPEROPT:
                return function(self._globals[SPACE_NAME])
            case TuningLibrary.HYPERAS:
                return function(*self._arrays_for(function))

    def _run_hypermodel(self, hypermodel: Any) -> Any:
        """Build the model, and fit it where the program does so itself."""
        keys = {parameter.key for parameter in self.custom_model.parameters}
        hp = HyperParameters(self._values, keys)
        if not self.custom_model.has_fit:
            return build_model(hypermodel, hp)
        return fit_model(hypermodel, hp, self.windows, self._fit_options)

    def _arrays_for(self, function: Any) -> list[Any]:
        """The arrays that a function's arguments name; in the usual order where they name none."""
        code = function.__code__
        n_arguments = code.co_argcount - len(function.__defaults__ or ())
        names = code.co_varnames[:n_arguments]
        roles = [self._roles.get(name) for name in names]
        arrays = self.windows.as_arguments()
        if None in roles:
            return list(arrays[:n_arguments])
        return [self.windows.by_role()[role] for role in roles if role is not None]

    def _provided_globals(
        self, located: LocatedProgram, parameters: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What a program finds at its top without a statement of its own."""
        custom_model = self.custom_model
        arrays = self.windows.by_role()
        provided: dict[str, Any] = {
            "__name__": f"models.{custom_model.name}",
            ARRAYS_NAME: {**arrays, SCALER: NoScaler()},
            MISSING_NAME: Missing,
        }
        for name, role in self._roles.items():
            provided[name] = arrays[role]
        functions = find_functions(located.tree)
        if any(function.name == DATA_FUNCTION for function in functions):
            provided[DATA_FUNCTION] = lambda *_, **__: self.windows.as_arguments()
        if custom_model.library == TuningLibrary.HYPEROPT:
            values = to_program_values(custom_model, parameters)
            named = named_parameters(custom_model)
            provided |= provide_hyperopt(located.tree, values, named)
        if custom_model.library == TuningLibrary.HYPERAS:
            provided |= provide_hyperas(located.tree)
        if custom_model.library == TuningLibrary.TALOS:
            provided |= provide_talos(located.tree)
        if custom_model.library == TuningLibrary.KERAS_TUNER:
            provided |= keras_tuner_globals(located.tree)
        return provided

    def _load(self, located: LocatedProgram, parameters: Mapping[str, Any]) -> None:
        """Run the statements at the top of the program that its function needs."""
        custom_model = self.custom_model
        file = traceback_file(custom_model.name)
        _show_in_tracebacks(file, custom_model.source)
        tree = located.tree
        if custom_model.library == TuningLibrary.HYPERAS:
            assert located.function is not None
            expressions = _expressions_of_values(custom_model, parameters)
            tree = BraceReplacer(located.function.name, expressions).visit(tree)
        tree = Keras2Translator(all_functions(tree)).visit(tree)
        tree = DataReplacer(self._roles).visit(tree)
        roots = [FUNCTION_NAME]
        tree.body.append(_assignment(FUNCTION_NAME, located.call))
        if custom_model.library == TuningLibrary.HYPEROPT and located.space is not None:
            tree.body.append(_assignment(SPACE_NAME, located.space))
            roots.append(SPACE_NAME)
        roots += self._names_in_values()
        ast.fix_missing_locations(tree)
        statements = slice_program(tree, roots, self._globals)
        module = ast.Module(tolerate_missing(statements), [])
        code = compile(module, file, "exec", COMPILER_FLAGS, dont_inherit=True)
        with no_arguments(file):
            exec(code, self._globals)

    def _names_in_values(self) -> list[str]:
        """The names in values such as a class, where the program does not hold them itself."""
        names: list[str] = []
        if self.custom_model.library in HOLD_THEIR_VALUES:
            return names
        for parameter in named_parameters(self.custom_model):
            for text in parameter.expressions.values():
                expression = ast.parse(text, mode="eval")
                names += names_in(expression)
        return names

    def _evaluate_values(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The values by the program's names, unless the program holds them itself."""
        custom_model = self.custom_model
        values = to_program_values(custom_model, parameters)
        if custom_model.library in HOLD_THEIR_VALUES:
            return values
        for parameter in named_parameters(custom_model):
            key = parameter.key
            if key in values:
                text = parameter.expressions.get(str(values[key]))
                if text is not None:
                    values[key] = eval(text, self._globals)
        return values


@contextmanager
def no_arguments(file: str) -> Iterator[None]:
    """While this lasts, a program finds no arguments but its own name on its command line."""
    arguments = sys.argv
    sys.argv = [file]
    try:
        yield
    finally:
        sys.argv = arguments


def compile_whole(custom_model: CustomModel) -> CodeType:
    """The code of a program with all its functions, as a slot compiles it. Nothing of it runs."""
    tree = locate_program(custom_model.source).tree
    ast.fix_missing_locations(tree)
    file = traceback_file(custom_model.name)
    code: CodeType = compile(tree, file, "exec", COMPILER_FLAGS, dont_inherit=True)
    return code


def _expressions_of_values(
    custom_model: CustomModel, parameters: Mapping[str, Any]
) -> dict[str, ast.expr]:
    """The value of each of the program's parameters as an expression."""
    values = to_program_values(custom_model, parameters)
    expressions = {}
    for parameter in named_parameters(custom_model):
        value = values.get(parameter.key, parameter.hyperparameter.default)
        text = parameter.expressions.get(str(value), repr(value))
        expressions[parameter.key] = ast.parse(text, mode="eval").body
    return expressions


def _assignment(name: str, value: ast.expr) -> ast.stmt:
    target = ast.Name(name, ast.Store())
    assignment = ast.Assign([target], value)
    if hasattr(value, "lineno"):
        return ast.copy_location(assignment, value)
    return assignment


def _show_in_tracebacks(file: str, source: str) -> None:
    """Let tracebacks quote the lines of a program, which is compiled from no file."""
    linecache.cache[file] = (
        len(source),
        None,  # no time of change, because there is no file to compare with
        source.splitlines(keepends=True),
        file,
    )
