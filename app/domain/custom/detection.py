"""For which tuning library a file is written, and what it lets one search."""

import ast
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256

from app.domain.custom import hyperas, hyperopt_objective, keras_tuner, talos
from app.domain.custom.hypermodels import Hypermodel, find_hypermodel
from app.domain.custom.literals import (
    CustomModelError,
    collect_constants,
    evaluate_number,
    find_calls,
    find_functions,
    keyword_arguments,
    parse_program,
)
from app.domain.custom.parameters import CustomParameter

MAX_SOURCE_LENGTH = 200_000  # characters
MAX_CACHED_MODELS = 64
USUAL_FUNCTION_NAMES = ("build", "build_model", "create_model", "model", "objective")
POSITION_OF_EPOCHS = 3  # in model.fit(x, y, batch_size, epochs)


class TuningLibrary(StrEnum):
    """A library whose programs can be custom models."""

    TALOS = "talos"
    HYPERAS = "hyperas"
    KERAS_TUNER = "keras tuner"
    HYPEROPT = "hyperopt"


@dataclass(frozen=True)
class CustomModel:
    """A program of the user's that builds a Keras model from hyperparameters.

    `function_name`: the function that a slot calls.
    `space_name`: the name that a hyperopt program binds to its space.
    `builder`: the expression that makes what a Keras Tuner program gives its tuner, and
    `has_fit`: whether that one fits its model itself.
    `epochs`: the number that the program's own fit is given, where it is a plain number.
    """

    name: str
    source: str
    library: TuningLibrary
    function_name: str
    parameters: tuple[CustomParameter, ...] = field(compare=False)
    space_name: str | None = None
    builder: str = ""
    has_fit: bool = False
    epochs: int | None = None

    @property
    def fits_itself(self) -> bool:
        """Whether the program calls model.fit; else it returns a compiled model to be fitted."""
        return self.library != TuningLibrary.KERAS_TUNER or self.has_fit

    @property
    def source_hash(self) -> str:
        """The SHA-256 of the program: another program is another training."""
        encoded_source = self.source.encode()
        return sha256(encoded_source).hexdigest()


@lru_cache(MAX_CACHED_MODELS)
def detect_custom_model(name: str, source: str) -> CustomModel:
    """The custom model in a program's text, which is read and never run.

    Raises CustomModelError with a line and the reason in words.
    """
    if len(source) > MAX_SOURCE_LENGTH:
        raise CustomModelError(
            f"The file has {len(source):,} characters. At most {MAX_SOURCE_LENGTH:,} are possible."
        )
    try:
        return _detect(name, source, parse_program(source))
    except SyntaxError as error:
        message = f"This is not valid Python: {error.msg}."
        raise CustomModelError(message, error.lineno or 0) from None
    except CustomModelError:
        raise
    except (ValueError, RecursionError, MemoryError) as error:
        raise CustomModelError(f"This cannot be read as a program: {error}.") from None


def _detect(name: str, source: str, tree: ast.Module) -> CustomModel:
    hypermodel = None
    if not _has_double_braces(tree):
        hypermodel = find_hypermodel(tree, collect_constants(tree))
    if hypermodel is not None:
        return _describe_hypermodel(name, source, tree, hypermodel)
    library, function = _find_function(tree)
    space_name = None
    if library == TuningLibrary.HYPEROPT:
        space_name = hyperopt_objective.find_space_name(tree, function)
    return CustomModel(
        name=name,
        source=source,
        library=library,
        function_name=function.name,
        parameters=tuple(_read_parameters(tree, library, function)),
        space_name=space_name,
        epochs=_find_epochs(function),
    )


def _has_double_braces(tree: ast.Module) -> bool:
    return any(hyperas.find_double_braces(function) for function in find_functions(tree))


def _describe_hypermodel(
    name: str, source: str, tree: ast.Module, hypermodel: Hypermodel
) -> CustomModel:
    """The custom model of a program for Keras Tuner."""
    return CustomModel(
        name=name,
        source=source,
        library=TuningLibrary.KERAS_TUNER,
        function_name=hypermodel.name,
        parameters=tuple(keras_tuner.read_parameters(tree, hypermodel)),
        builder=hypermodel.expression,
        has_fit=hypermodel.fit is not None,
    )


def _find_function(tree: ast.Module) -> tuple[TuningLibrary, ast.FunctionDef]:
    """The function that builds the model, and the library that would call it."""
    functions = find_functions(tree)
    functions.sort(key=lambda function: function.name not in USUAL_FUNCTION_NAMES)
    for function in functions:
        if hyperas.find_double_braces(function):
            return TuningLibrary.HYPERAS, function
    for function in functions:
        if talos.is_model(function):
            return TuningLibrary.TALOS, function
    objectives = {call.objective for call in hyperopt_objective.find_fmin_calls(tree)}
    for function in functions:
        if hyperopt_objective.is_objective(function, objectives):
            return TuningLibrary.HYPEROPT, function
    raise CustomModelError(
        "The file has no function of a supported library: Talos' "
        "model(x_train, y_train, x_val, y_val, params), a Hyperas function with {{choice(…)}}, "
        "Keras Tuner's build(hp), or a hyperopt objective beside its space."
    )


def _read_parameters(
    tree: ast.Module, library: TuningLibrary, function: ast.FunctionDef
) -> list[CustomParameter]:
    constants = collect_constants(tree)
    match library:
        case TuningLibrary.HYPERAS:
            return hyperas.read_parameters(function, constants)
        case TuningLibrary.TALOS:
            return talos.read_parameters(tree, function, constants)
        case TuningLibrary.HYPEROPT:
            return hyperopt_objective.read_parameters(tree, function, constants)
        case TuningLibrary.KERAS_TUNER:
            raise AssertionError("Keras Tuner's parameters are those of its hypermodel")


def _find_epochs(function: ast.FunctionDef) -> int | None:
    """The plain number of epochs of the only fit; None where a loop or a second fit adds more."""
    fits = list(find_calls(function, "fit"))
    if len(fits) != 1:
        return None
    fit = fits[0]
    if _is_in_loop(fit, function):
        return None
    epochs = _epochs_argument(fit)
    if not isinstance(epochs, ast.Constant):
        return None
    number = evaluate_number(epochs, {})
    return int(number)


def _epochs_argument(fit: ast.Call) -> ast.expr | None:
    if len(fit.args) > POSITION_OF_EPOCHS:
        return fit.args[POSITION_OF_EPOCHS]
    named_arguments = keyword_arguments(fit)
    return named_arguments.get("epochs")


def _is_in_loop(call: ast.Call, function: ast.FunctionDef) -> bool:
    nodes_in_loops: set[ast.AST] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.For | ast.While):
            nodes_in_loops.update(ast.walk(node))
    return call in nodes_in_loops
