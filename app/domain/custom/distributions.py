"""The distributions of hyperopt and Hyperas (choice, uniform, quniform, …) as parameters.

Their meanings: https://github.com/hyperopt/hyperopt/wiki/FMin, parameter expressions.
"""

import ast
import math
from collections.abc import Callable, Mapping, Sequence

from app.domain.custom.literals import (
    Constants,
    CustomModelError,
    evaluate_number,
    last_name,
    list_options,
)
from app.domain.custom.parameters import CustomParameter, make_choice, make_range
from app.domain.literals.values import drop_rounding_error

MAX_PLAIN_BOUND = 1.0  # of a range whose bounds are hardly logarithms: it would end at e
LIKELY_RATIO = 2  # of the upper to the lower one of them
DEVIATIONS_SHOWN = 2  # standard deviations on both sides, which hold 95 % of the draws
MAX_LOGARITHM = 100  # exp(100) is far beyond what can be searched

Numbers = Sequence[float]


def parse_distribution(
    key: str,
    call: ast.Call,
    arguments: Sequence[ast.expr],
    constants: Constants,
    *,
    is_integer: bool,
) -> CustomParameter:
    """The parameter that a call such as `uniform(0, 1)` describes.

    `arguments`: the positional ones without a label; `is_integer`: the program rounds the value.
    Raises CustomModelError with a line.
    """
    all_arguments = list(arguments)
    for keyword in call.keywords:
        if keyword.arg != "label":
            all_arguments.append(keyword.value)
    kind = last_name(call.func)
    try:
        if kind in CHOICES:
            return _parse_choice(key, kind, all_arguments, constants)
        return _parse_range(key, kind, all_arguments, constants, is_integer)
    except CustomModelError as error:
        raise error.at_line(call.lineno) from None


def _parse_choice(
    key: str, kind: str, arguments: Sequence[ast.expr], constants: Constants
) -> CustomParameter:
    if not arguments:
        raise CustomModelError(f"{kind} needs a list of values.")
    options = list_options(arguments[0], constants)
    if kind != "pchoice":
        return make_choice(key, options, constants)
    parameter = make_choice(key, _without_weights(key, options), constants)
    return parameter.with_note("The weights in the file are not used.")


def _without_weights(key: str, pairs: Sequence[ast.expr]) -> list[ast.expr]:
    """The options of pchoice, which takes pairs of a weight and an option."""
    options = []
    for pair in pairs:
        if not isinstance(pair, ast.Tuple | ast.List) or len(pair.elts) != 2:
            raise CustomModelError(f'pchoice of "{key}" takes pairs of a weight and a value.')
        options.append(pair.elts[1])
    return options


def _parse_range(
    key: str, kind: str, arguments: Sequence[ast.expr], constants: Constants, is_integer: bool
) -> CustomParameter:
    numbers = [evaluate_number(argument, constants) for argument in arguments]
    if kind in UNBOUNDED:
        raise CustomModelError(_explain_unbounded(key, kind, numbers))
    if kind not in RANGE_DISTRIBUTIONS:
        supported = ", ".join(["choice", *RANGE_DISTRIBUTIONS])
        raise CustomModelError(f"{kind} is not supported. Use one of {supported}.")
    min_numbers = MIN_NUMBERS[kind]
    if len(numbers) < min_numbers:
        raise CustomModelError(f"{kind} needs more numbers: at least {min_numbers}.")
    make_parameter = RANGE_DISTRIBUTIONS[kind]
    return make_parameter(key, numbers, is_integer)


def _explain_unbounded(key: str, kind: str, numbers: Numbers) -> str:
    """Why normal and the like cannot be searched, and the bounds that hold most of its draws."""
    bounded = UNBOUNDED[kind]
    message = f'{kind} of "{key}" has no bounds, but a search needs some: use {bounded}.'
    if len(numbers) < 2:
        return message
    center = numbers[0]
    spread = DEVIATIONS_SHOWN * numbers[1]
    low = f"{center - spread:.6g}"
    high = f"{center + spread:.6g}"
    return f"{message} 95 % of its draws lie within {bounded}({low}, {high})."


