"""ARIMA with Fourier terms as a recursion: the innovations form of Harvey's state space.

Bundles copy this module: it needs numpy alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.baselines.recursions.seasons import FourierTerms

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ArimaModel:
    """A fitted ARIMA, and its state before row `next_row`.

    ar, ma: coefficients of the differenced series, the seasonal ones multiplied out. differencing:
    d weights of the values before. level, change: the regression on a constant and on the number of
    rows since `drift_row`. state: see `_matrices`.
    """

    ar: tuple[float, ...]
    ma: tuple[float, ...]
    differencing: tuple[float, ...]
    level: float
    change: float
    drift_row: int
    fourier: FourierTerms
    next_row: int
    state: tuple[float, ...]

    def forecast(self, values: Floats, horizon: int = 1) -> Floats:
        """Forecasts from row `next_row` on, each knowing the rows before: (rows + 1, horizon).

        values: shape (rows,), from `next_row` on. The last forecasts are those of the rows to come.
        """
        states = self._states(values)
        observed, transition, _ = self._matrices()
        forecasts = np.empty((len(states), horizon))
        for step in range(horizon):
            forecasts[:, step] = states @ observed
            states = states @ transition.T
        known = self._known(self.next_row, len(values) + horizon)
        rows = np.arange(len(values) + 1)
        forecasts += known[rows[:, np.newaxis] + np.arange(horizon)]
        return forecasts

    def advance(self, values: Floats) -> "ArimaModel":
        """The same model after these rows too, which are those from `next_row` on."""
        last_state = self._states(values)[-1]
        return replace(self, next_row=self.next_row + len(values), state=tuple(last_state.tolist()))

    def to_document(self) -> dict[str, Any]:
        """As a bundle stores it: JSON."""
        return {
            "ar": list(self.ar),
            "ma": list(self.ma),
            "differencing": list(self.differencing),
            "level": self.level,
            "change": self.change,
            "drift_row": self.drift_row,
            "fourier": self.fourier.to_document(),
            "next_row": self.next_row,
            "state": list(self.state),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "ArimaModel":
        """The inverse of `to_document`."""
        return cls(
            ar=tuple(document["ar"]),
            ma=tuple(document["ma"]),
            differencing=tuple(document["differencing"]),
            level=float(document["level"]),
            change=float(document["change"]),
            drift_row=int(document["drift_row"]),
            fourier=FourierTerms.from_document(document["fourier"]),
            next_row=int(document["next_row"]),
            state=tuple(document["state"]),
        )

    def _states(self, values: Floats) -> Floats:
        """The state before each of these rows and after the last one, (rows + 1, state)."""
        observed, transition, gain = self._matrices()
        rest = values - self._known(self.next_row, len(values))
        states = np.empty((len(values) + 1, len(self.state)))
        state = np.asarray(self.state)
        for row, value in enumerate(rest):
            states[row] = state
            state = transition @ (state + gain * (value - observed @ state))
        states[len(values)] = state
        return states

    def _matrices(self) -> tuple[Floats, Floats, Floats]:
        """What of the state is observed, how it goes on, and what an innovation adds to it.

        The first places of a state are those of the differenced series: its forecast, and what is
        known of the later ones. The others are the last values.
        """
        size = max(len(self.ar), len(self.ma) + 1)
        n_states = size + len(self.differencing)
        observed = np.zeros(n_states)
        observed[0] = 1.0
        observed[size:] = self.differencing
        transition = np.zeros((n_states, n_states))
        transition[: len(self.ar), 0] = self.ar
        transition[np.arange(size - 1), np.arange(1, size)] = 1.0
        if self.differencing:
            transition[size] = observed
            transition[np.arange(size + 1, n_states), np.arange(size, n_states - 1)] = 1.0
        gain = np.zeros(n_states)
        gain[0] = 1.0
        gain[1 : len(self.ma) + 1] = self.ma
        return observed, transition, gain

    def _known(self, first_row: int, count: int) -> Floats:
        """What does not depend on earlier values: level, drift and Fourier terms, (count,)."""
        rows = range(first_row, first_row + count)
        row_numbers = np.arange(rows.start, rows.stop)
        drift = self.change * (row_numbers - self.drift_row)
        return self.level + drift + self.fourier.values(rows)
