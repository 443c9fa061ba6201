"""ETS, Theta and ARIMA as recursions with fixed parameters, from the state after the rows fitted.

Bundles copy these modules: they need numpy alone.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from worker.baselines.recursions.arima import ArimaModel
from worker.baselines.recursions.ets import EtsModel
from worker.baselines.recursions.theta import ThetaModel

Floats = NDArray[np.float64]


class Recursion(Protocol):
    """What the models have in common."""

    @property
    def next_row(self) -> int:
        """The number of the row that its state is before."""

    def forecast(self, values: Floats, horizon: int = 1) -> Floats:
        """Forecasts from `next_row` on, each knowing the rows before: (rows + 1, horizon).

        values: shape (rows,), from `next_row` on. The last forecasts are those of the rows to come.
        """

    def advance(self, values: Floats) -> "Recursion":
        """The same model after these rows too."""

    def to_document(self) -> dict[str, Any]:
        """As a bundle stores it: JSON."""


FROM_DOCUMENT: Mapping[str, Callable[[Mapping[str, Any]], Recursion]] = {
    "ets": EtsModel.from_document,
    "theta": ThetaModel.from_document,
    "arima": ArimaModel.from_document,
}
