"""Steps of the reduction strategy in the JSON API."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from app.domain.reduction.correlation import METHODS
from app.domain.reduction.steps import ReductionStep
from app.queue.reduction import EVIDENCE_FIELDS
from app.schemas import one_of


class ReductionStepSchema(BaseModel):
    """One step: what spoke most against a value, and whether that was enough to drop it."""

    number: int
    n_finished: int = Field(description="trials that had ended")
    n_considered: int = Field(description="of these, the trials it judged by")
    method: Annotated[str, one_of(METHODS)]
    is_cut: bool
    parameter: str | None
    dropped: list[Any] = Field(
        description="the value of a choice, or the two ends of a third of a range"
    )
    kept: list[Any] = Field(
        description="the values left, or the two ends of the range that is left"
    )
    coefficient: float | None
    p_value: float | None = Field(description="two-sided p of this coefficient alone")
    n_with: int | None
    n_without: int | None
    median_with: float | None
    median_without: float | None
    size_before: int | None = Field(description="combinations; null where they are unlimited")
    size_after: int | None
    fraction: float = Field(description="of the whole search space that is left")

    @classmethod
    def of(cls, step: ReductionStep) -> "ReductionStepSchema":
        values = dict(vars(step))
        evidence = values.pop("evidence")
        if evidence is None:
            values |= dict.fromkeys(EVIDENCE_FIELDS)
            values |= {"dropped": [], "kept": []}
        else:
            values |= vars(evidence)
        return cls(**values)
