"""Function calls in hyperopt code: hp.choice, ranges to draw from, range(…) and mathematics."""

import ast
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.hyperopt.nodes import (
    ChoiceNode,
    ConstantNode,
    HyperoptError,
    ListNode,
    Node,
    RangeNode,
    position_of,
    source_of,
)
from app.domain.hyperopt.numbers import MATH_FUNCTIONS, call_math_function, number_of
from app.domain.hyperopt.ranges import convert_arguments

MAX_LISTED_NUMBERS = 1000  # of range(…), and of the values of hp.choice
MODULES = ("np", "numpy", "math", "hp", "hyperopt", "scope", "pyll")
CONVERSIONS = ("int", "float", "list", "tuple")  # of what they hold, the space takes care
RANGE_ARGUMENTS = {
    "uniform": ("low", "high"),
    "loguniform": ("low", "high"),
    "quniform": ("low", "high", "q"),
    "qloguniform": ("low", "high", "q"),
    "uniformint": ("low", "high"),
    "randint": ("low", "high"),
}
HINTS = {
    "pchoice": "weights cannot be kept: use hp.choice",
    "normal": "it has no bounds: use hp.uniform",
    "lognormal": "it has no bounds: use hp.loguniform",
}

ReadNode = Callable[[ast.expr], Node]


@dataclass(frozen=True)
class _Arguments:
    """The arguments of an hp function: its label, and expressions by name."""

    label: str
    expressions: dict[str, ast.expr]


def read_call(call: ast.Call, read: ReadNode) -> Node:
    """What a call stands for; `read` reads its arguments. Raises HyperoptError."""
    name, modules = _split_function_name(call.func)
    are_usual_modules = set(modules) <= set(MODULES)
    if not are_usual_modules:
        raise _unknown_function(call, name)
    if name in CONVERSIONS and len(call.args) == 1:
        argument = call.args[0]
        return read(argument)
    if name in MATH_FUNCTIONS and "hp" not in modules:
        return _read_math(name, call, read)
    if name in ("range", "arange"):
        return _read_listed_range(call, read)
    if name == "choice":
        return _read_choice(call, read)
    if name in RANGE_ARGUMENTS:
        return _read_range(name, call, read)
    raise _unknown_function(call, name)


def _split_function_name(function: ast.expr) -> tuple[str, list[str]]:
    """The name of a function and the modules before it."""
    parts: list[str] = []
    while isinstance(function, ast.Attribute):
        parts.append(function.attr)
        function = function.value
    if isinstance(function, ast.Name):
        parts.append(function.id)
    else:
        parts.append("?")
    return parts[0], parts[1:]


def _unknown_function(call: ast.Call, name: str) -> HyperoptError:
    functions = ["hp.choice"]
    for function in RANGE_ARGUMENTS:
        functions.append(f"hp.{function}")
    hint = f"use one of {', '.join(functions)}"
    unrounded_name = name.removeprefix("q")
    if unrounded_name in HINTS:
        hint = HINTS[unrounded_name]
    source = source_of(call.func)
    return HyperoptError(
        position_of(call),
        f'"{source}" is not understood: {hint}.',
    )


def _read_math(name: str, call: ast.Call, read: ReadNode) -> ConstantNode:
    position = position_of(call)
    if len(call.args) != 1 or call.keywords:
        raise HyperoptError(
            position,
            f"{name} takes one number.",
        )
    argument = read(call.args[0])
    number = number_of(argument)
    result = call_math_function(name, number, position)
    return ConstantNode(position, result)


def _read_listed_range(call: ast.Call, read: ReadNode) -> ListNode:
    position = position_of(call)
    numbers = []
    for argument in call.args:
        node = read(argument)
        numbers.append(number_of(node))
    ends_and_step = [int(number) for number in numbers]
    are_whole = ends_and_step == numbers
    if not 1 <= len(numbers) <= 3 or call.keywords or not are_whole:
        raise HyperoptError(
            position,
            "range takes one to three whole numbers.",
        )
    if len(numbers) == 3 and numbers[2] == 0:
        raise HyperoptError(
            position,
            "A range cannot have steps of 0.",
        )
    listed = range(*ends_and_step)
    if len(listed) > MAX_LISTED_NUMBERS:
        raise HyperoptError(
            position,
            f"A range lists at most {MAX_LISTED_NUMBERS:,} numbers here: use hp.uniformint.",
        )
    items = [ConstantNode(position, number) for number in listed]
    return ListNode(position, tuple(items))


def _read_choice(call: ast.Call, read: ReadNode) -> ChoiceNode:
    position = position_of(call)
    arguments = _read_arguments(call, read, ("options",))
    options = None
    if "options" in arguments.expressions:
        expression = arguments.expressions["options"]
        options = read(expression)
    if not isinstance(options, ListNode) or not options.items:
        raise HyperoptError(
            position,
            "hp.choice takes a label and a list with at least one value.",
        )
    count = len(options.items)
    if count > MAX_LISTED_NUMBERS:
        raise HyperoptError(
            position,
            f"hp.choice has {count:,} values; at most {MAX_LISTED_NUMBERS:,} are possible: "
            "use hp.uniformint or hp.uniform.",
        )
    return ChoiceNode(position, arguments.label, options.items)


def _read_range(name: str, call: ast.Call, read: ReadNode) -> RangeNode:
    position = position_of(call)
    arguments = _read_arguments(call, read, ("low", "high", "q"))
    numbers: dict[str, float] = {}
    for argument, expression in arguments.expressions.items():
        node = read(expression)
        numbers[argument] = number_of(node)
    if name == "randint" and "low" in numbers and "high" not in numbers:
        numbers = {"low": 0, "high": numbers["low"]}
    if name == "uniformint" and numbers.get("q") == 1:
        del numbers["q"]
    expected_names = RANGE_ARGUMENTS[name]
    if set(numbers) != set(expected_names):
        expected = ", ".join(expected_names)
        if name == "randint":
            expected = "an upper bound, or a lower and an upper one"
        raise HyperoptError(
            position,
            f"hp.{name} takes a label and {expected}.",
        )
    written = RangeNode(
        position,
        arguments.label,
        low=numbers["low"],
        high=numbers["high"],
        step=numbers.get("q"),
    )
    return convert_arguments(name, written)


def _read_arguments(call: ast.Call, read: ReadNode, names: tuple[str, ...]) -> _Arguments:
    possible_names = ("label", *names)
    expressions = dict(zip(possible_names, call.args, strict=False))
    for keyword in call.keywords:
        name = str(keyword.arg)
        if name not in possible_names or name in expressions:
            raise HyperoptError(
                position_of(keyword.value),
                f'"{name}" does not belong here.',
            )
        expressions[name] = keyword.value
    function = source_of(call.func)
    label = None
    if "label" in expressions:
        label = read(expressions.pop("label"))
    if not isinstance(label, ConstantNode) or not isinstance(label.value, str):
        raise HyperoptError(
            position_of(call),
            f'The first argument of {function} is a label in quotes, like "units".',
        )
    if len(call.args) > len(possible_names):
        raise HyperoptError(
            position_of(call),
            f"{function} takes a label and {', '.join(names)}, and nothing else.",
        )
    return _Arguments(label.value, expressions)
