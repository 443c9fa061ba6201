"""One dimension of a search space: what one hyperparameter may be, and under which condition."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from app.domain.search_space.catalogue import CATALOGUE, Catalogue, Value

Condition = Mapping[str, tuple[Value, ...]]  # other hyperparameter -> the values it must have

ROUNDING_MARGIN = 1e-9  # of a step: what floating point may take from the number of steps


def is_shorter_than(width: float, step: float) -> bool:
    """Whether a step does not fit into a range: 0.1 fits into 0.5 - 0.4, but for rounding."""
    return width < step * (1 - ROUNDING_MARGIN)


@dataclass(frozen=True)
class Dimension:
    """What a hyperparameter may be. `kind`: fixed, choice, uniform, loguniform or integer.

    fixed and choice have `values`. The others range from `low` to `high`, both included; with a
    `step`, in steps that start at `low`.
    `when`: active only while each hyperparameter named in it has one of the values listed there.
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
        """Its values are listed, as opposed to a range."""
        return self.kind in ("fixed", "choice")

    @property
    def is_searched(self) -> bool:
        """It can differ between trials."""
        if self.kind == "fixed":
            return False
        return self.count != 1

    @property
    def is_continuous(self) -> bool:
        """It has an unlimited number of values."""
        if self.is_listed:
            return False
        return self.step is None

    @property
    def is_log(self) -> bool:
        """Its natural scale is logarithmic."""
        return self.kind == "loguniform"

    @property
    def is_integer(self) -> bool:
        """Its values are whole numbers."""
        row = self.catalogue[self.name]
        return row.kind == "integer"

    @cached_property
    def count(self) -> int:
        """How many values it has; 0 where it is continuous."""
        if self.is_listed:
            return len(self.values)
        if self.step is None:
            return 0
        width = self.high - self.low
        steps = width / self.step
        whole_steps = math.floor(steps + ROUNDING_MARGIN)
        return whole_steps + 1

    @property
    def first(self) -> Value:
        """The first of its values, the lowest of a range."""
        if self.is_listed:
            return self.values[0]
        return self._to_value(self.low)

    @property
    def last(self) -> Value:
        """The last of its values, the highest of a range, which a step may not reach the end of."""
        if self.is_listed:
            return self.values[-1]
        if self.step is None:
            return self._to_value(self.high)
        return self.value_at(self.count - 1)

    def value_at(self, index: int) -> Value:
        """The value at an index from 0 to count - 1."""
        if self.is_listed:
            return self.values[index]
        step = self.step or 0.0
        number = self.low + index * step
        return self._to_value(number)

    def index_of(self, value: Value) -> int:
        """The inverse of `value_at`, for values that the dimension contains."""
        if self.is_listed:
            return self.values.index(value)
        assert isinstance(value, int | float)
        if not self.step:
            return 0
        steps = (value - self.low) / self.step
        return round(steps)

    def sample(self, generator: np.random.Generator) -> Value:
        """One value, drawn evenly on its scale."""
        if self.is_continuous or self.is_log:
            fraction = float(generator.random())
            return self.value_at_fraction(fraction)
        index = int(generator.integers(self.count))
        return self.value_at(index)

    def value_at_fraction(self, fraction: float) -> Value:
        """The value at a fraction (0 to 1) of a range on its scale, rounded to a step."""
        if self.is_log:
            log_width = math.log(self.high / self.low)
            number = self.low * math.exp(fraction * log_width)
        else:
            width = self.high - self.low
            number = self.low + fraction * width
        if self.step is None:
            clipped = self._clip(number)
            return self._to_value(clipped)
        last = self.count - 1
        index = round((number - self.low) / self.step)
        return self.value_at(min(index, last))

    def fraction_of(self, value: Value) -> float:
        """The inverse of `value_at_fraction`."""
        assert isinstance(value, int | float)
        if self.high == self.low:
            return 0.0
        if self.is_log:
            log_width = math.log(self.high / self.low)
            log_distance = math.log(value / self.low)
            return log_distance / log_width
        width = self.high - self.low
        distance = float(value) - self.low
        return distance / width

    def nearest_fraction(self, value: Value) -> float:
        """The fraction of a number, or that of the nearest end where it is outside the range."""
        number = float(value)
        clipped = self._clip(number)
        return self.fraction_of(clipped)

    def contains(self, value: Value) -> bool:
        """Whether this dimension has a value."""
        if self.is_listed:
            return self._lists(value)
        if isinstance(value, str | bool):
            return False
        margin = self.step or 0
        if not self.low - margin <= value <= self.high + margin:
            return False
        if self.step is None:
            return True
        index = self.index_of(value)
        if not 0 <= index < self.count:
            return False
        return self.value_at(index) == value

    def document(self) -> object:
        """JSON that parses to this dimension again."""
        if self.kind == "fixed" and not self.when:
            return self.values[0]
        content = self._content_document()
        if self.when:
            content["when"] = _condition_document(self.when)
        return content

    def _content_document(self) -> dict[str, object]:
        if self.kind == "fixed":
            return {"fixed": self.values[0]}
        if self.kind == "choice":
            return {"choice": list(self.values)}
        number_type = int if self.is_integer else float
        low = number_type(self.low)
        high = number_type(self.high)
        content: dict[str, object] = {self.kind: [low, high]}
        if self.step is None:
            return content
        is_default_step = self.is_integer and self.step == 1.0
        if not is_default_step:
            content["step"] = number_type(self.step)
        return content

    def _lists(self, value: Value) -> bool:
        """Whether a value is listed. True and 1 are equal in Python, and different here."""
        is_flag = isinstance(value, bool)
        equal_values = [listed for listed in self.values if listed == value]
        return any(isinstance(listed, bool) == is_flag for listed in equal_values)

    def _clip(self, number: float) -> float:
        number = max(number, self.low)
        return min(number, self.high)

    def _to_value(self, number: float) -> Value:
        """A number in the dimension's type.

        With a step, without the last digits that adding steps leaves (0.30000000000000004).
        """
        if self.is_integer:
            return round(number)
        if self.step is None:
            return float(number)
        return float(f"{number:.12g}")


def _condition_document(condition: Condition) -> dict[str, object]:
    document: dict[str, object] = {}
    for name, values in condition.items():
        if len(values) == 1:
            document[name] = values[0]
        else:
            document[name] = list(values)
    return document
