"""The chosen forecasts, fitted as they are handed over."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.delivery import Member
from app.domain.metrics import Scores
from app.domain.terms import Part
from worker.delivery.baseline_members import FittedBaseline
from worker.delivery.networks import TrainedNetwork

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class FittedDelivery:
    """The chosen forecasts as they are handed over, and their weighted means.

    forecasts: (origins, horizon), of the validation part from the stored origins. future:
    (horizon,).
    """

    members: tuple[Member, ...]
    networks: Mapping[str, TrainedNetwork]
    baselines: Mapping[str, FittedBaseline]
    forecasts: Mapping[Part, Floats]
    future: Floats
    scores: Mapping[Part, Scores]
