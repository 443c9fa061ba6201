"""An axis that holds the values of a hyperparameter."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import Value
from app.services.importance import ImportanceReport, TrialPoint
from app.web.charts import figures
from app.web.charts.figures import Layout
from app.web.formats import value

CHOICE_SPREAD = (
    0.5  # of the distance between two choices: the width over which their trials are spread
)
GOLDEN_RATIO = 0.618  # steps of this size keep the marks of successive trials apart
LOG_TICKS = 3  # as in static/charts.js
MAX_TICKS = 12  # a range of no more values has a tick at each of them


@dataclass(frozen=True)
class ValueAxis:
    """Numbers of a range at their place, listed values side by side.

    `spread_step`: which part of the spread lies between the marks of successive trials.
    """

    dimension: Dimension
    values: Sequence[Value]
    spread_step: float = GOLDEN_RATIO

    @property
    def positions(self) -> tuple[float, ...]:
        """Where the values are; of listed ones, their indices."""
        if self.dimension.is_listed:
            return tuple(float(index) for index in range(len(self.values)))
        return tuple(float(number) for number in self.values)

    @property
    def has_few_values(self) -> bool:
        """Whether each of its values has a tick: nothing lies between them."""
        return self.dimension.is_listed or 0 < self.dimension.count <= MAX_TICKS

    @property
    def edges(self) -> list[float]:
        """The ends of the cells around the values, one more than there are values."""
        scaled = [math.log(number) if self._is_log else number for number in self.positions]
        middles = [(left + right) / 2 for left, right in pairwise(scaled)]
        first = 2 * scaled[0] - middles[0] if middles else scaled[0] - 0.5
        last = 2 * scaled[-1] - middles[-1] if middles else scaled[-1] + 0.5
        edges = [first, *middles, last]
        return [math.exp(edge) if self._is_log else edge for edge in edges]

    def has(self, report: ImportanceReport, point: TrialPoint) -> bool:
        """Whether a trial has a value here: the hyperparameter was active in it, and searched."""
        name = self.dimension.name
        parameters = point.parameters
        if name not in report.space.searched_values(parameters):
            return False
        return self.dimension.contains(parameters[name])

    def place(self, point: TrialPoint) -> float:
        """Where a trial that has a value is; the trials of one choice are spread."""
        parameter = point.parameters[self.dimension.name]
        if not self.dimension.is_listed:
            return float(parameter)
        step = (point.number * self.spread_step) % 1
        offset = step - 0.5
        index = self.values.index(parameter)
        return index + CHOICE_SPREAD * offset

    def layout(self) -> Layout:
        """Scale and ticks of the axis."""
        if self.dimension.is_listed:
            count = len(self.values)
            texts = [value(choice) for choice in self.values]
            return {
                "tickvals": list(range(count)),
                "ticktext": [figures.escape_label(text) for text in texts],
                "range": [-0.6, count - 0.4],
                "showgrid": False,
            }
        if self.has_few_values and not self._is_log:
            return {"type": "linear", "tickvals": list(self.values), "tickformat": "~g"}
        if self._is_log:
            return {"type": "log", "nticks": LOG_TICKS, "tickformat": "~g"}
        return {"type": "linear", "tickformat": "~g"}

    @property
    def _is_log(self) -> bool:
        return self.dimension.is_log
