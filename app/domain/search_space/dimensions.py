"""One dimension of a search space: what one hyperparameter may be, and under which condition."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from app.domain.search_space.catalogue import CATALOGUE, Catalogue, Value

Condition = Mapping[str, tuple[Value, ...]]  # other hyperparameter -> the values it must have


@dataclass(frozen=True)
class Dimension:
    """What a hyperparameter may be. `kind`: fixed, choice, uniform, loguniform or integer.

    fixed and choice have `values`; the others run from `low` to `high`, both included, in steps from `low` on where
    there is a `step`. `when`: active only while each other hyperparameter named has one of the values given.
    """

    name: str
    kind: str
    values: tuple[Value, ...] = ()
    low: float = 0.0
    high: float = 0.0
    step: float | None = None
    when: Condition | None = None
    catalogue: Catalogue = field(default_factory=lambda: CATALOGUE, compare=False, repr=False)

    @property
    def is_listed(self) -> bool:
        """Its values are listed one by one."""
        return self.kind in ("fixed", "choice")

    @property
    def is_searched(self) -> bool:
        """It can differ between trials."""
        return self.kind != "fixed" and self.count != 1

    @property
    def is_continuous(self) -> bool:
        """It has endless many values."""
        return not self.is_listed and self.step is None

    @property
    def is_log(self) -> bool:
        """Its natural scale is logarithmic."""
        return self.kind == "loguniform"

    @property
    def is_whole(self) -> bool:
        """Its values are whole numbers."""
        return self.catalogue[self.name].kind == "integer"

    @cached_property
    def count(self) -> int:
        """How many values it has; 0 where they cannot be counted."""
        if self.is_listed:
            return len(self.values)
        return 0 if self.step is None else math.floor((self.high - self.low) / self.step + 1e-9) + 1

    def value_at(self, place: int) -> Value:
        """The value at a place from 0 to count - 1."""
        if self.is_listed:
            return self.values[place]
        return self._typed(self.low + place * (self.step or 0.0))

    def sample(self, generator: np.random.Generator) -> Value:
        """One value, drawn evenly on its scale."""
        if self.is_continuous or self.is_log:
            return self.at(float(generator.random()))
        return self.value_at(int(generator.integers(self.count)))

    def at(self, share: float) -> Value:
        """The value of a range at a share (0 to 1) of its scale: the nearest one, where there are steps."""
        if self.is_log:
            number = self.low * math.exp(share * math.log(self.high / self.low))
        else:
            number = self.low + share * (self.high - self.low)
        if self.step is not None:
            return self.value_at(min(round((number - self.low) / self.step), self.count - 1))
        return self._typed(min(max(number, self.low), self.high))

    def share(self, value: Value) -> float:
        """The inverse of `at`."""
        assert isinstance(value, int | float)
        if self.high == self.low:
            return 0.0
        if self.is_log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (float(value) - self.low) / (self.high - self.low)

    def nearest_share(self, value: Value) -> float:
        """The share of a number that may lie outside of the range: then that of the nearest end."""
        return self.share(min(max(float(value), self.low), self.high))

    def contains(self, value: Value) -> bool:
        """Whether a value is one of this dimension's."""
        if self.is_listed:
            return any(
                value == other and isinstance(value, bool) == isinstance(other, bool)
                for other in self.values
            )
        if isinstance(value, str | bool) or not self.low - (
            self.step or 0
        ) <= value <= self.high + (self.step or 0):
            return False
        place = self.place_of(value)
        return self.step is None or (0 <= place < self.count and self.value_at(place) == value)

    def place_of(self, value: Value) -> int:
        """The inverse of `value_at`, for values that are contained."""
        if self.is_listed:
            return self.values.index(value)
        assert isinstance(value, int | float)
        return round((value - self.low) / self.step) if self.step else 0

    def document(self) -> object:
        """JSON that parses to this dimension again."""
        when = {
            name: values[0] if len(values) == 1 else list(values)
            for name, values in (self.when or {}).items()
        }
        if self.kind == "fixed" and not when:
            return self.values[0]
        content: dict[str, object] = {}
        if self.kind == "fixed":
            content["fixed"] = self.values[0]
        elif self.kind == "choice":
            content["choice"] = list(self.values)
        else:
            number = int if self.is_whole else float
            content[self.kind] = [number(self.low), number(self.high)]
            if self.step is not None and not (self.is_whole and self.step == 1.0):
                content["step"] = number(self.step)
        return content | ({"when": when} if when else {})

    def _typed(self, number: float) -> Value:
        """Whole, or without the last digits that adding steps leaves behind (0.30000000000000004)."""
        if self.is_whole:
            return round(number)
        return float(number) if self.step is None else float(f"{number:.12g}")
