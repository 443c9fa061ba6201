"""What an experiment hands over: which trials and baselines, with which weights."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


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
