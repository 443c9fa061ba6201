"""The JSON of a search space: one entry becomes one dimension, or is refused with a message."""

from collections.abc import Mapping
from functools import partial
from math import ceil

from app.domain.search_space.catalogue import CATALOGUE, Catalogue, Hyperparameter, Value
from app.domain.search_space.dimensions import (
    ROUNDING_MARGIN,
    Condition,
    Dimension,
    is_shorter_than,
)
from app.domain.search_space.parameters import (
    bounds_text,
    number_problem,
    to_canonical,
    value_problem,
)
from app.domain.search_space.problems import excerpt

KINDS = ("choice", "uniform", "loguniform", "integer")
MAX_CHOICES = 1000
MAX_RANGE_STEPS = 1_000_000


class DimensionError(ValueError):
    """What is wrong with one dimension, in words."""


def parse_dimension(name: str, document: object, catalogue: Catalogue = CATALOGUE) -> Dimension:
    """One entry of a space's JSON. Raises DimensionError."""
    row = catalogue[name]
    dimension = partial(Dimension, name, catalogue=catalogue)
    if not isinstance(document, Mapping):
        value = _parse_value(row, document)
        return dimension("fixed", (value,))
    kind = _parse_kind(row, document)
    when = None
    if document.get("when") is not None:
        when = _parse_condition(row, document["when"], catalogue)
    if kind == "fixed":
        value = _parse_value(row, document["fixed"])
        return dimension("fixed", (value,), when=when)
    if kind == "choice":
        values = _parse_choices(row, document["choice"])
        kind = "fixed" if len(values) == 1 else "choice"
        return dimension(kind, values, when=when)
    low, high = _parse_ends(row, kind, document[kind])
    step = _parse_step(row, document.get("step"), low, high)
    low, high = _cut_to_bounds(row, low, high, step)
    if low == high or is_shorter_than(high - low, step or 0.0):
        value = to_canonical(row, low)
        return dimension("fixed", (value,), when=when)
    return dimension(
        kind,
        low=low,
        high=high,
        step=step,
        when=when,
    )


def _parse_kind(row: Hyperparameter, document: Mapping[object, object]) -> str:
    allowed_keys = (*KINDS, "fixed", "when", "step")
    listed_kinds = ", ".join(KINDS)
    for key in document:
        if key not in allowed_keys:
            shown_key = excerpt(key)
            raise DimensionError(
                f'{row.name}: "{shown_key}" is unknown. '
                f"Possible keys are {listed_kinds}, step and when."
            )
    possible_kinds = (*KINDS, "fixed")
    kinds = [kind for kind in possible_kinds if kind in document]
    if len(kinds) != 1:
        raise DimensionError(f"{row.name} needs exactly one of {listed_kinds}, or a plain value.")
    kind = kinds[0]
    if document.get("step") is not None and kind in ("choice", "fixed"):
        raise DimensionError(f"{row.name}: a step goes with a range, not with a {kind} value.")
    return kind


def _parse_choices(row: Hyperparameter, choices: object) -> tuple[Value, ...]:
    if not isinstance(choices, list | tuple) or not choices:
        raise DimensionError(f"{row.name}: a choice needs a list with at least one value.")
    count = len(choices)
    if count > MAX_CHOICES:
        raise DimensionError(
            f"{row.name}: a choice has at most {MAX_CHOICES:,} values, not {count:,}."
        )
    return _parse_distinct(row, choices)


def _parse_distinct(
    row: Hyperparameter, values: list[object] | tuple[object, ...]
) -> tuple[Value, ...]:
    """Values in their order, each of them once."""
    parsed = [_parse_value(row, value) for value in values]
    distinct = dict.fromkeys(parsed)
    return tuple(distinct)


def _parse_value(row: Hyperparameter, value: object) -> Value:
    message = value_problem(row, value)
    if message:
        raise DimensionError(message)
    return to_canonical(row, value)


def _parse_ends(row: Hyperparameter, kind: str, ends: object) -> tuple[float, float]:
    if row.kind not in ("integer", "number"):
        raise DimensionError(f"{row.name} has no numbers to range over: give it a choice.")
    if kind == "integer" and row.kind != "integer":
        raise DimensionError(f"{row.name} is not a whole number: use uniform or loguniform.")
    if not isinstance(ends, list | tuple) or len(ends) != 2:
        raise DimensionError(f"{row.name}: {kind} needs two numbers, the lowest and the highest.")
    lowest, highest = ends
    low = _parse_end(row, lowest)
    high = _parse_end(row, highest)
    if low >= high:
        raise DimensionError(
            f"{row.name}: the lowest value ({low:g}) must be less than the highest ({high:g})."
        )
    if kind == "loguniform" and low <= 0:
        raise DimensionError(f"{row.name}: a logarithmic scale must start above 0.")
    return low, high


def _parse_end(row: Hyperparameter, end: object) -> float:
    message = number_problem(row, end)
    if message:
        raise DimensionError(message)
    assert isinstance(end, int | float)
    low = row.low
    high = row.high
    if row.written_bounds is not None:
        low, high = row.written_bounds
    if not low <= end <= high:
        raise DimensionError(f"{row.name} must be between {low:g} and {high:g}, not {end:g}.")
    return float(end)


def _parse_step(row: Hyperparameter, step: object, low: float, high: float) -> float | None:
    """The step of a range; None where it is continuous."""
    if step is None:
        if row.kind == "integer":
            return 1.0
        return None
    message = number_problem(row, step)
    if message:
        raise DimensionError(f"{row.name}: this step is not possible. {message}")
    assert isinstance(step, int | float)
    width = high - low
    if step <= 0 or is_shorter_than(width, step):
        raise DimensionError(
            f"{row.name}: a step must be greater than 0 and no larger than the range."
        )
    if width / step > MAX_RANGE_STEPS:
        raise DimensionError(
            f"{row.name}: a step of {step:g} makes more than {MAX_RANGE_STEPS:,} values."
        )
    return float(step)


def _cut_to_bounds(
    row: Hyperparameter, low: float, high: float, step: float | None
) -> tuple[float, float]:
    """Cut off ends that are not possible values: a learning rate of 0, a dropout of 1."""
    if low < row.low:
        if step is None:
            low = row.low
        else:
            n_steps = ceil((row.low - low) / step - ROUNDING_MARGIN)
            low += step * n_steps
    high = min(high, row.high)
    if low > high:
        raise DimensionError(
            f"{row.name} must be {bounds_text(row)}: none of this range lies there."
        )
    return low, high


def _parse_condition(row: Hyperparameter, document: object, catalogue: Catalogue) -> Condition:
    if not isinstance(document, Mapping) or not document:
        raise DimensionError(
            f'{row.name}: "when" names another hyperparameter and the value it must have.'
        )
    condition: dict[str, tuple[Value, ...]] = {}
    for name, allowed in document.items():
        other = catalogue.get(name)
        if other is None or other is row:
            shown_name = excerpt(name)
            raise DimensionError(
                f'{row.name}: "when" names "{shown_name}", which is not another hyperparameter.'
            )
        values = allowed if isinstance(allowed, list | tuple) else [allowed]
        if not 1 <= len(values) <= MAX_CHOICES:
            raise DimensionError(
                f'{row.name}: "when" needs from 1 to {MAX_CHOICES:,} values for {other.name}.'
            )
        condition[name] = _parse_distinct(other, values)
    return condition
