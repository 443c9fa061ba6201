"""The ranges that hyperopt's functions draw from."""

import math
from dataclasses import replace

from app.domain.hyperopt.nodes import HyperoptError, RangeNode
from app.domain.hyperopt.numbers import MAX_NUMBER, Logarithm


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
            f"The bounds of hp.{function} are logarithms: write np.log({high:g}).",
        )


def _undo_logarithm(logarithm: float) -> float:
    """The number that has a logarithm; exactly, where the code takes the logarithm itself."""
    if isinstance(logarithm, Logarithm):
        return logarithm.number
    return _drop_last_digits(math.exp(logarithm))


def _round_to_step(end: float, step: float) -> float:
    """The multiple of the step to which hyperopt rounds an end."""
    steps = round(end / step)
    return _drop_last_digits(steps * step)


def _drop_last_digits(number: float) -> float:
    """A number without the digits that rounding errors leave behind."""
    return float(f"{number:.12g}")


def add_number(range_node: RangeNode, number: float) -> RangeNode:
    """The range of number + hp.…. Raises HyperoptError."""
    if range_node.log:
        raise _not_possible(range_node)
    return replace(
        range_node,
        low=range_node.low + number,
        high=range_node.high + number,
    )


def multiply_by_number(range_node: RangeNode, number: float) -> RangeNode:
    """The range of number * hp.…. Raises HyperoptError."""
    if number <= 0:
        raise _not_possible(range_node)
    step = None
    if range_node.step is not None:
        step = range_node.step * number
    return replace(
        range_node,
        low=range_node.low * number,
        high=range_node.high * number,
        step=step,
    )


def _not_possible(range_node: RangeNode) -> HyperoptError:
    return HyperoptError(
        range_node.position,
        "Only number + hp.… and positive number * hp.… are possible here.",
    )
