"""Values written in a program, worked out from its syntax tree without running anything."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

LONGEST = 1000  # values a list in a program may have here
LARGEST_POWER = 1000
LARGEST = 1e15
CALCULATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "log": math.log,
    "exp": math.exp,
    "log10": math.log10,
    "sqrt": math.sqrt,
}
Known = Mapping[str, object]  # names bound to plain values at the top of the program


class CustomModelError(ValueError):
    """Why a file is no network that can be searched, and in which line (0: none in particular)."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"Line {line}: {message}" if line else message)
        self.line = line


def value_of(node: ast.expr, known: Known) -> object:
    """The plain value of an expression. Raises CustomModelError where it would have to be run to be known."""
    try:
        return _value(node, known)
    except (ArithmeticError, TypeError, ValueError, KeyError, AttributeError) as error:
        if isinstance(error, CustomModelError):
            raise
        raise unreadable(node) from None


def number_of(node: ast.expr, known: Known) -> float:
    """The number an expression stands for. Raises CustomModelError where it is none."""
    found = value_of(node, known)
    if isinstance(found, bool) or not isinstance(found, int | float) or not abs(found) <= LARGEST:
        raise unreadable(node)
    return found


def unreadable(node: ast.AST) -> CustomModelError:
    """What is said of an expression that is no plain value."""
    text = ast.unparse(node)
    shown = text if len(text) <= 60 else f"{text[:59]}…"
    return CustomModelError(
        getattr(node, "lineno", 0), f'"{shown}" cannot be read without running it: write values.'
    )


def program(source: str) -> ast.Module:
    """The syntax tree of a program; what stands under `if __name__ == "__main__"` counts as at its top."""
    tree = ast.parse(source)
    body: list[ast.stmt] = []
    for statement in tree.body:
        body += (
            statement.body if _is_main(statement) and isinstance(statement, ast.If) else [statement]
        )
    return ast.Module(body, tree.type_ignores)


def _is_main(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.If):
        return False
    return any(
        isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(statement.test)
    )


def last_name(node: ast.AST) -> str:
    """`b` of `a.b` or of `b`; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def constants(tree: ast.Module) -> dict[str, object]:
    """Names that the program binds to plain values at its top."""
    found: dict[str, object] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            if isinstance(target, ast.Name):
                try:
                    found[target.id] = value_of(statement.value, found)
                except CustomModelError:
                    found.pop(target.id, None)
    return found


def _value(node: ast.expr, known: Known) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return known[node.id]
    if isinstance(node, ast.List | ast.Tuple):
        listed = [_value(item, known) for item in node.elts]
        return listed if isinstance(node, ast.List) else tuple(listed)
    if isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys):
        keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
        return dict(zip(keys, [_value(item, known) for item in node.values], strict=True))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand, known)
    if isinstance(node, ast.BinOp) and type(node.op) in CALCULATIONS:
        return _calculated(node, known)
    if isinstance(node, ast.Call) and not node.keywords:
        return _called(node, [_value(argument, known) for argument in node.args])
    raise unreadable(node)


def _calculated(node: ast.BinOp, known: Known) -> Any:
    left, right = _value(node.left, known), _value(node.right, known)
    if not all(isinstance(side, int | float) and abs(side) < LARGEST for side in (left, right)):
        raise unreadable(node)
    if isinstance(node.op, ast.Pow) and abs(right) > LARGEST_POWER:
        raise unreadable(node)
    return CALCULATIONS[type(node.op)](left, right)


def _called(node: ast.Call, arguments: list[Any]) -> Any:
    name = last_name(node.func)
    if name in FUNCTIONS:
        return FUNCTIONS[name](*arguments)
    if name == "range" and all(isinstance(argument, int) for argument in arguments):
        numbers = range(*arguments)
        if len(numbers) > LONGEST:
            raise unreadable(node)
        return list(numbers)
    if name in ("list", "tuple") and len(arguments) == 1 and isinstance(arguments[0], list | tuple):
        return list(arguments[0])
    raise unreadable(node)
