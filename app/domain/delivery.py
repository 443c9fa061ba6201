"""What an experiment hands over: which trials and baselines, with which weights."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.metrics import Scores
from app.domain.terms import Part


@dataclass(frozen=True)
class Member:
    """One forecast of the mean that is handed over: a trial's, or a baseline's.

    name: "trial 12", or a name of app.domain.baselines.BASELINES. trial_id, number: None for a
    baseline. epochs: for how many it was trained once more; None: it was not. Weights add up to 1.
    """

    name: str
    weight: float
    trial_id: int | None = None
    number: int | None = None
    epochs: int | None = None

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Member":
        """The inverse of `to_document`."""
        return cls(**document)

    def to_document(self) -> dict[str, Any]:
        """As it is stored: JSON."""
        return asdict(self)


@dataclass(frozen=True)
class DeliveryOutcome:
    """What was made to be handed over.

    forecasts: float64 (origins, horizon) in the CSV's units, of the test part's every origin; those
    of the validation part are of the members before they were trained once more, from the origins
    that are stored. bundle: None where it could not be made; problem then says why.
    """

    members: tuple[Member, ...]
    reason: str  # why these members, in words
    is_retrained: bool  # every member that can be trained was, on train and validation
    seconds: float  # to choose the members and to train them once more, without packing
    scores: Mapping[Part, Scores]
    forecasts: Mapping[Part, NDArray[np.float64]]
    bundle: bytes | None
    future: NDArray[np.float64] | None = None  # (horizon,), the rows after the last one
    problem: str | None = None
