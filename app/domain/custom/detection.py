"""Which of the four shapes a file has, and what it lets one search."""

import ast
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256

from app.domain.custom import hyperas, hyperopt_objective, keras_tuner, talos
from app.domain.custom.literals import CustomModelError, constants, last_name, number_of, program
from app.domain.custom.parameters import CustomParameter

LONGEST_SOURCE = 200_000  # characters
KEPT = 64  # recognised files
USUAL = ("build", "build_model", "create_model", "model", "objective")


class Shape(StrEnum):
    """The four ways to write a network that is searched."""

    TALOS = "talos"
    HYPERAS = "hyperas"
    KERAS_TUNER = "keras tuner"
    HYPEROPT = "hyperopt"

    @property
    def fits_itself(self) -> bool:
        """The program calls model.fit; else it hands over a compiled model, and Foretune fits it."""
        return self is not Shape.KERAS_TUNER


@dataclass(frozen=True)
class CustomModel:
    """A file of the owner's own. `function` is what a slot calls; `space` the name bound to hyperopt's space."""

    name: str
    source: str
    shape: Shape
    function: str
    parameters: tuple[CustomParameter, ...] = field(compare=False)
    space: str | None = None
    epochs: int | None = None  # what the program's own fit says, where it says a plain number

    @property
    def content(self) -> str:
        """The SHA-256 of the program: another program is another training."""
        return sha256(self.source.encode()).hexdigest()


@lru_cache(KEPT)
def recognise(name: str, source: str) -> CustomModel:
    """The network in a program's text, which is read and never run. Raises CustomModelError with a line, in words."""
    if len(source) > LONGEST_SOURCE:
        raise CustomModelError(
            0, f"The file has {len(source):,} characters; {LONGEST_SOURCE:,} are the most."
        )
    try:
        return _recognised(name, source, program(source))
    except SyntaxError as error:
        raise CustomModelError(error.lineno or 0, f"This is no Python: {error.msg}.") from None
    except CustomModelError:
        raise
    except (ValueError, RecursionError, MemoryError) as error:
        raise CustomModelError(0, f"This cannot be read as a program: {error}.") from None


def _recognised(name: str, source: str, tree: ast.Module) -> CustomModel:
    shape, function = _shape(tree)
    found = _parameters(tree, shape, function)
    space = hyperopt_objective.space_name(tree, function) if shape is Shape.HYPEROPT else None
    return CustomModel(name, source, shape, function.name, tuple(found), space, _epochs(function))


def _shape(tree: ast.Module) -> tuple[Shape, ast.FunctionDef]:
    functions = [statement for statement in tree.body if isinstance(statement, ast.FunctionDef)]
    functions.sort(key=lambda function: function.name not in USUAL)
    for function in functions:
        if hyperas.braces(function):
            return Shape.HYPERAS, function
    for function in functions:
        if keras_tuner.is_build(function):
            return Shape.KERAS_TUNER, function
    for function in functions:
        if talos.is_model(function):
            return Shape.TALOS, function
    objectives = {objective for objective, _ in hyperopt_objective.given_to_fmin(tree)}
    for function in functions:
        if hyperopt_objective.is_objective(function, objectives):
            return Shape.HYPEROPT, function
    raise CustomModelError(
        0,
        "None of the four shapes was found: Talos' model(x_train, y_train, x_val, y_val, params), a Hyperas function "
        "with {{choice(…)}}, Keras Tuner's build(hp), or a hyperopt objective beside its space.",
    )


def _parameters(tree: ast.Module, shape: Shape, function: ast.FunctionDef) -> list[CustomParameter]:
    known = constants(tree)
    if shape is Shape.HYPERAS:
        return hyperas.parameters(function, known)
    if shape is Shape.TALOS:
        return talos.parameters(tree, function, known)
    if shape is Shape.HYPEROPT:
        return hyperopt_objective.parameters(tree, function, known)
    functions = {
        row.name: row
        for row in tree.body
        if isinstance(row, ast.FunctionDef) and row is not function
    }
    return keras_tuner.parameters(function, functions, known)


def _epochs(function: ast.FunctionDef) -> int | None:
    """The plain number of epochs of the only fit; None where a loop or a second fit may make it more."""
    fits = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and last_name(node.func) == "fit"
    ]
    loops = [node for node in ast.walk(function) if isinstance(node, ast.For | ast.While)]
    if len(fits) != 1 or any(node is fits[0] for loop in loops for node in ast.walk(loop)):
        return None
    given = [keyword.value for keyword in fits[0].keywords if keyword.arg == "epochs"] or fits[
        0
    ].args[3:4]
    return int(number_of(given[0], {})) if given and isinstance(given[0], ast.Constant) else None
