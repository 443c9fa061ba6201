"""For which tuning library a file is written, and what it lets one search."""

import ast
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256

from app.domain.custom import hyperas, hyperopt_objective, keras_tuner, talos
from app.domain.custom.hypermodels import Hypermodel
from app.domain.custom.literals import (
    Constants,
    CustomModelError,
    collect_constants,
    evaluate_number,
    find_calls,
    keyword_arguments,
)
from app.domain.custom.location import LocatedProgram, TuningLibrary, locate_program
from app.domain.custom.parameters import CustomParameter

MAX_SOURCE_LENGTH = 200_000  # characters
MAX_CACHED_MODELS = 64
__all__ = ["CustomModel", "TuningLibrary", "detect_custom_model"]

POSITION_OF_EPOCHS = 3  # in model.fit(x, y, batch_size, epochs)


@dataclass(frozen=True)
class CustomModel:
    """A program of the user's that builds a Keras model from hyperparameters.

    `function_name`: the function that a slot calls.
    `builder`: the expression that makes what a Keras Tuner program gives its tuner, and
    `has_fit`: whether that one fits its model itself.
    `epochs`: the number that the program's own fit is given, where it is a plain number.
    """

    name: str
    source: str
    library: TuningLibrary
    function_name: str
    parameters: tuple[CustomParameter, ...] = field(compare=False)
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
        return _detect(name, source)
    except SyntaxError as error:
        message = f"This is not valid Python: {error.msg}."
        raise CustomModelError(message, error.lineno or 0) from None
    except CustomModelError:
        raise
    except (ValueError, RecursionError, MemoryError) as error:
        raise CustomModelError(f"This cannot be parsed as a program: {error}.") from None


def _detect(name: str, source: str) -> CustomModel:
    program = locate_program(source)
    if program.hypermodel is not None:
        return _describe_hypermodel(name, source, program.tree, program.hypermodel)
    assert program.function is not None
    constants = collect_constants(program.tree)
    return CustomModel(
        name=name,
        source=source,
        library=program.library,
        function_name=program.function.name,
        parameters=tuple(_read_parameters(program, program.function, constants)),
        epochs=_find_epochs(program, constants),
    )


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


def _read_parameters(
    program: LocatedProgram, function: ast.FunctionDef, constants: Constants
) -> list[CustomParameter]:
    tree = program.tree
    if program.library == TuningLibrary.HYPERAS:
        return hyperas.read_parameters(function, constants)
    if program.library == TuningLibrary.TALOS:
        return talos.read_parameters(tree, program.space, function, constants)
    assert program.space is not None
    return hyperopt_objective.read_parameters(tree, program.space, function, constants)


def _find_epochs(program: LocatedProgram, constants: Constants) -> int | None:
    """The number of epochs of the only fit, where it is a plain one.

    None where it is a parameter, or where a loop or a second fit adds more.
    """
    fits: dict[ast.Call, ast.FunctionDef] = {}
    for function in program.used_functions():
        for fit in find_calls(function, "fit"):
            if _is_fit_of_model(fit):
                fits[fit] = function
    if len(fits) != 1:
        return None
    fit, function = fits.popitem()
    epochs = _epochs_argument(fit)
    if epochs is None or _is_in_loop(fit, function):
        return None
    try:
        number = evaluate_number(epochs, constants)
    except CustomModelError:
        return None
    return int(number)


def _is_fit_of_model(fit: ast.Call) -> bool:
    """Whether a call is Keras' fit rather than that of a scaler, which takes one argument."""
    return len(fit.args) + len(fit.keywords) > 1


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
