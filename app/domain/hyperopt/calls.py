"""Calls of hyperopt's functions in its code: hp.choice, and ranges to draw from."""

import ast
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.domain.hyperopt.nodes import (
    ChoiceNode,
    ConstantNode,
    Correction,
    HyperoptError,
    ListNode,
    Node,
    RangeNode,
    position_of,
    source_of,
)
from app.domain.hyperopt.numbers import number_of
from app.domain.hyperopt.ranges import convert_arguments
from app.domain.literals.names import Constants, full_name
from app.domain.literals.values import MAX_LISTED_VALUES

MODULES = ("hp", "hyperopt.hp", "hyperopt.pyll_utils")
RANGE_ARGUMENTS = {
    "uniform": ("low", "high"),
    "loguniform": ("low", "high"),
    "quniform": ("low", "high", "q"),
    "qloguniform": ("low", "high", "q"),
    "uniformint": ("low", "high"),
    "randint": ("low", "high"),
}
UNBOUNDED = {  # a distribution, and the one with bounds that comes next to it
    "normal": "uniform",
    "qnormal": "quniform",
    "lognormal": "loguniform",
    "qlognormal": "qloguniform",
}
FUNCTIONS = ("choice", "pchoice", *RANGE_ARGUMENTS, *UNBOUNDED)
MAX_PLAIN_BOUND = 1.0  # of a range whose bounds are hardly logarithms: it would end at e
LIKELY_RATIO = 2  # of the upper to the lower one of them
DEVIATIONS_SHOWN = 2  # standard deviations on both sides, which hold 95 % of the draws
EQUAL_WEIGHTS = 1e-6  # how far weights may differ that count as equal

ReadNode = Callable[[ast.expr], Node]


@dataclass(frozen=True)
class _Arguments:
    """The arguments of an hp function: its label, and expressions by name."""

    label: str
    expressions: dict[str, ast.expr]


def _unstar(arguments: Sequence[ast.expr], read: ReadNode) -> list[ast.expr]:
    """The arguments with plain values in place of `*ends`."""
    expressions: list[ast.expr] = []
    for argument in arguments:
        if not isinstance(argument, ast.Starred):
            expressions.append(argument)
            continue
        listed = read(argument.value)
        if not isinstance(listed, ListNode):
            raise HyperoptError(position_of(argument), "Only a list can stand after *.")
        for item in listed.items:
            if not isinstance(item, ConstantNode):
                raise HyperoptError(position_of(argument), "Only plain values can stand after *.")
            expressions.append(ast.copy_location(ast.Constant(item.value), argument))
    return expressions


def draw_function(call: ast.Call, constants: Constants) -> str:
    """The name of the hp function that is called, such as `choice`; empty for other calls."""
    module, _, name = full_name(call.func, constants).rpartition(".")
    if module in MODULES:
        return name
    if not module and name in FUNCTIONS:
        return name
    return ""


def read_draw(name: str, call: ast.Call, read: ReadNode) -> Node:
    """What a call of an hp function of this name stands for. Raises HyperoptError."""
    if name == "choice":
        return _read_choice(call, read)
    if name == "pchoice":
        return _read_weighted_choice(call, read)
    if name in RANGE_ARGUMENTS:
        return _read_range(name, call, read)
    if name in UNBOUNDED:
        raise _unbounded(name, call, read)
    functions = ", ".join(f"hp.{function}" for function in ("choice", *RANGE_ARGUMENTS))
    raise HyperoptError(
        position_of(call),
        f'"{source_of(call.func)}" is not understood: use one of {functions}.',
    )


