"""Imports of what is not installed, which a program may need only after its training."""

import ast
from typing import Any, NoReturn

from app.domain.custom.names import imported_name

MISSING_NAME = "__missing__"  # the global that makes a Missing of an error
ERROR_NAME = "__import_error__"


class Missing:
    """Stands in for what could not be imported, until the program uses it."""

    def __init__(self, error: ImportError) -> None:
        self._error = error

    def __getattr__(self, name: str) -> Any:
        """Raise the error of the import."""
        self._fail()

    def __call__(self, *_: Any, **__: Any) -> Any:
        """Raise the error of the import."""
        self._fail()

    def _fail(self) -> NoReturn:
        """Raise the error anew, so that it names the line of its use."""
        raise type(self._error)(str(self._error)) from None


def tolerate_missing(statements: list[ast.stmt]) -> list[ast.stmt]:
    """The statements with imports that bind a Missing where they fail."""
    tolerant = []
    for statement in statements:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            statement = _tolerate(statement)
        tolerant.append(statement)
    return tolerant


def _tolerate(statement: ast.Import | ast.ImportFrom) -> ast.stmt:
    names = [imported_name(statement, alias) for alias in statement.names]
    if "*" in names:
        return statement
    missing = ast.Call(ast.Name(MISSING_NAME, ast.Load()), [ast.Name(ERROR_NAME, ast.Load())], [])
    targets: list[ast.expr] = [ast.Name(name, ast.Store()) for name in names]
    handler = ast.ExceptHandler(
        type=ast.Name(ImportError.__name__, ast.Load()),
        name=ERROR_NAME,
        body=[ast.Assign(targets, missing)],
    )
    attempt = ast.copy_location(ast.Try([statement], [handler], [], []), statement)
    return ast.fix_missing_locations(attempt)
