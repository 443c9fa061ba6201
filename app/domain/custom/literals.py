"""Values written in a program, evaluated from its syntax tree without running anything."""

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

MAX_LIST_LENGTH = 1000
MAX_LITERAL_EXPONENT = 1000
MAX_LITERAL = 1e15
MAX_EXCERPT_LENGTH = 60  # characters of an expression that an error message quotes
OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
}
LITERAL_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "log": math.log,
    "exp": math.exp,
    "log10": math.log10,
    "sqrt": math.sqrt,
}
Constants = Mapping[str, object]  # names bound to plain values at the top of the program


class CustomModelError(ValueError):
    """Why a file is no custom model that can be searched. Line 0 is no line in particular."""

    def __init__(self, message: str, line: int = 0) -> None:
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
    tree = ast.parse(source)
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
    """The names that a program binds to plain values at its top."""
    constants: dict[str, object] = {}
    for statement in tree.body:
        if not isinstance(statement, ast.Assign):
            continue
        if len(statement.targets) != 1:
            continue
        target = statement.targets[0]
        if not isinstance(target, ast.Name):
            continue
        try:
            constants[target.id] = evaluate(statement.value, constants)
        except CustomModelError:
            constants.pop(target.id, None)
    return constants


def evaluate(node: ast.expr, constants: Constants) -> object:
    """The plain value of an expression.

    Raises CustomModelError for an expression whose value is known only when it is run.
    """
    try:
        return _evaluate(node, constants)
    except CustomModelError:
        raise
    except (ArithmeticError, TypeError, ValueError, KeyError, AttributeError):
        raise _not_a_plain_value(node) from None


def evaluate_number(node: ast.expr, constants: Constants) -> float:
    """The number that an expression stands for. Raises CustomModelError where it is none."""
    value = evaluate(node, constants)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _not_a_plain_value(node)
    if not abs(value) <= MAX_LITERAL:  # NaN is refused, too
        raise _not_a_plain_value(node)
    return value


def evaluate_range(call: ast.Call, constants: Constants) -> range:
    """The numbers of `range(…)`. Raises CustomModelError where an argument is no number."""
    ends = []
    for argument in call.args:
        number = evaluate_number(argument, constants)
        ends.append(int(number))
    return range(*ends)


def _not_a_plain_value(node: ast.AST) -> CustomModelError:
    text = ast.unparse(node)
    if len(text) > MAX_EXCERPT_LENGTH:
        excerpt = text[: MAX_EXCERPT_LENGTH - 1]
        text = f"{excerpt}…"
    message = f'"{text}" cannot be read without running it. Write plain values.'
    line = getattr(node, "lineno", 0)
    return CustomModelError(message, line)


def _evaluate(node: ast.expr, constants: Constants) -> Any:
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return constants[node.id]
        case ast.List():
            return [_evaluate(item, constants) for item in node.elts]
        case ast.Tuple():
            return tuple(_evaluate(item, constants) for item in node.elts)
        case ast.Dict():
            return _evaluate_dictionary(node, constants)
        case ast.UnaryOp(op=ast.USub()):
            return -_evaluate(node.operand, constants)
        case ast.BinOp() if type(node.op) in OPERATORS:
            return _evaluate_operation(node, constants)
        case ast.Call(keywords=[]):
            arguments = [_evaluate(argument, constants) for argument in node.args]
            return _evaluate_call(node, arguments)
    raise _not_a_plain_value(node)


def _evaluate_dictionary(node: ast.Dict, constants: Constants) -> dict[Any, Any]:
    keys = []
    for key in node.keys:
        if not isinstance(key, ast.Constant):
            raise _not_a_plain_value(node)
        keys.append(key.value)
    values = [_evaluate(value, constants) for value in node.values]
    return dict(zip(keys, values, strict=True))


def _evaluate_operation(node: ast.BinOp, constants: Constants) -> Any:
    left = _evaluate(node.left, constants)
    right = _evaluate(node.right, constants)
    for number in (left, right):
        if not _is_small_number(number):
            raise _not_a_plain_value(node)
    is_power = isinstance(node.op, ast.Pow)
    if is_power and abs(right) > MAX_LITERAL_EXPONENT:
        raise _not_a_plain_value(node)
    operation = OPERATORS[type(node.op)]
    return operation(left, right)


def _is_small_number(value: object) -> bool:
    """Whether an operation with a value takes little time and memory."""
    if not isinstance(value, int | float):
        return False
    return abs(value) < MAX_LITERAL


def _evaluate_call(node: ast.Call, arguments: list[Any]) -> Any:
    name = last_name(node.func)
    if name in LITERAL_FUNCTIONS:
        function = LITERAL_FUNCTIONS[name]
        return function(*arguments)
    has_integers_only = all(isinstance(argument, int) for argument in arguments)
    if name == "range" and has_integers_only:
        numbers = range(*arguments)
        if len(numbers) > MAX_LIST_LENGTH:
            raise _not_a_plain_value(node)
        return list(numbers)
    if name in ("list", "tuple") and len(arguments) == 1:
        values = arguments[0]
        if isinstance(values, list | tuple):
            return list(values)
    raise _not_a_plain_value(node)