def _uniform(key: str, numbers: Numbers, is_integer: bool) -> CustomParameter:
    low, high = numbers[:2]
    if is_integer:
        low = math.ceil(low)
        high = math.floor(high)
    return make_range(key, low, high, is_integer=is_integer)


def _quniform(key: str, numbers: Numbers, is_integer: bool) -> CustomParameter:
    """Values are rounded to multiples of the third number."""
    step = 1.0
    if len(numbers) > 2:
        step = numbers[2]
    if step <= 0:
        raise CustomModelError(f'The step of "{key}" must be above 0.')
    low = _round_to_multiple(numbers[0], step)
    high = _round_to_multiple(numbers[1], step)
    if step == int(step) and low == int(low):
        is_integer = True
    return make_range(key, low, high, is_integer=is_integer, step=step)


def _round_to_multiple(number: float, step: float) -> float:
    n_steps = round(number / step)
    return drop_rounding_error(n_steps * step)


def _loguniform(key: str, numbers: Numbers, is_integer: bool) -> CustomParameter:
    """The numbers are the logarithms of the ends."""
    _refuse_plain_bounds(key, numbers)
    largest = max(map(abs, numbers[:2]))
    if largest > MAX_LOGARITHM:
        raise CustomModelError(
            f'The ends of "{key}" are logarithms, and exp({max(numbers):g}) is out of range.'
        )
    low, high = map(math.exp, numbers[:2])
    return make_range(
        key,
        _round_digits(low),
        _round_digits(high),
        is_integer=is_integer,
        log=True,
    )


def _qloguniform(key: str, numbers: Numbers, is_integer: bool) -> CustomParameter:
    """As loguniform, rounded to multiples of the third number."""
    step = numbers[2]
    if step <= 0:
        raise CustomModelError(f'The step of "{key}" must be above 0.')
    continuous = _loguniform(key, numbers[:2], is_integer=False)
    assert isinstance(continuous.entry, Mapping)
    low, high = continuous.entry["loguniform"]
    low = max(_round_to_multiple(low, step), step)
    high = _round_to_multiple(high, step)
    is_whole = step == int(step)
    return make_range(key, low, high, is_integer=is_integer or is_whole, log=True, step=step)


def _refuse_plain_bounds(key: str, numbers: Numbers) -> None:
    """Refuse loguniform(0.0001, 0.01), whose ends are hardly meant to be logarithms."""
    low, high = numbers[:2]
    if not 0 < LIKELY_RATIO * low <= high <= MAX_PLAIN_BOUND:
        return
    raise CustomModelError(
        f'The ends of "{key}" are logarithms: as it is written, it is drawn from '
        f"{math.exp(low):.6g} to {math.exp(high):.6g}. If {low:g} to {high:g} is meant, write "
        f"np.log({low:g}), np.log({high:g})."
    )


def _round_digits(number: float) -> float:
    """A number rounded to 9 significant digits, as a form shows it."""
    text = f"{number:.9g}"
    return float(text)


def _randint(key: str, numbers: Numbers, _is_integer: bool) -> CustomParameter:
    """From the first of two numbers, else from 0; the upper end is excluded."""
    low = 0.0
    if len(numbers) > 1:
        low = numbers[0]
    high = numbers[-1] - 1
    return make_range(key, low, high, is_integer=True)


def _uniformint(key: str, numbers: Numbers, _is_integer: bool) -> CustomParameter:
    low, high = numbers[:2]
    return make_range(key, low, high, is_integer=True)


CHOICES = ("choice", "pchoice")
RANGE_DISTRIBUTIONS: dict[str, Callable[[str, Numbers, bool], CustomParameter]] = {
    "uniform": _uniform,
    "quniform": _quniform,
    "loguniform": _loguniform,
    "qloguniform": _qloguniform,
    "randint": _randint,
    "uniformint": _uniformint,
}
MIN_NUMBERS = {
    "uniform": 2,
    "quniform": 2,
    "loguniform": 2,
    "qloguniform": 3,
    "randint": 1,
    "uniformint": 2,
}
UNBOUNDED = {  # a distribution, and the one with bounds that comes next to it
    "normal": "uniform",
    "qnormal": "quniform",
    "lognormal": "loguniform",
    "qlognormal": "qloguniform",
}
