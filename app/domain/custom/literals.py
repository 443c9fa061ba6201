"""What is read from the syntax tree of a program: its functions, calls and plain values."""

import ast
from collections.abc import Iterator

from app.domain.literals.bindings import collect_bindings
from app.domain.literals.evaluator import Evaluator
from app.domain.literals.names import Constants
from app.domain.literals.notebooks import parse_notebook
from app.domain.literals.values import (
    MAX_LITERAL,
    LiteralError,
    cannot_be_read,
    items_of,
    to_expression,
    to_plain,
)

__all__ = [
    "Constants",
    "CustomModelError",
    "collect_constants",
    "evaluate",
    "evaluate_number",
    "find_calls",
    "find_functions",
    "keyword_arguments",
    "last_name",
    "list_options",
    "names_in",
    "parse_program",
    "start_of",
]


class CustomModelError(ValueError):
    """Why a file is no custom model that can be searched. Line 0 is no line in particular."""

    def __init__(self, message: str, line: int = 0) -> None:
        self.message = message
        if line:
            message = f"Line {line}: {message}"
        super().__init__(message)
        self.line = line

    def at_line(self, line: int) -> "CustomModelError":
        """The same error with a line, unless it names one already."""
        if self.line:
            return self
        return CustomModelError(str(self), line)


def parse_program(source: str) -> ast.Module:
    """The syntax tree of a program, without the `if` around `if __name__ == "__main__"` blocks.

    Raises SyntaxError and what else `ast.parse` raises.
    """
    tree = parse_notebook(source)
    body: list[ast.stmt] = []
    for statement in tree.body:
        if isinstance(statement, ast.If) and _tests_for_main(statement):
            body += statement.body
        else:
            body.append(statement)
    return ast.Module(body, tree.type_ignores)


def _tests_for_main(statement: ast.If) -> bool:
    names = names_in(statement.test)
    return "__name__" in names


def names_in(tree: ast.AST) -> set[str]:
    """All names in a tree: `np` and `x` for `np.log(x)`."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            names.add(node.id)
    return names


def last_name(node: ast.AST | None) -> str:
    """`b` of `a.b` or of `b`; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return node.id
    return ""


def find_functions(tree: ast.Module) -> list[ast.FunctionDef]:
    """The functions at the top of a program."""
    functions = []
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            functions.append(statement)
    return functions


def find_calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    """The calls of a function or method of this name, anywhere in a tree."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if last_name(node.func) == name:
            yield node


def keyword_arguments(call: ast.Call) -> dict[str, ast.expr]:
    """The keyword arguments of a call by name."""
    arguments = {}
    for keyword in call.keywords:
        if keyword.arg:
            arguments[keyword.arg] = keyword.value
    return arguments


def start_of(node: ast.expr) -> tuple[int, int]:
    """The line and the column where an expression starts."""
    return node.lineno, node.col_offset


def collect_constants(tree: ast.Module) -> dict[str, object]:
    """What a program binds to names at its top: see `collect_bindings`."""
    return collect_bindings(tree)


def evaluate(node: ast.expr, constants: Constants) -> object:
    """The plain value of an expression; numpy's arrays and sets become lists.

    Raises CustomModelError with a line for an expression whose value is known only when it is run,
    and for one that stands for too many values.
    """
    evaluator = Evaluator(constants)
    try:
        return to_plain(evaluator.evaluate(node))
    except LiteralError as error:
        raise _to_custom_model_error(error) from None
    except TypeError:
        raise _not_a_plain_value(node) from None


def list_options(node: ast.expr, constants: Constants) -> list[ast.expr]:
    """The expressions of the values that a list has, however it is written.

    `[16, keras.optimizers.Adam]`, `np.arange(0, 0.5, 0.1)`, a name of either or `CELLS.keys()`.
    Raises CustomModelError with a line where it is no list, or only a run would know it.
    """
    evaluator = Evaluator(constants, keeps_unread=True)
    try:
        values = evaluator.evaluate(node)
        if isinstance(values, str):
            raise _not_a_plain_value(node)
        options = items_of(values)
        if isinstance(values, list | tuple):
            options = list(values)
        return [to_expression(option) for option in options]
    except LiteralError as error:
        raise _to_custom_model_error(error) from None
    except TypeError:
        raise _not_a_plain_value(node) from None


def evaluate_number(node: ast.expr, constants: Constants) -> float:
    """The number that an expression stands for. Raises CustomModelError where it is none."""
    value = evaluate(node, constants)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _not_a_plain_value(node)
    if not abs(value) <= MAX_LITERAL:  # NaN is refused, too
        raise _not_a_plain_value(node)
    return value


def _to_custom_model_error(error: LiteralError) -> CustomModelError:
    line = getattr(error.node, "lineno", 0)
    return CustomModelError(str(error), line)


def _not_a_plain_value(node: ast.AST) -> CustomModelError:
    return _to_custom_model_error(cannot_be_read(node))
