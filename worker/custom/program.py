"""The program of a custom model, loaded with the values of one trial and ready to be called."""

import __future__

import ast
import linecache
from collections.abc import Mapping
from types import CodeType, SimpleNamespace
from typing import Any

from app.domain.custom.catalogue import named_parameters, to_program_values
from app.domain.custom.detection import CustomModel, TuningLibrary
from app.domain.custom.literals import find_functions, names_in, parse_program
from worker.custom.braces import VALUES_NAME, BraceReplacer
from worker.custom.errors import traceback_file
from worker.custom.hp_stubs import HyperoptScope, HyperoptSpace, HyperParameters
from worker.custom.hypermodels import (
    build_model,
    fit_model,
    fit_options,
    keras_tuner_globals,
)
from worker.custom.slicing import slice_program
from worker.custom.windows import WindowArrays

DATA_FUNCTION = "data"  # in Hyperas it returns the arrays; ours takes its place
# Annotations are not evaluated: they may name what the sliced program lacks.
COMPILER_FLAGS = __future__.annotations.compiler_flag


class Program:
    """One program with the values of one trial."""

    def __init__(
        self, custom_model: CustomModel, parameters: Mapping[str, Any], windows: WindowArrays
    ) -> None:
        self.custom_model = custom_model
        self.windows = windows
        self._globals: dict[str, Any] = {
            "__name__": f"models.{custom_model.name}",
            **windows.as_globals(),
        }
        tree = parse_program(custom_model.source)
        if _defines(tree, DATA_FUNCTION):
            self._globals[DATA_FUNCTION] = lambda *_, **__: windows.as_arguments()
        if custom_model.library == TuningLibrary.HYPEROPT:
            self._globals |= _hyperopt_globals(custom_model, parameters)
        if custom_model.library == TuningLibrary.KERAS_TUNER:
            self._globals |= keras_tuner_globals(tree)
        self._fit_options = fit_options(tree, parameters)
        self._load(tree)
        self._values = self._evaluate_values(parameters)

    def run(self) -> Any:
        """Call the program's function and return what it returns."""
        custom_model = self.custom_model
        if custom_model.library == TuningLibrary.KERAS_TUNER:
            return self._run_hypermodel()
        function = self._globals[custom_model.function_name]
        arrays = self.windows.as_arguments()
        match custom_model.library:
            case TuningLibrary.TALOS:
                return function(*arrays, dict(self._values))
            case TuningLibrary.HYPEROPT:
                space = self._globals[str(custom_model.space_name)]
                return function(space)
            case TuningLibrary.HYPERAS:
                self._globals[VALUES_NAME] = self._values
                n_arguments = _count_required_arguments(function)
                return function(*arrays[:n_arguments])

    def _run_hypermodel(self) -> Any:
        """Build the model, and fit it where the program does so itself."""
        keys = {parameter.key for parameter in self.custom_model.parameters}
        hp = HyperParameters(self._values, keys)
        hypermodel = eval(self.custom_model.builder, self._globals)
        if not self.custom_model.has_fit:
            return build_model(hypermodel, hp)
        return fit_model(hypermodel, hp, self.windows, self._fit_options)

    def _load(self, tree: ast.Module) -> None:
        """Run the statements at the top of the program that its function needs."""
        custom_model = self.custom_model
        source = custom_model.source
        file = traceback_file(custom_model.name)
        _show_in_tracebacks(file, source)
        provided = set(self._globals)
        if custom_model.library == TuningLibrary.HYPERAS:
            replacer = BraceReplacer(custom_model.function_name)
            tree = replacer.visit(tree)
            provided |= replacer.distributions
        needed_names = self._needed_names()
        statements = slice_program(source, tree, needed_names, provided)
        module = ast.Module(statements, [])
        ast.fix_missing_locations(module)
        code = compile(module, file, "exec", COMPILER_FLAGS, dont_inherit=True)
        exec(code, self._globals)

    def _needed_names(self) -> list[str]:
        """The function, and hyperopt's space or the names in values such as a class."""
        custom_model = self.custom_model
        names = [custom_model.function_name]
        if custom_model.builder:
            expression = ast.parse(custom_model.builder, mode="eval")
            names = list(names_in(expression))
        if custom_model.space_name is not None:
            return [*names, custom_model.space_name]
        for parameter in named_parameters(custom_model):
            for text in parameter.expressions.values():
                expression = ast.parse(text, mode="eval")
                names += names_in(expression)
        return names

    def _evaluate_values(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The values by the program's names. hyperopt's space evaluates its own expressions."""
        custom_model = self.custom_model
        values = to_program_values(custom_model, parameters)
        if custom_model.library == TuningLibrary.HYPEROPT:
            return values
        for parameter in named_parameters(custom_model):
            key = parameter.key
            if key in values:
                text = parameter.expressions.get(str(values[key]))
                if text is not None:
                    values[key] = eval(text, self._globals)
        return values


def compile_whole(custom_model: CustomModel) -> CodeType:
    """The code of a program with all its functions, as a slot compiles it. Nothing of it runs."""
    tree = parse_program(custom_model.source)
    if custom_model.library == TuningLibrary.HYPERAS:
        tree = BraceReplacer(custom_model.function_name).visit(tree)
    ast.fix_missing_locations(tree)
    file = traceback_file(custom_model.name)
    code: CodeType = compile(tree, file, "exec", COMPILER_FLAGS, dont_inherit=True)
    return code


def _defines(tree: ast.Module, name: str) -> bool:
    """Whether a program has a function of this name at its top."""
    functions = find_functions(tree)
    return any(function.name == name for function in functions)


def _count_required_arguments(function: Any) -> int:
    n_arguments = int(function.__code__.co_argcount)
    n_defaults = len(function.__defaults__ or ())
    return n_arguments - n_defaults


def _hyperopt_globals(custom_model: CustomModel, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in for the parts of hyperopt that a program may use."""
    values = to_program_values(custom_model, parameters)
    space = HyperoptSpace(values, named_parameters(custom_model))
    library = SimpleNamespace(
        hp=space,
        STATUS_OK="ok",
        STATUS_FAIL="fail",
        pyll=SimpleNamespace(scope=HyperoptScope),
    )
    return {"hp": space, "scope": HyperoptScope, "hyperopt": library}


def _show_in_tracebacks(file: str, source: str) -> None:
    """Let tracebacks quote the lines of a program, which is compiled from no file."""
    linecache.cache[file] = (
        len(source),
        None,  # no time of change, because there is no file to compare with
        source.splitlines(keepends=True),
        file,
    )
