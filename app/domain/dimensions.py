"""One dimension of a search space: what one hyperparameter may be, and under which condition."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.domain.hyperparameters import CATALOGUE, Hyperparameter, Value, bounds_problem, value_problem

MAX_CHOICES = 1000
KINDS = ("choice", "uniform", "loguniform", "integer")
Condition = Mapping[str, tuple[Value, ...]]  # other hyperparameter -> the values it must have


class DimensionError(ValueError):
    """What is wrong with one dimension, in words."""


@dataclass(frozen=True)
class Dimension:
    """What a hyperparameter may be. `kind`: fixed, choice, uniform, loguniform or integer.

    fixed and choice have `values`; the others run from `low` to `high`, both included, in units of `step`
    where there is one. `when`: active only while each other hyperparameter named has one of the values given.
    """

    name: str
    kind: str
    values: tuple[Value, ...] = ()
    low: float = 0.0
    high: float = 0.0
    step: float | None = None
    when: Condition | None = None

    @property
    def is_searched(self) -> bool:
        """It can differ between trials."""
        return self.kind in ("uniform", "loguniform", "integer") or len(self.values) > 1

    @property
    def is_continuous(self) -> bool:
        """It has endless many values."""
        return self.kind in ("uniform", "loguniform") and self.step is None

    @property
    def is_log(self) -> bool:
        """Its natural scale is logarithmic."""
        return self.kind == "loguniform"

    @property
    def count(self) -> int:
        """How many values it has; continuous ones have none that can be counted (0)."""
        if self.kind in ("fixed", "choice"):
            return len(self.values)
        return 0 if self.is_continuous else math.floor((self.high - self.low) / self.unit + 1e-9) + 1

    @property
    def unit(self) -> float:
        """The distance of neighbouring values of a counted range."""
        return self.step or 1.0

    def value_at(self, place: int) -> Value:
        """The value at a place from 0 to count - 1."""
        if self.kind in ("fixed", "choice"):
            return self.values[place]
        return self._typed(self.low + place * self.unit)

    def sample(self, generator: np.random.Generator) -> Value:
        """One value, drawn evenly on its scale."""
        if self.is_continuous or self.is_log:
            return self.at(float(generator.random()))
        return self.value_at(int(generator.integers(self.count)))

    def at(self, share: float) -> Value:
        """The value at a share (0 to 1) of a range on its scale, rounded to its step and kept within bounds."""
        if self.is_log:
            number = math.exp(math.log(self.low) + share * (math.log(self.high) - math.log(self.low)))
        else:
            number = self.low + share * (self.high - self.low)
        if self.step is not None or self.kind == "integer":
            number = self.low + round((number - self.low) / self.unit) * self.unit
        return self._typed(min(max(number, self.low), self.high))

    def share(self, value: Value) -> float:
        """The inverse of `at`."""
        assert isinstance(value, int | float)
        if self.high == self.low:
            return 0.0
        if self.is_log:
            return (math.log(value) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return (float(value) - self.low) / (self.high - self.low)

    def contains(self, value: Value) -> bool:
        """Whether a value is one of this dimension's."""
        if self.kind in ("fixed", "choice"):
            return any(value == other and isinstance(value, bool) == isinstance(other, bool) for other in self.values)
        if isinstance(value, bool) or not isinstance(value, int | float) or not self.low <= value <= self.high:
            return False
        steps = (value - self.low) / self.unit
        return self.is_continuous or abs(steps - round(steps)) < 1e-6

    def document(self) -> object:
        """JSON that parses to this dimension again."""
        when = {name: values[0] if len(values) == 1 else list(values) for name, values in (self.when or {}).items()}
        if self.kind == "fixed" and not when:
            return self.values[0]
        content: dict[str, object] = {"choice": list(self.values)} if self.values else {self.kind: self._range()}
        if self.step is not None:
            content["step"] = self.step
        return content | ({"when": when} if when else {})

    def _range(self) -> list[Value]:
        return [self._end(self.low), self._end(self.high)]

    def _end(self, number: float) -> Value:
        return int(number) if self.kind == "integer" else number

    def _typed(self, number: float) -> Value:
        return round(number) if CATALOGUE[self.name].kind == "integer" else float(number)


def parse_dimension(name: str, document: object) -> Dimension:
    """One entry of a space's JSON. Raises DimensionError in words."""
    row = CATALOGUE[name]
    if not isinstance(document, Mapping):
        return Dimension(name, "fixed", (_checked(row, document),))
    when = _condition(name, document["when"]) if document.get("when") is not None else None
    kinds = [kind for kind in KINDS if kind in document]
    strange = [str(key)[:40] for key in document if key not in (*KINDS, "when", "step", "fixed")]
    if strange:
        raise DimensionError(f'{name}: "{strange[0]}" is not understood. Known are {", ".join(KINDS)}, step and when.')
    if "fixed" in document and not kinds:
        return Dimension(name, "fixed", (_checked(row, document["fixed"]),), when=when)
    if len(kinds) != 1:
        raise DimensionError(f"{name} needs exactly one of {', '.join(KINDS)}, or a plain value.")
    if kinds == ["choice"]:
        return Dimension(name, *_choices(row, document["choice"]), when=when)
    return _parse_range(row, kinds[0], document, when)


