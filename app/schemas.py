"""What a person or a program sends to start an experiment: one shape for the form and the API."""

from dataclasses import fields
from typing import Annotated, Any
from unicodedata import category

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from app.domain.reduction.steps import MIN_TRIALS_PER_GROUP, Reduction
from app.domain.split import Split
from app.domain.terms import Objective

MAX_TRIALS = 10_000
MAX_SECONDS = 10_000_000  # of a time budget: 116 days
MAX_SEED = 2**31 - 1
MAX_PASTED = 500_000  # characters
USUAL = Reduction()
REDUCTION = tuple(
    f"reduction_{field.name}" for field in fields(Reduction)
)  # what goes with that strategy alone


def _without_controls(text: str) -> str:
    if any(category(sign) == "Cc" for sign in text):
        raise ValueError("A name holds no control characters, such as line ends and NUL.")
    return text


Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, strip_whitespace=True),
    AfterValidator(_without_controls),
]
OptionalName = Annotated[str, StringConstraints(max_length=200), AfterValidator(_without_controls)]

ExperimentId = Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)]


class SplitRequest(BaseModel):
    """Shares of the rows, in time order."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    train: Annotated[float, Field(gt=0, lt=1)] = 0.8
    validation: Annotated[float, Field(gt=0, lt=1)] = 0.1
    test: Annotated[float, Field(gt=0, lt=1)] = 0.1

    @model_validator(mode="after")
    def _sums_to_one(self) -> "SplitRequest":
        total = self.train + self.validation + self.test
        if abs(total - 1) > 1e-6:
            raise ValueError(
                f"train, validation and test must add up to 1 (100 %), not {total:.4g}"
            )
        return self

    def as_split(self) -> Split:
        """The domain's split."""
        return Split(self.train, self.validation, self.test)


class ExperimentRequest(BaseModel):
    """An experiment as it is asked for. The space and the points are checked by services.experiments."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)

    name: Name
    dataset_id: Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)]
    strategy: Annotated[str, Field(max_length=40)] = "tpe"
    objective: Objective = Objective.RMSE
    pruning: Annotated[str, Field(max_length=40)] = "none"
    max_trials: Annotated[int, Field(ge=1, le=MAX_TRIALS, strict=True)] = 12
    time_budget_seconds: Annotated[float | None, Field(gt=0, le=MAX_SECONDS)] = None
    custom_model: Annotated[str, Field(max_length=60)] = ""
    seed: Annotated[int, Field(ge=0, le=MAX_SEED, strict=True)] = 0
    split: SplitRequest = Field(default_factory=SplitRequest)
    space: dict[str, Any] = Field(default_factory=dict)
    points: list[dict[str, Any]] = Field(default_factory=list, max_length=MAX_TRIALS)
    start_from: Annotated[list[ExperimentId], Field(max_length=20)] = Field(default_factory=list)
    pasted_results: Annotated[str, Field(max_length=MAX_PASTED)] = ""
    reduction_method: Annotated[str, Field(max_length=40)] = USUAL.method
    reduction_interval: Annotated[int | None, Field(ge=1, le=MAX_TRIALS, strict=True)] = None
    reduction_window: Annotated[int | None, Field(ge=2 * MIN_TRIALS_PER_GROUP, le=MAX_TRIALS)] = (
        USUAL.window
    )
    reduction_threshold: Annotated[float, Field(gt=0, lt=1)] = USUAL.threshold
