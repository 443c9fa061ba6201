"""Values written in a program, evaluated from its syntax tree without running anything."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from app.domain.custom.arithmetic import LITERAL_FUNCTIONS, MAX_LITERAL, OPERATORS, calculate

MAX_LISTED_VALUES = 1000  # of a range, and of the values that a hyperparameter chooses from
MAX_VALUES = 10_000  # that one expression stands for, those in lists of lists included
MAX_CONSTANT_VALUES = 100_000  # that are bound to names at the top of a program
MAX_EXCERPT_LENGTH = 60  # characters of an expression that an error message quotes
MAX_QUOTED_NODES = 500  # of an expression that is written out to be quoted
Constants = Mapping[str, object]  # names bound to plain values at the top of the program


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


def is_larger_than(node: ast.AST, n_nodes: int) -> bool:
    """Whether a tree has more nodes than this, which are not counted any further."""
    nodes = islice(ast.walk(node), n_nodes + 1)
    return sum(1 for _ in nodes) > n_nodes


def start_of(node: ast.expr) -> tuple[int, int]:
    """The line and the column where an expression starts."""
    return node.lineno, node.col_offset


def collect_constants(tree: ast.Module) -> dict[str, object]:
    """The names that a program binds to plain values at its top.

    Those beyond MAX_CONSTANT_VALUES are left out.
    """
    constants: dict[str, object] = {}
    evaluator = _Evaluator(constants, MAX_CONSTANT_VALUES)
    for statement in tree.body:
        if not isinstance(statement, ast.Assign):
            continue
        if len(statement.targets) != 1:
            continue
        target = statement.targets[0]
        if not isinstance(target, ast.Name):
            continue
        try:
            constants[target.id] = evaluator.evaluate(statement.value)
        except CustomModelError:
            constants.pop(target.id, None)
    return constants


def evaluate(node: ast.expr, constants: Constants) -> object:
    """The plain value of an expression.

    Raises CustomModelError for an expression whose value is known only when it is run, and for one
    that stands for more than MAX_VALUES.
    """
    evaluator = _Evaluator(constants, MAX_VALUES)
    return evaluator.evaluate(node)


def evaluate_number(node: ast.expr, constants: Constants) -> float:
    """The number that an expression stands for. Raises CustomModelError where it is none."""
    value = evaluate(node, constants)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _not_a_plain_value(node)
    if not abs(value) <= MAX_LITERAL:  # NaN is refused, too
        raise _not_a_plain_value(node)
    return value


def evaluate_range(call: ast.Call, constants: Constants) -> range:
    """The numbers of `range(…)`, at most MAX_LISTED_VALUES.

    Raises CustomModelError where they are more, or an argument is no number.
    """
    ends = []
    for argument in call.args:
        number = evaluate_number(argument, constants)
        ends.append(int(number))
    try:
        numbers = range(*ends)
    except (TypeError, ValueError):
        raise _not_a_plain_value(call) from None
    _refuse_long_range(numbers, call)
    return numbers


def _refuse_long_range(numbers: range, node: ast.AST) -> None:
    """Raise CustomModelError before the numbers of a long range are listed."""
    count = len(numbers)
    if count > MAX_LISTED_VALUES:
        raise _too_many_values(node, count, MAX_LISTED_VALUES)


def _too_many_values(node: ast.AST, count: int, limit: int) -> CustomModelError:
    message = (
        f'"{_excerpt(node)}" has {count:,} values, but at most {limit:,} can be listed. '
        "Write a range to draw from, or fewer values."
    )
    line = getattr(node, "lineno", 0)
    return CustomModelError(message, line)


def _not_a_plain_value(node: ast.AST) -> CustomModelError:
    message = f'"{_excerpt(node)}" cannot be read without running it. Write plain values.'
    line = getattr(node, "lineno", 0)
    return CustomModelError(message, line)


def _excerpt(node: ast.AST) -> str:
    """The text of an expression, shortened for an error message."""
    if is_larger_than(node, MAX_QUOTED_NODES):
        return "…"
    text = ast.unparse(node)
    if len(text) <= MAX_EXCERPT_LENGTH:
        return text
    start = text[: MAX_EXCERPT_LENGTH - 1]
    return f"{start}…"


@dataclass
class _Evaluator:
    """Evaluates expressions until they have made too many values.

    `values_left`: how many they may still make. They are counted before they are made.
    """

    constants: Constants
    values_left: int

    def evaluate(self, node: ast.expr) -> Any:
        """The plain value of an expression. Raises CustomModelError."""
        try:
            return self._value_of(node)
        except CustomModelError:
            raise
        except (ArithmeticError, TypeError, ValueError, KeyError, AttributeError):
            raise _not_a_plain_value(node) from None

    def _value_of(self, node: ast.expr) -> Any:
        self._count(node, 1)
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                return self._look_up(node)
            case ast.List():
                return [self._value_of(item) for item in node.elts]
            case ast.Tuple():
                return tuple(self._value_of(item) for item in node.elts)
            case ast.Dict():
                return self._dictionary_of(node)
            case ast.UnaryOp(op=ast.USub()):
                return -self._value_of(node.operand)
            case ast.BinOp() if type(node.op) in OPERATORS:
                left = self._value_of(node.left)
                right = self._value_of(node.right)
                return calculate(node.op, left, right)
            case ast.Call(keywords=[]):
                return self._result_of(node)
        raise _not_a_plain_value(node)

    def _count(self, node: ast.AST, n_values: int) -> None:
        if n_values > self.values_left:
            raise _not_a_plain_value(node)
        self.values_left -= n_values

    def _look_up(self, name: ast.Name) -> object:
        """The value of a name, counted with all that it holds: names in names would double it."""
        value = self.constants[name.id]
        self._count(name, _count_values(value))
        return value

    def _dictionary_of(self, node: ast.Dict) -> dict[Any, Any]:
        keys = []
        for key in node.keys:
            if not isinstance(key, ast.Constant):
                raise _not_a_plain_value(node)
            keys.append(key.value)
        values = [self._value_of(value) for value in node.values]
        return dict(zip(keys, values, strict=True))

    def _result_of(self, node: ast.Call) -> Any:
        arguments = [self._value_of(argument) for argument in node.args]
        name = last_name(node.func)
        if name in LITERAL_FUNCTIONS:
            function = LITERAL_FUNCTIONS[name]
            return function(*arguments)
        has_integers_only = all(isinstance(argument, int) for argument in arguments)
        if name == "range" and has_integers_only:
            numbers = range(*arguments)
            _refuse_long_range(numbers, node)
            self._count(node, len(numbers))
            return list(numbers)
        if name in ("list", "tuple") and len(arguments) == 1:
            values = arguments[0]
            if isinstance(values, list | tuple):
                return list(values)
        raise _not_a_plain_value(node)


def _count_values(value: object) -> int:
    """How many values a value holds, itself included."""
    if isinstance(value, dict):
        parts = list(value.values())
    elif isinstance(value, list | tuple):
        parts = list(value)
    else:
        return 1
    return 1 + sum(_count_values(part) for part in parts)
