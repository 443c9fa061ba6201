"""A search space around one point: what a search varied, near the values that a trial had."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.domain.search_space.catalogue import Hyperparameter, Value
from app.domain.search_space.dimensions import ROUNDING_MARGIN, Dimension
from app.domain.search_space.parameters import Parameters, is_active
from app.domain.search_space.space import SearchSpace

HALF_DECADE = math.sqrt(10)  # a factor, for what is searched on a logarithmic scale
FRACTION_OF_RANGE = 0.25  # of an even range that was searched, to either side
FRACTION_OF_BOUNDS = 0.15  # of what a fraction such as dropout can be, to either side
FRACTION_OF_VALUE = 0.5  # of a number without such bounds, to either side
MIN_COMBINATIONS = 100  # fewer are soon tried
LARGEST_FRACTION = 1.0  # a hyperparameter that can be no more is a fraction

Bounds = tuple[float, float]


def space_around(
    space: SearchSpace,
    parameters: Parameters,
    varied: Collection[str],
    highest: Mapping[str, float],
) -> dict[str, object]:
    """The JSON of a space around a point that a search of `space` tried.

    varied: the hyperparameters that the search varied. Numbers among them are searched near their
    values, all others keep theirs. So do the numbers of layers, and whatever else decides which
    hyperparameters are active. Where that leaves few combinations, numbers on logarithmic scales
    are searched, too, but for epochs.
    highest: by name, what a number must not exceed for the data's sake.
    """
    active = [name for name in space.catalogue if _is_active(space, name, parameters)]
    document: dict[str, object] = {name: parameters[name] for name in active}
    deciding = _deciding_names(space)
    numeric = [name for name in active if name not in deciding and _is_numeric(space, name)]
    searched = [name for name in numeric if name in varied]
    entries = _entries_around(space, parameters, searched, highest)
    if math.prod(map(_count, entries.values())) < MIN_COMBINATIONS:
        on_log_scale = [name for name in numeric if space.catalogue[name].log and name != "epochs"]
        more = [name for name in on_log_scale if name not in entries]
        entries |= _entries_around(space, parameters, more, highest)
    return document | entries


def _entries_around(
    space: SearchSpace, parameters: Parameters, names: Iterable[str], highest: Mapping[str, float]
) -> dict[str, dict[str, Any]]:
    """The JSON of each dimension near the values of these hyperparameters."""
    entries = {}
    for name in names:
        hyperparameter = space.catalogue[name]
        if name in highest:
            most = max(highest[name], float(parameters[name]))
            hyperparameter = replace(hyperparameter, high=min(hyperparameter.high, most))
        entry = _entry_around(space.dimensions.get(name), hyperparameter, parameters[name])
        if entry is not None:
            entries[name] = entry
    return entries


def _count(entry: Mapping[str, Any]) -> float:
    """How many values a dimension has."""
    if "choice" in entry:
        return len(entry["choice"])
    if "integer" in entry:
        low, high = entry["integer"]
        return float((high - low) // entry.get("step", 1) + 1)
    return math.inf


def _is_active(space: SearchSpace, name: str, parameters: Parameters) -> bool:
    if name in space.dimensions:
        return space.is_active(name, parameters)
    return is_active(name, parameters, space.catalogue)


def _deciding_names(space: SearchSpace) -> set[str]:
    """The hyperparameters on whose values it depends whether others are active."""
    names = set()
    for hyperparameter in space.catalogue.values():
        if hyperparameter.requires is not None:
            names.add(hyperparameter.requires[0])
    for dimension in space.dimensions.values():
        names.update(dimension.when or {})
    return names


def _is_numeric(space: SearchSpace, name: str) -> bool:
    return space.catalogue[name].kind in ("integer", "number")


def _entry_around(
    dimension: Dimension | None, hyperparameter: Hyperparameter, value: Value
) -> dict[str, Any] | None:
    """A dimension's JSON; None where nothing but the value itself is left."""
    number = float(value)
    if dimension is not None and dimension.kind == "choice":
        neighbours = _neighbours(dimension.values, number)
        return {"choice": neighbours} if len(neighbours) > 1 else None
    if dimension is not None and dimension.is_listed:
        dimension = None
    step = dimension.step if dimension else None
    is_log = number > 0 and (hyperparameter.log or (dimension is not None and dimension.is_log))
    low, high = _range_around(dimension, hyperparameter, number, is_log=is_log)
    if hyperparameter.kind == "integer":
        step = step or 1
    if step:
        low, high = _on_steps(low, high, number, step)
    else:
        low = float(f"{low:.3g}")
        high = float(f"{high:.3g}")
    if low >= high:
        return None
    return _range_entry(hyperparameter, low, high, step, is_log=is_log)


def _range_entry(
    hyperparameter: Hyperparameter, low: float, high: float, step: float | None, *, is_log: bool
) -> dict[str, Any]:
    if hyperparameter.kind == "integer":
        bounds: list[float] = [round(low), round(high)]
        if step == 1 and is_log:
            return {"loguniform": bounds}
        entry: dict[str, Any] = {"integer": bounds}
        return entry if step == 1 else {**entry, "step": step}
    if step:
        return {"uniform": [low, high], "step": step}
    return {"loguniform" if is_log else "uniform": [low, high]}


def _neighbours(values: Sequence[Value], number: float) -> list[Value]:
    """The listed value of a number, and those before and after it in order of size."""
    ordered = sorted(values, key=float)
    index = min(range(len(ordered)), key=lambda place: abs(float(ordered[place]) - number))
    return ordered[max(0, index - 1) : index + 2]


def _range_around(
    dimension: Dimension | None, hyperparameter: Hyperparameter, number: float, *, is_log: bool
) -> Bounds:
    """The lowest and the highest number near another, within what a hyperparameter allows."""
    if is_log:
        low = number / HALF_DECADE
        high = number * HALF_DECADE
    else:
        reach = _reach(dimension, hyperparameter, number)
        low = number - reach
        high = number + reach
    if hyperparameter.low < hyperparameter.high:
        low = max(low, hyperparameter.low)
        high = min(high, hyperparameter.high)
    return low, high


def _reach(dimension: Dimension | None, hyperparameter: Hyperparameter, number: float) -> float:
    """How far to either side an even range goes; at least one for whole numbers."""
    least = 1.0 if hyperparameter.kind == "integer" else 0.0
    if dimension is not None:
        width = dimension.high - dimension.low
        return max(least, dimension.step or 0.0, FRACTION_OF_RANGE * width)
    if 0 < hyperparameter.high <= LARGEST_FRACTION:
        return FRACTION_OF_BOUNDS * (hyperparameter.high - hyperparameter.low)
    return max(least, FRACTION_OF_VALUE * abs(number))


def _on_steps(low: float, high: float, number: float, step: float) -> Bounds:
    """The ends of a range as whole steps from a number."""
    below = math.floor((number - low) / step + ROUNDING_MARGIN)
    above = math.floor((high - number) / step + ROUNDING_MARGIN)
    return number - below * step, number + above * step
