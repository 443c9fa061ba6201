"""numpy's functions that list numbers, with numpy's own results, refused where they are many."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.domain.literals.arithmetic import check_array, check_number
from app.domain.literals.values import Array, CannotCalculate, items_of, refuse_long_list

NEGLIGIBLE = 1e-9  # of a step: what is left of 0 where steps are added up
DTYPES: Mapping[str, type] = {
    "int": int,
    "float": float,
    "bool": bool,
    "int8": np.int8,
    "int16": np.int16,
    "int32": np.int32,
    "int64": np.int64,
    "uint8": np.uint8,
    "float16": np.float16,
    "float32": np.float32,
    "float64": np.float64,
}


@dataclass(frozen=True)
class NumberTypeName:
    """`int`, `np.float32` and the like where a function takes a type."""

    name: str


NumberType = NumberTypeName | str
ELEMENTWISE: dict[str, Callable[[Any], Any]] = {
    "log": np.log,
    "log2": np.log2,
    "log10": np.log10,
    "log1p": np.log1p,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "floor": np.floor,
    "ceil": np.ceil,
    "rint": np.rint,
}


def arange(
    start: float, stop: float | None = None, step: float = 1, dtype: NumberType | None = None
) -> Array:
    """`numpy.arange`, with a plain 0 where rounding leaves a little more or less."""
    first: float = 0
    end = start
    if stop is not None:
        first = start
        end = stop
    for number in (first, end, step):
        check_number(number)
    if step == 0:
        raise CannotCalculate("the step is 0.")
    count = math.ceil((end - first) / step)
    refuse_long_list(count)
    numbers = np.arange(first, end, step, dtype=_dtype_of(dtype))
    if numbers.dtype.kind == "f":
        numbers[np.abs(numbers) < NEGLIGIBLE * abs(step)] = 0.0
    return numbers


def linspace(
    start: float, stop: float, num: int = 50, endpoint: bool = True, dtype: NumberType | None = None
) -> Array:
    """`numpy.linspace`."""
    refuse_long_list(num)
    check_number(start)
    check_number(stop)
    return np.linspace(start, stop, num, endpoint=endpoint, dtype=_dtype_of(dtype))


def logspace(
    start: float,
    stop: float,
    num: int = 50,
    endpoint: bool = True,
    base: float = 10.0,
    dtype: NumberType | None = None,
) -> Array:
    """`numpy.logspace`."""
    refuse_long_list(num)
    for number in (start, stop, base):
        check_number(number)
    with np.errstate(all="ignore"):
        numbers = np.logspace(start, stop, num, endpoint=endpoint, base=base)
    check_array(numbers)
    return numbers.astype(_dtype_of(dtype) or float)


def geomspace(
    start: float, stop: float, num: int = 50, endpoint: bool = True, dtype: NumberType | None = None
) -> Array:
    """`numpy.geomspace`."""
    refuse_long_list(num)
    check_number(start)
    check_number(stop)
    numbers = np.geomspace(start, stop, num, endpoint=endpoint)
    check_array(numbers)
    return numbers.astype(_dtype_of(dtype) or float)


def array(values: object, dtype: NumberType | None = None) -> Array:
    """`numpy.array` of one dimension."""
    items = items_of(values)
    refuse_long_list(len(items))
    for item in items:
        if not isinstance(item, str | int | float):
            raise TypeError("Only arrays of one dimension can be read.")
    checked = check_array(np.array(items))
    return astype(checked, dtype)


def astype(numbers: Array, dtype: NumberType | None = None) -> Array:
    """The array with numbers of another type, such as `int`."""
    numpy_type = _dtype_of(dtype)
    if numpy_type is None:
        return numbers
    return numbers.astype(numpy_type)


def round_numbers(numbers: object, decimals: int = 0) -> Any:
    """`numpy.round` of a number or an array."""
    check_number(decimals)
    return _apply(lambda array: np.round(array, decimals), numbers)


def power(base: object, exponent: object) -> Any:
    """`numpy.power` of whole arrays."""
    bases = check_array(np.asarray(base))
    exponents = check_array(np.asarray(exponent))
    are_integers = bases.dtype.kind in "biu" and exponents.dtype.kind in "biu"
    if are_integers and np.any(exponents < 0):
        raise CannotCalculate(
            "numpy raises whole numbers to no negative powers. Write 10.0 instead of 10."
        )
    with np.errstate(all="ignore"):
        check_array(np.power(bases.astype(float), exponents))
        return _scalar_or_array(np.power(bases, exponents))


def elementwise(name: str) -> Callable[[object], Any]:
    """A function of ELEMENTWISE for a number, a list or an array."""
    return lambda numbers: _apply(ELEMENTWISE[name], numbers)


def concatenate(arrays: object) -> Array:
    """`numpy.concatenate` and `numpy.hstack` of lines of numbers."""
    lines = [array(line) for line in items_of(arrays)]
    refuse_long_list(sum(line.size for line in lines))
    return np.concatenate(lines)


def append(numbers: object, values: object) -> Array:
    """`numpy.append`."""
    added = values
    if isinstance(values, int | float):
        added = [values]
    return concatenate([numbers, added])


def unique(numbers: object) -> Array:
    """`numpy.unique`: the values in ascending order, each once."""
    return np.unique(array(numbers))


def sort(numbers: object) -> Array:
    """`numpy.sort`."""
    return np.sort(array(numbers))


def flip(numbers: object) -> Array:
    """`numpy.flip`."""
    return np.flip(array(numbers))


def cast(dtype: str) -> Callable[[object], Any]:
    """`numpy.int32` and the like of a number."""
    return lambda number: np.asarray(check_number(number)).astype(DTYPES[dtype]).item()


def _apply(function: Callable[[Any], Any], numbers: object) -> Any:
    checked = check_array(np.asarray(numbers))
    with np.errstate(all="ignore"):
        result = np.asarray(function(checked))
    check_array(result)
    return _scalar_or_array(result)


def _scalar_or_array(result: Array) -> Any:
    if result.ndim == 0:
        return result.item()
    return result


def _dtype_of(number_type: NumberType | None) -> type | None:
    if number_type is None:
        return None
    if isinstance(number_type, str):
        return DTYPES[number_type]
    return DTYPES[number_type.name]
