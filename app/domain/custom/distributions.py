"""The distributions of hyperopt and Hyperas (choice, uniform, quniform, …) as parameters.

Their meanings: https://github.com/hyperopt/hyperopt/wiki/FMin, parameter expressions.
"""

import ast
import math
from collections.abc import Callable, Sequence

from app.domain.custom.literals import CustomModelError, Known, last_name, number_of
from app.domain.custom.parameters import CustomParameter, listed, ranged

Numbers = Sequence[float]


def parameter(
    key: str, call: ast.Call, arguments: Sequence[ast.expr], known: Known, *, whole: bool
) -> CustomParameter:
    """The parameter that a call describes. `arguments`: those after the label; `whole`: rounded by the program."""
    kind = last_name(call.func)
    arguments = [
        *arguments,
        *(keyword.value for keyword in call.keywords if keyword.arg != "label"),
    ]
    try:
        if kind in LISTS:
            return _choice(key, kind, arguments, known)
        numbers = [number_of(argument, known) for argument in arguments]
        if kind not in RANGES:
            raise CustomModelError(
                0, f"{kind} is not understood here: use {', '.join(['choice', *RANGES])}."
            )
        least = 1 if kind == "randint" else 2
        if len(numbers) < least:
            raise CustomModelError(0, f"{kind} needs {least} numbers or more.")
        return RANGES[kind](key, numbers, whole)
    except CustomModelError as error:
        raise error if error.line else CustomModelError(call.lineno, str(error)) from None


def _choice(key: str, kind: str, arguments: Sequence[ast.expr], known: Known) -> CustomParameter:
    options = arguments[0] if arguments else None
    if isinstance(options, ast.Name) and isinstance(known.get(options.id), list | tuple):
        options = ast.parse(repr(known[options.id]), mode="eval").body
    if isinstance(options, ast.Call) and last_name(options.func) == "range":
        numbers = [number_of(argument, known) for argument in options.args]
        options = ast.parse(repr([*range(*map(int, numbers))]), mode="eval").body
    if not isinstance(options, ast.List | ast.Tuple):
        raise CustomModelError(0, f"{kind} needs a list of values.")
    chosen = options.elts
    if kind == "pchoice":  # pairs of a probability and a value
        chosen = [
            pair.elts[1]
            for pair in chosen
            if isinstance(pair, ast.Tuple | ast.List) and len(pair.elts) == 2
        ]
    return listed(key, chosen, known)


def _uniform(key: str, numbers: Numbers, whole: bool) -> CustomParameter:
    return ranged(key, *_ends(numbers, whole), whole=whole)


def _quniform(key: str, numbers: Numbers, whole: bool) -> CustomParameter:
    """Values are rounded to multiples of the third number."""
    step = numbers[2] if len(numbers) > 2 else 1.0
    if step <= 0:
        raise CustomModelError(0, f'The step of "{key}" is not above 0.')
    low, high = round(numbers[0] / step) * step, round(numbers[1] / step) * step
    is_whole = whole or (step == int(step) and low == int(low))
    return ranged(key, low, high, whole=is_whole, step=step)


def _loguniform(key: str, numbers: Numbers, whole: bool) -> CustomParameter:
    """The numbers are logarithms of the ends."""
    if max(map(abs, numbers[:2])) > 100:
        raise CustomModelError(
            0, f'The ends of "{key}" are logarithms, and exp({max(numbers):g}) is out of range.'
        )
    low, high = math.exp(numbers[0]), math.exp(numbers[1])
    return ranged(key, float(f"{low:.9g}"), float(f"{high:.9g}"), whole=whole, log=True)


def _randint(key: str, numbers: Numbers, _whole: bool) -> CustomParameter:
    """One number: from 0; the upper end is left out."""
    low = numbers[0] if len(numbers) > 1 else 0
    return ranged(key, low, numbers[-1] - 1, whole=True)


def _uniformint(key: str, numbers: Numbers, _whole: bool) -> CustomParameter:
    return ranged(key, numbers[0], numbers[1], whole=True)


def _ends(numbers: Numbers, whole: bool) -> tuple[float, float]:
    low, high = numbers[0], numbers[1]
    return (math.ceil(low), math.floor(high)) if whole else (low, high)


LISTS = ("choice", "pchoice")
RANGES: dict[str, Callable[[str, Numbers, bool], CustomParameter]] = {
    "uniform": _uniform,
    "quniform": _quniform,
    "loguniform": _loguniform,
    "randint": _randint,
    "uniformint": _uniformint,
}