def _choices(row: Hyperparameter, listed: object) -> tuple[str, tuple[Value, ...]]:
    if not isinstance(listed, list) or not listed:
        raise DimensionError(f"{row.name}: a choice needs a list with at least one value.")
    if len(listed) > MAX_CHOICES:
        raise DimensionError(f"{row.name}: a choice has at most {MAX_CHOICES} values, not {len(listed)}.")
    values = tuple(dict.fromkeys(_checked(row, value) for value in listed))
    return ("fixed" if len(values) == 1 else "choice"), values


def _checked(row: Hyperparameter, value: object) -> Value:
    message = value_problem(row, value)
    if message:
        raise DimensionError(message)
    if row.kind == "integer":
        return int(value)  # type: ignore[call-overload, no-any-return]
    return float(value) if row.kind == "number" else value  # type: ignore[arg-type, return-value]


def _parse_range(row: Hyperparameter, kind: str, document: Mapping[str, object], when: Condition | None) -> Dimension:
    if row.kind not in ("integer", "number"):
        raise DimensionError(f"{row.name} has no numbers to range over: give a choice.")
    if kind == "integer" and row.kind == "number":
        raise DimensionError(f"{row.name} is no whole number: use uniform or loguniform.")
    low, high = _ends(row, kind, document[kind])
    step = document.get("step")
    if step is None:
        return Dimension(row.name, kind, low=low, high=high, step=_whole(row, kind), when=when)
    if isinstance(step, bool) or not isinstance(step, int | float) or not 0 < step <= max(high - low, 1e-12):
        raise DimensionError(f"{row.name}: step is a number above 0 and no larger than the range.")
    if row.kind == "integer" and step != int(step):
        raise DimensionError(f"{row.name} is a whole number, so its step is one too.")
    if (high - low) / step > 1e6:
        raise DimensionError(f"{row.name}: a step of {step:g} makes more than a million values.")
    return Dimension(row.name, kind, low=low, high=high, step=float(step), when=when)


def _whole(row: Hyperparameter, kind: str) -> float | None:
    return 1.0 if row.kind == "integer" and kind != "integer" else None


def _ends(row: Hyperparameter, kind: str, listed: object) -> tuple[float, float]:
    if not isinstance(listed, list) or len(listed) != 2:
        raise DimensionError(f"{row.name}: {kind} needs two numbers, the lowest and the highest.")
    for end in listed:
        if isinstance(end, bool) or not isinstance(end, int | float) or not -1e15 < end < 1e15:
            raise DimensionError(f"{row.name}: {kind} runs between two numbers.")
        if row.kind == "integer" and end != int(end):
            raise DimensionError(f"{row.name} is a whole number, and so are the ends of its range.")
        problem = bounds_problem(row, float(end), end_of_range=True)
        if problem:
            raise DimensionError(problem)
    low, high = float(listed[0]), float(listed[1])
    if low >= high:
        raise DimensionError(f"{row.name}: the lowest value ({low:g}) must be less than the highest ({high:g}).")
    if kind == "loguniform" and low <= 0:
        raise DimensionError(f"{row.name}: a logarithmic scale starts above 0.")
    return _open_ends(row, low, high)


def _open_ends(row: Hyperparameter, low: float, high: float) -> tuple[float, float]:
    """Ends of a range that are no values themselves: a learning rate of 0, a dropout of 1."""
    if row.name == "learning_rate":
        low = max(low, 1e-8)
    assert row.high is not None
    return low, min(high, row.high)


def _condition(name: str, document: object) -> Condition:
    if not isinstance(document, Mapping) or not document:
        raise DimensionError(f'{name}: "when" names another hyperparameter and the value it must have.')
    found: dict[str, tuple[Value, ...]] = {}
    for other, listed in document.items():
        row = CATALOGUE.get(other) if isinstance(other, str) else None
        if row is None or other == name:
            raise DimensionError(f'{name}: "when" names "{str(other)[:40]}", which is no other hyperparameter.')
        values = listed if isinstance(listed, list) else [listed]
        if not values or len(values) > MAX_CHOICES:
            raise DimensionError(f'{name}: "when" needs at least one value for {other}.')
        found[other] = tuple(dict.fromkeys(_checked(row, value) for value in values))
    return found
