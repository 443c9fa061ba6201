"""The JSON of a search space: one entry becomes one dimension, or is refused in words."""

from collections.abc import Mapping
from functools import partial
from math import ceil

from app.domain.search_space.catalogue import CATALOGUE, Catalogue, Hyperparameter, Value
from app.domain.search_space.dimensions import Condition, Dimension
from app.domain.search_space.parameters import canonical, number_problem, value_problem
from app.domain.search_space.problems import named

KINDS = ("choice", "uniform", "loguniform", "integer")
MAX_CHOICES = 1000
MAX_STEPS = 1_000_000


class DimensionError(ValueError):
    """What is wrong with one dimension, in words."""


def parse_dimension(name: str, document: object, catalogue: Catalogue = CATALOGUE) -> Dimension:
    """One entry of a space's JSON. Raises DimensionError in words."""
    row = catalogue[name]
    made = partial(Dimension, name, catalogue=catalogue)
    if not isinstance(document, Mapping):
        return made("fixed", (_checked(row, document),))
    kind = _kind(row, document)
    when = (
        _condition(row, document["when"], catalogue) if document.get("when") is not None else None
    )
    if kind == "fixed":
        return made("fixed", (_checked(row, document["fixed"]),), when=when)
    if kind == "choice":
        values = _choices(row, document["choice"])
        return made("fixed" if len(values) == 1 else "choice", values, when=when)
    low, high = _ends(row, kind, document[kind])
    step = _step(row, document.get("step"), low, high)
    low, high = _within_bounds(row, low, high, step)
    if high - low < (step or 0.0) or low == high:
        return made("fixed", (canonical(row, low),), when=when)
    return made(kind, low=low, high=high, step=step, when=when)


def _kind(row: Hyperparameter, document: Mapping[object, object]) -> str:
    strange = [key for key in document if key not in (*KINDS, "fixed", "when", "step")]
    known = ", ".join(KINDS)
    if strange:
        raise DimensionError(
            f'{row.name}: "{named(strange[0])}" is not understood. Known are {known}, step and when.'
        )
    kinds = [kind for kind in (*KINDS, "fixed") if kind in document]
    if len(kinds) != 1:
        raise DimensionError(f"{row.name} needs exactly one of {known}, or a plain value.")
    if document.get("step") is not None and kinds[0] in ("choice", "fixed"):
        raise DimensionError(f"{row.name}: a step goes with a range, not with a {kinds[0]} value.")
    return kinds[0]


def _choices(row: Hyperparameter, listed: object) -> tuple[Value, ...]:
    if not isinstance(listed, list | tuple) or not listed:
        raise DimensionError(f"{row.name}: a choice needs a list with at least one value.")
    if len(listed) > MAX_CHOICES:
        raise DimensionError(
            f"{row.name}: a choice has at most {MAX_CHOICES:,} values, not {len(listed):,}."
        )
    return tuple(dict.fromkeys(_checked(row, value) for value in listed))


def _checked(row: Hyperparameter, value: object) -> Value:
    message = value_problem(row, value)
    if message:
        raise DimensionError(message)
    return canonical(row, value)


def _ends(row: Hyperparameter, kind: str, listed: object) -> tuple[float, float]:
    if row.kind not in ("integer", "number"):
        raise DimensionError(f"{row.name} has no numbers to range over: give a choice.")
    if kind == "integer" and row.kind == "number":
        raise DimensionError(f"{row.name} is not a whole number: use uniform or loguniform.")
    if not isinstance(listed, list | tuple) or len(listed) != 2:
        raise DimensionError(f"{row.name}: {kind} needs two numbers, the lowest and the highest.")
    low, high = (_end(row, end) for end in listed)
    if low >= high:
        raise DimensionError(
            f"{row.name}: the lowest value ({low:g}) must be less than the highest ({high:g})."
        )
    if kind == "loguniform" and low <= 0:
        raise DimensionError(f"{row.name}: a logarithmic scale starts above 0.")
    return low, high


def _end(row: Hyperparameter, end: object) -> float:
    message = number_problem(row, end)
    if message:
        raise DimensionError(message)
    assert isinstance(end, int | float)
    low, high = row.widest or (row.low, row.high)
    if not low <= end <= high:
        raise DimensionError(f"{row.name} lies between {low:g} and {high:g}, and {end:g} does not.")
    return float(end)


def _step(row: Hyperparameter, step: object, low: float, high: float) -> float | None:
    if step is None:
        return 1.0 if row.kind == "integer" else None
    message = number_problem(row, step)
    if message:
        raise DimensionError(f"{row.name}: its step is not possible. {message}")
    assert isinstance(step, int | float)
    if not 0 < step <= high - low:
        raise DimensionError(f"{row.name}: a step is above 0 and no larger than the range.")
    if (high - low) / step > MAX_STEPS:
        raise DimensionError(f"{row.name}: a step of {step:g} makes more than a million values.")
    return float(step)


def _within_bounds(
    row: Hyperparameter, low: float, high: float, step: float | None
) -> tuple[float, float]:
    """Cut off ends that are no values themselves: a learning rate of 0, a dropout of 1."""
    if low < row.low:
        low = row.low if step is None else low + step * ceil((row.low - low) / step)
    high = min(high, row.high)
    if low > high:
        raise DimensionError(
            f"{row.name} lies between {row.low:g} and {row.high:g}, and none of this range does."
        )
    return low, high


def _condition(row: Hyperparameter, document: object, catalogue: Catalogue) -> Condition:
    if not isinstance(document, Mapping) or not document:
        raise DimensionError(
            f'{row.name}: "when" names another hyperparameter and the value it must have.'
        )
    found: dict[str, tuple[Value, ...]] = {}
    for name, listed in document.items():
        other = catalogue.get(name)
        if other is None or other is row:
            raise DimensionError(
                f'{row.name}: "when" names "{named(name)}", which is no other hyperparameter.'
            )
        values = listed if isinstance(listed, list | tuple) else [listed]
        if not values or len(values) > MAX_CHOICES:
            raise DimensionError(
                f'{row.name}: "when" needs from 1 to {MAX_CHOICES:,} values for {other.name}.'
            )
        found[name] = tuple(dict.fromkeys(_checked(other, value) for value in values))
    return found
