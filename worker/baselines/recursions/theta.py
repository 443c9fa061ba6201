"""The dynamic optimised Theta model as a recursion (Fiorucci et al. 2016).

Bundles copy this module: it needs numpy alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.baselines.recursions.seasons import SeasonalIndices

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ThetaModel:
    """A fitted Theta model, and its state before row `next_row`, after `rows` rows.

    smoothed, mean: of the values so far without their season; intercept, slope: of the line through
    them.
    """

    alpha: float
    theta: float
    season: SeasonalIndices
    next_row: int
    rows: int
    smoothed: float
    mean: float
    intercept: float
    slope: float

    def forecast(self, values: Floats, horizon: int = 1) -> Floats:
        """Forecasts from row `next_row` on, each knowing the rows before: (rows + 1, horizon).

        values: shape (rows,), from `next_row` on. The last forecasts are those of the rows to come.
        """
        states = self._states(values)
        rows = self.rows + np.arange(len(values) + 1.0)
        forecasts = np.empty((len(states), horizon))
        for step in range(horizon):
            forecasts[:, step] = self._predict(states, rows)
            states = self._update(states, rows, forecasts[:, step])
            rows = rows + 1
        return self.season.restore(forecasts, self.next_row)

    def advance(self, values: Floats) -> "ThetaModel":
        """The same model after these rows too, which are those from `next_row` on."""
        smoothed, mean, intercept, slope = self._states(values)[-1].tolist()
        return replace(
            self,
            next_row=self.next_row + len(values),
            rows=self.rows + len(values),
            smoothed=smoothed,
            mean=mean,
            intercept=intercept,
            slope=slope,
        )

    def to_document(self) -> dict[str, Any]:
        """As a bundle stores it: JSON."""
        return {
            "alpha": self.alpha,
            "theta": self.theta,
            "season": self.season.to_document(),
            "next_row": self.next_row,
            "rows": self.rows,
            "smoothed": self.smoothed,
            "mean": self.mean,
            "intercept": self.intercept,
            "slope": self.slope,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "ThetaModel":
        """The inverse of `to_document`."""
        season = SeasonalIndices.from_document(document["season"])
        return cls(**{**document, "season": season})

    def _states(self, values: Floats) -> Floats:
        """The state before each of these rows and after the last one, (rows + 1, 4)."""
        rest = self.season.remove(values, self.next_row)
        states = np.empty((len(values) + 1, 4))
        states[0] = (self.smoothed, self.mean, self.intercept, self.slope)
        for index, value in enumerate(rest):
            states[index + 1] = self._update(states[index], self.rows + index, value)
        return states

    def _predict(self, states: Floats, rows: Floats) -> Floats:
        """The next value of each state, after so many rows."""
        smoothed, _, intercept, slope = states.T
        rest = 1 - self.alpha
        line = intercept * rest**rows + slope * (1 - rest ** (rows + 1)) / self.alpha
        return np.asarray(smoothed + (1 - 1 / self.theta) * line)

    def _update(self, states: Floats, rows: Any, values: Any) -> Floats:
        """The states after one more value each; states (…, 4)."""
        smoothed, mean, _, slope = states.T
        smoothed = self.alpha * values + (1 - self.alpha) * smoothed
        slope = ((rows - 1) * slope + 6 * (values - mean) / (rows + 1)) / (rows + 2)
        mean = (rows * mean + values) / (rows + 1)
        intercept = mean - slope * (rows + 2) / 2
        return np.stack([smoothed, mean, intercept, slope], axis=-1)
