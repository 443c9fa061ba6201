"""A program of the owner's own, loaded with the values of one trial, ready to be called with windows."""

import __future__

import ast
import linecache
import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from app.domain.custom import hyperas
from app.domain.custom.catalogue import given_values, settled
from app.domain.custom.detection import CustomModel, Shape
from app.domain.custom.literals import program
from worker.custom.hp_stubs import HyperParameters, Scope, Space
from worker.custom.slicing import needed

CHOSEN = "__chosen__"
UNTELLING = re.compile(
    r"Graph execution error|Detected at node|\s|File \"|<stack traces"
)  # TensorFlow's first lines


class ProgramError(Exception):
    """What went wrong in the owner's file, with its line."""


@dataclass(frozen=True)
class Windows:
    """What a program trains on: x float32 (windows, time_steps, features), y float32 (windows,)."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_val: np.ndarray
    y_val: np.ndarray

    def all(self) -> tuple[np.ndarray, ...]:
        """In the order in which functions take them."""
        return self.x_train, self.y_train, self.x_val, self.y_val

    def named(self) -> dict[str, np.ndarray]:
        """Under the names at the top of a module that programs read them from. The test part is never handed over."""
        judged = dict.fromkeys(("val", "valid", "validation", "test"), (self.x_val, self.y_val))
        found: dict[str, np.ndarray] = {}
        for part, pair in {"train": (self.x_train, self.y_train), **judged}.items():
            for letters, values in zip(("xX", "yY"), pair, strict=True):
                for letter in letters:
                    found |= dict.fromkeys(
                        (f"{letter}_{part}", f"{part}_{letter}", f"{part}{letter}"), values
                    )
        return found


class Program:
    """One file with the values of one trial."""

    def __init__(
        self, custom_model: CustomModel, parameters: Mapping[str, Any], windows: Windows
    ) -> None:
        self.custom_model, self.windows = custom_model, windows
        self.file = file_of(custom_model.name)
        self.tree = program(custom_model.source)
        self.names: dict[str, Any] = {
            "__name__": f"models.{custom_model.name}",
            **self._given(parameters),
        }
        self._load()
        self.values = self._values(parameters)

    def run(self) -> Any:
        """Call the program's function; what it returns."""
        function = self.names[self.custom_model.function]
        if self.custom_model.shape is Shape.KERAS_TUNER:
            return function(HyperParameters(self.values))
        if self.custom_model.shape is Shape.TALOS:
            return function(*self.windows.all(), dict(self.values))
        if self.custom_model.shape is Shape.HYPEROPT:
            return function(self.names[str(self.custom_model.space)])
        self.names[CHOSEN] = self.values
        count = function.__code__.co_argcount - len(function.__defaults__ or ())
        return function(*self.windows.all()[:count])

    def _given(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Names the program finds at its top: windows, a data function of ours for its own, hyperopt's hp."""
        given: dict[str, Any] = dict(self.windows.named())
        if any(
            isinstance(statement, ast.FunctionDef) and statement.name == "data"
            for statement in self.tree.body
        ):
            given["data"] = lambda *_, **__: self.windows.all()
        if self.custom_model.shape is Shape.HYPEROPT:
            space = Space(given_values(self.custom_model, parameters), settled(self.custom_model))
            library = {
                "hp": space,
                "STATUS_OK": "ok",
                "STATUS_FAIL": "fail",
                "pyll": SimpleNamespace(scope=Scope),
            }
            given |= {"hp": space, "scope": Scope, "hyperopt": SimpleNamespace(**library)}
        return given

    def _roots(self) -> list[str]:
        """What has to be there: the function, and what the values name (a class) or hyperopt's space."""
        if self.custom_model.space is not None:
            return [self.custom_model.function, self.custom_model.space]
        texts = [text for row in settled(self.custom_model) for text in row.expressions.values()]
        nodes = [node for text in texts for node in ast.walk(ast.parse(text, mode="eval"))]
        return [
            self.custom_model.function,
            *(node.id for node in nodes if isinstance(node, ast.Name)),
        ]

    def _load(self) -> None:
        source = self.custom_model.source
        linecache.cache[self.file] = (
            len(source),
            None,
            source.splitlines(keepends=True),
            self.file,
        )
        answers = _Answered(self.custom_model.function)
        if self.custom_model.shape is Shape.HYPERAS:
            self.tree = answers.visit(self.tree)
        statements = needed(source, self.tree, self._roots(), {*self.names, *answers.asked})
        module = ast.fix_missing_locations(ast.Module(statements, []))
        flags = (
            __future__.annotations.compiler_flag
        )  # annotations are for readers: what they name may be missing
        exec(compile(module, self.file, "exec", flags, dont_inherit=True), self.names)

    def _values(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        found = {}
        for row in settled(self.custom_model):
            if row.name in parameters:
                value = parameters[row.name]
                text = (
                    row.expressions.get(str(value))
                    if self.custom_model.shape is not Shape.HYPEROPT
                    else None
                )
                found[row.key] = value if text is None else eval(text, self.names)
        return found


class _Answered(ast.NodeTransformer):
    """Double braces become the value chosen for them."""

    def __init__(self, function: str) -> None:
        self.function = function
        self.names: dict[int, str] = {}
        self.asked: set[str] = set()  # choice, uniform, …: no longer needed

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Name the braces of the network's function before any is replaced."""
        if node.name == self.function and not self.names:
            braces = hyperas.braces(node)
            self.names = {id(brace.node): brace.name for brace in braces}
            self.asked = {
                part.id
                for brace in braces
                for part in ast.walk(brace.call.func)
                if isinstance(part, ast.Name)
            }
        return self.generic_visit(node)

    def visit_Set(self, node: ast.Set) -> ast.AST:
        """The value instead of the braces."""
        if id(node) not in self.names:
            return self.generic_visit(node)
        key = ast.Constant(self.names[id(node)])
        return ast.copy_location(ast.Subscript(ast.Name(CHOSEN, ast.Load()), key, ast.Load()), node)


def file_of(name: str) -> str:
    """What tracebacks call the file."""
    return f"models/{name}.py"


def explained(name: str, error: BaseException) -> ProgramError:
    """An error of a program in words: the line of the file where it came up, and what it was."""
    if isinstance(error, ProgramError):
        return error
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == file_of(name)
    ]
    if isinstance(error, SyntaxError) and error.filename == file_of(name):
        lines = [error.lineno]
    said = next(
        (
            line
            for line in str(error).strip().splitlines()
            if line.strip() and not UNTELLING.match(line)
        ),
        "",
    )
    where = f"{name}.py, line {lines[-1]}" if lines else f"{name}.py"
    return ProgramError(f"{where}: {type(error).__name__}: {said}".rstrip(": "))
