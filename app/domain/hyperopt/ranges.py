"""The ranges that hyperopt's functions draw from."""

import math
from dataclasses import replace

from app.domain.hyperopt.nodes import ChoiceNode, ConstantNode, HyperoptError, RangeNode
from app.domain.hyperopt.numbers import MAX_NUMBER
from app.domain.literals.values import MAX_LISTED_VALUES, drop_rounding_error

MAX_ROUNDING_ERROR = 1e-9  # of a logarithm
MAX_EXPONENT = 50  # of a range of powers


def convert_arguments(function: str, arguments: RangeNode) -> RangeNode:
    """The range that an hp function draws from. Raises HyperoptError.

    `arguments`: the ends and the step as they are written; logarithms for loguniform, an upper end
    that is excluded for randint.
    """
    is_log = "loguniform" in function
    _check_arguments(function, arguments)
    low = arguments.low
    high = arguments.high
    step = arguments.step
    if is_log:
        low = _undo_logarithm(low)
        high = _undo_logarithm(high)
    if function == "randint":
        high -= 1
    if function in ("randint", "uniformint"):
        step = 1
    if step is not None:
        low = _round_to_step(low, step)
        high = _round_to_step(high, step)
    if step is not None and is_log and low == 0:
        low = step
    return replace(arguments, low=low, high=high, step=step, log=is_log)


def _check_arguments(function: str, arguments: RangeNode) -> None:
    low = arguments.low
    high = arguments.high
    position = arguments.position
    if low >= high:
        raise HyperoptError(
            position,
            f"The lowest value ({low:g}) must be less than the highest ({high:g}).",
        )
    if arguments.step is not None and arguments.step <= 0:
        raise HyperoptError(position, "The step q must be greater than 0.")
    if "loguniform" in function and high > math.log(MAX_NUMBER):
        raise HyperoptError(
            position,
            f"The bounds of hp.{function} are logarithms, and {high:g} is the logarithm of a "
            f"number that is far too large: write np.log({low:g}) and np.log({high:g}).",
            arguments.correction,
        )


def _undo_logarithm(logarithm: float) -> float:
    """The number that has a logarithm, without the digits that taking logarithms leaves."""
    return _drop_last_digits(math.exp(logarithm))


def _round_to_step(end: float, step: float) -> float:
    """The multiple of the step to which hyperopt rounds an end."""
    steps = round(end / step)
    return _drop_last_digits(steps * step)


def _drop_last_digits(number: float) -> float:
    """A number without the digits that rounding errors leave behind."""
    return float(f"{number:.12g}")


def has_whole_logarithms(node: RangeNode) -> bool:
    """Whether the bounds are e to whole powers below 0, as in hp.loguniform("lr", -5, -1)."""
    if not node.log or node.step is not None:
        return False
    for end in (node.low, node.high):
        logarithm = math.log(end)
        if logarithm > 0 or abs(logarithm - round(logarithm)) > MAX_ROUNDING_ERROR:
            return False
    return node.low < node.high < 1


def add_number(range_node: RangeNode, number: float) -> RangeNode:
    """The range of number + hp.…. Raises HyperoptError."""
    if range_node.log:
        raise _not_possible(range_node)
    return replace(
        range_node,
        low=drop_rounding_error(range_node.low + number),
        high=drop_rounding_error(range_node.high + number),
    )


def multiply_by_number(range_node: RangeNode, number: float) -> RangeNode:
    """The range of number * hp.…. Raises HyperoptError."""
    if number <= 0:
        raise _not_possible(range_node)
    step = None
    if range_node.step is not None:
        step = drop_rounding_error(range_node.step * number)
    return replace(
        range_node,
        low=drop_rounding_error(range_node.low * number),
        high=drop_rounding_error(range_node.high * number),
        step=step,
    )


def to_powers(base: float, exponents: RangeNode) -> RangeNode | ChoiceNode:
    """The range of base ** hp.…. Raises HyperoptError."""
    ends = (exponents.low, exponents.high)
    if base <= 1 or exponents.log or max(map(abs, ends)) > MAX_EXPONENT:
        raise _not_possible(exponents)
    if exponents.step is None:
        return replace(
            exponents,
            low=drop_rounding_error(base**exponents.low),
            high=drop_rounding_error(base**exponents.high),
            log=True,
            correction=None,
        )
    width = exponents.high - exponents.low
    count = round(width / exponents.step) + 1
    if count > MAX_LISTED_VALUES:
        raise _not_possible(exponents)
    options = []
    for index in range(count):
        exponent = drop_rounding_error(exponents.low + index * exponents.step)
        power = drop_rounding_error(base**exponent)
        options.append(ConstantNode(exponents.position, power))
    return ChoiceNode(exponents.position, exponents.label, tuple(options))


def to_steps_of_one(range_node: RangeNode) -> RangeNode:
    """The range of int(hp.…), which cuts off what follows the point."""
    return replace(
        range_node,
        low=math.trunc(range_node.low),
        high=math.trunc(range_node.high),
        step=1,
    )


def _not_possible(range_node: RangeNode) -> HyperoptError:
    return HyperoptError(
        range_node.position,
        "Only number + hp.… and positive number * hp.… are possible here.",
    )