def _unbounded(name: str, call: ast.Call, read: ReadNode) -> HyperoptError:
    """The error for a distribution without bounds, with those that hold most of its draws."""
    position = position_of(call)
    bounded = UNBOUNDED[name]
    message = f"hp.{name} has no bounds, but a search needs some: use hp.{bounded}."
    try:
        arguments = _read_arguments(call, read, ("mu", "sigma", "q"))
        center = number_of(read(arguments.expressions["mu"]))
        spread = DEVIATIONS_SHOWN * number_of(read(arguments.expressions["sigma"]))
        ends = [center - spread, center + spread]
        label = arguments.label
        written = ", ".join(f"{end:.6g}" for end in ends)
        shown = ends
        if "log" in name:
            shown = [math.exp(end) for end in ends]
    except (HyperoptError, KeyError, OverflowError):
        return HyperoptError(position, message)
    step = ""
    if "q" in arguments.expressions:
        step = f", {source_of(arguments.expressions['q'])}"
    code = f"hp.{bounded}({label!r}, {written}{step})"
    low = f"{shown[0]:.4g}"
    high = f"{shown[1]:.4g}"
    return HyperoptError(
        position,
        f"{message} 95 % of its draws lie between {low} and {high}: {code}.",
        Correction(f"From {low} to {high}", call, code),
    )


def _read_choice(call: ast.Call, read: ReadNode) -> ChoiceNode:
    arguments = _read_arguments(call, read, ("options",))
    options = _read_options(call, arguments, "options", read)
    return _choice_of(call, arguments.label, options)


def _read_weighted_choice(call: ast.Call, read: ReadNode) -> ChoiceNode:
    """`hp.pchoice`, which takes pairs of a weight and an option: all weights must be equal."""
    position = position_of(call)
    arguments = _read_arguments(call, read, ("p_options",))
    weights = []
    options = []
    for pair in _read_options(call, arguments, "p_options", read):
        match pair:
            case ListNode(items=(ConstantNode() as weight, option)):
                weights.append(number_of(weight))
                options.append(option)
            case _:
                raise HyperoptError(position, "hp.pchoice takes pairs of a weight and a value.")
    if max(weights) - min(weights) > EQUAL_WEIGHTS:
        raise HyperoptError(
            position,
            "The weights of hp.pchoice cannot be kept: use hp.choice, which draws all values "
            "equally often.",
        )
    return _choice_of(call, arguments.label, options)


def _read_options(
    call: ast.Call, arguments: _Arguments, name: str, read: ReadNode
) -> Sequence[Node]:
    options = None
    if name in arguments.expressions:
        options = read(arguments.expressions[name])
    if not isinstance(options, ListNode) or not options.items:
        raise HyperoptError(
            position_of(call),
            f"{source_of(call.func)} takes a label and a list with at least one value.",
        )
    return options.items


def _choice_of(call: ast.Call, label: str, options: Sequence[Node]) -> ChoiceNode:
    count = len(options)
    if count > MAX_LISTED_VALUES:
        raise HyperoptError(
            position_of(call),
            f"hp.choice has {count:,} values; at most {MAX_LISTED_VALUES:,} are possible: "
            "use hp.uniformint or hp.uniform.",
        )
    return ChoiceNode(position_of(call), label, tuple(options))


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
        correction=_logarithms(call, name, arguments, numbers),
    )
    return convert_arguments(name, written)


def _logarithms(
    call: ast.Call, name: str, arguments: _Arguments, numbers: dict[str, float]
) -> Correction | None:
    """The logarithms of bounds that may not be logarithms yet, as hp.loguniform takes them."""
    low = numbers["low"]
    high = numbers["high"]
    if "log" not in name or not 0 < low < high:
        return None
    ends = f"np.log({low!r}), np.log({high!r})"
    step = ""
    if "q" in numbers:
        step = f", {numbers['q']!r}"
    code = f"hp.{name}({arguments.label!r}, {ends}{step})"
    is_likely = high <= MAX_PLAIN_BOUND and high >= LIKELY_RATIO * low
    return Correction(f"From {low:g} to {high:g}", call, code, is_likely)


def _read_arguments(call: ast.Call, read: ReadNode, names: tuple[str, ...]) -> _Arguments:
    possible_names = ("label", *names)
    positional = _unstar(call.args, read)
    expressions = dict(zip(possible_names, positional, strict=False))
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
    if len(positional) > len(possible_names):
        raise HyperoptError(
            position_of(call),
            f"{function} takes a label and {', '.join(names)}, and nothing else.",
        )
    return _Arguments(label.value, expressions)
