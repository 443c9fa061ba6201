"""Exponential smoothing as a recursion: level, trend and season (Hyndman et al. 2008).

Whether the error is additive or multiplicative changes how a model is fitted, not how it goes on.
Bundles copy this module: it needs numpy alone.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MIN_DIVISOR = 1e-10  # as in statsforecast
HUGE = 1e10  # what a division by less gives


class Component(StrEnum):
    """How a trend or a season enters."""

    NONE = "N"
    ADDITIVE = "A"
    MULTIPLICATIVE = "M"


@dataclass(frozen=True)
class EtsModel:
    """A fitted model, and its state before row `next_row`.

    phi: 1 where the trend is not damped. season: its indices, that of the next row first; empty
    without a season.
    """

    trend_type: Component
    season_type: Component
    alpha: float
    beta: float
    gamma: float
    phi: float
    next_row: int
    level: float
    trend: float
    season: tuple[float, ...]

    def forecast(self, values: Floats, horizon: int = 1) -> Floats:
        """Forecasts from row `next_row` on, each knowing the rows before: (rows + 1, horizon).

        values: shape (rows,), from `next_row` on. The last forecasts are those of the rows to come.
        """
        levels, trends, seasons = self._states(values)
        forecasts = np.empty((len(levels), horizon))
        damped_steps = 0.0
        for step in range(horizon):
            damped_steps += self.phi ** (step + 1)
            forecast = levels
            if self.trend_type == Component.ADDITIVE:
                forecast = levels + damped_steps * trends
            elif self.trend_type == Component.MULTIPLICATIVE:
                forecast = levels * trends**damped_steps
            if self.season_type == Component.ADDITIVE:
                forecast = forecast + seasons[:, step % seasons.shape[1]]
            elif self.season_type == Component.MULTIPLICATIVE:
                forecast = forecast * seasons[:, step % seasons.shape[1]]
            forecasts[:, step] = forecast
        return forecasts

    def advance(self, values: Floats) -> "EtsModel":
        """The same model after these rows too, which are those from `next_row` on."""
        levels, trends, seasons = self._states(values)
        return replace(
            self,
            next_row=self.next_row + len(values),
            level=float(levels[-1]),
            trend=float(trends[-1]),
            season=tuple(seasons[-1].tolist()),
        )

    def to_document(self) -> dict[str, Any]:
        """As a bundle stores it: JSON."""
        return {**asdict(self), "season": list(self.season)}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "EtsModel":
        """The inverse of `to_document`."""
        fields = dict(document)
        fields["trend_type"] = Component(fields["trend_type"])
        fields["season_type"] = Component(fields["season_type"])
        fields["season"] = tuple(fields["season"])
        return cls(**fields)

    def _states(self, values: Floats) -> tuple[Floats, Floats, Floats]:
        """Before each of these rows and after the last one: levels, trends (rows + 1,), seasons."""
        n_states = len(values) + 1
        levels = np.empty(n_states)
        trends = np.empty(n_states)
        indices = [*self.season]  # all, one after the other; the last ones are the season's
        level = self.level
        trend = self.trend
        for row, value in enumerate(values.tolist()):
            levels[row] = level
            trends[row] = trend
            index = indices[row] if self.season else 0.0
            level, trend, index = self._update(value, level, trend, index)
            if self.season:
                indices.append(index)
        levels[-1] = level
        trends[-1] = trend
        if not self.season:
            return levels, trends, np.zeros((n_states, 0))
        seasons = np.lib.stride_tricks.sliding_window_view(indices, len(self.season))
        return levels, trends, seasons

    def _update(
        self, value: float, level: float, trend: float, index: float
    ) -> tuple[float, float, float]:
        """Level, trend and the row's seasonal index after a value."""
        expected = level  # of the level without its season
        damped = 0.0
        if self.trend_type == Component.ADDITIVE:
            damped = self.phi * trend
            expected = level + damped
        elif self.trend_type == Component.MULTIPLICATIVE:
            damped = trend**self.phi
            expected = level * damped
        rest = value
        if self.season_type == Component.ADDITIVE:
            rest = value - index
        elif self.season_type == Component.MULTIPLICATIVE:
            rest = _divide(value, index)
        new_level = expected + self.alpha * (rest - expected)
        growth = new_level - level
        if self.trend_type == Component.MULTIPLICATIVE:
            growth = _divide(new_level, level)
        if self.trend_type != Component.NONE:
            trend = damped + self.beta / self.alpha * (growth - damped)
        own_index = value - expected
        if self.season_type == Component.MULTIPLICATIVE:
            own_index = _divide(value, expected)
        return new_level, trend, index + self.gamma * (own_index - index)


def _divide(value: float, divisor: float) -> float:
    if abs(divisor) < MIN_DIVISOR:
        return HUGE
    return value / divisor
