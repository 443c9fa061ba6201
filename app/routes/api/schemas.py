"""The shapes of the JSON API."""

from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from app.db.models import Dataset, Epoch, Trial
from app.domain.diagnosis import Diagnosis
from app.domain.reduction.steps import ReductionStep
from app.queue.bundles import metrics
from app.queue.reduction import EVIDENCE_FIELDS
from app.schemas import REDUCTION_FIELDS
from app.services.overviews import Overview
from app.services.summaries import trial_verdict
from app.services.warm_start import WarmStart

Item = TypeVar("Item")
AS_STORED = (
    *(
        "id",
        "name",
        "dataset_id",
        "strategy",
        "objective",
        "pruning",
        "choice_reason",
        "state",
        "reason",
        "max_trials",
        "seed",
    ),
    *(
        "time_budget_seconds",
        "points",
        *REDUCTION_FIELDS,
        "stored_bytes",
        "created_at",
        "started_at",
        "finished_at",
    ),
)
REFUSALS = {
    400: "The body cannot be read.",
    404: "There is no such thing.",
    409: "The thing is in a state in which this cannot be done.",
    413: "More bytes than the limit allows.",
    422: "Something that was sent cannot be accepted; each problem names its place.",
}


class Listing(BaseModel, Generic[Item]):
    """A list, or one page of it; `total` counts all pages."""

    items: list[Item]
    total: int


class Problem(BaseModel):
    """One thing that is wrong: where (as in ["body", "space", "units_1"]) and what, in words."""

    loc: list[str | int]
    msg: str


class Refusal(BaseModel):
    """Why something was not done."""

    detail: list[Problem]


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The documentation of these refusals; 422 is always possible."""
    return {
        status: {"model": Refusal, "description": REFUSALS[status]} for status in (*statuses, 422)
    }


class DatasetShape(BaseModel):
    """One uploaded series."""

    id: int
    name: str
    filename: str
    rows: int
    date: str | None = Field(description="name of the date column")
    target: str
    features: list[str]
    first_at: datetime
    last_at: datetime
    notes: list[str]
    fingerprint: str
    created_at: datetime

    @classmethod
    def of(cls, dataset: Dataset) -> "DatasetShape":
        """From the table."""
        names = set(cls.model_fields) - {"date"}
        return cls(date=dataset.date_column, **{name: getattr(dataset, name) for name in names})


class ExperimentShape(BaseModel):
    """One search, and how far it has come."""

    id: int
    name: str
    dataset_id: int
    custom_model: str | None = Field(
        description="name of a file in the models folder; null: the built-in network"
    )
    strategy: str
    objective: str
    pruning: str
    choice_reason: str | None = Field(description="why `auto` chose this strategy or pruning")
    state: str
    reason: str | None
    max_trials: int
    time_budget_seconds: float | None
    seed: int
    split: dict[str, float]
    space: dict[str, Any]
    points: list[dict[str, Any]]
    reduction_method: str | None = Field(description="these four are the reduction strategy's")
    reduction_interval: int | None
    reduction_window: int | None
    reduction_threshold: float | None
    start: "StartShape" = Field(description="the results it started from")
    trials: dict[str, int] = Field(description="how many trials are in each state")
    finished: int
    planned: int
    best_trial_id: int | None
    best_objective: float | None
    naive_rmse: float = Field(description="validation RMSE of tomorrow = today, in the CSV's units")
    seconds_used: float
    stored_bytes: int = Field(
        description="models, bundles, forecasts and checkpoints, when a trial last ended"
    )
    eta_seconds: float | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, overview: Overview) -> "ExperimentShape":
        """From an overview."""
        row, best = overview.experiment, overview.best
        return cls(
            **{name: getattr(row, name) for name in AS_STORED},
            custom_model=row.custom_model_name,
            space=row.space_document,
            split={
                "train": row.train_fraction,
                "validation": row.validation_fraction,
                "test": row.test_fraction,
            },
            trials={state.value: count for state, count in overview.counts.items()},
            start=StartShape.of(overview.start),
            finished=overview.finished,
            planned=overview.planned,
            best_trial_id=best.id if best else None,
            best_objective=best.objective if best else None,
            naive_rmse=overview.baseline_rmse,
            seconds_used=overview.seconds_running,
            eta_seconds=overview.eta_seconds,
        )


class StartShape(BaseModel):
    """What a search was told before its first trial."""

    experiments: list[int] = Field(description="those whose trials count, but for deleted ones")
    trials: int
    pasted: int
    ignored: int = Field(
        description="trials and lines that lie outside the search space, or have no objective"
    )
    text: str

    @classmethod
    def of(cls, start: WarmStart) -> "StartShape":
        """From the service."""
        return cls(
            experiments=start.experiments,
            trials=start.count - start.pasted,
            pasted=start.pasted,
            ignored=start.ignored,
            text=start.text,
        )


class ReductionStepSchema(BaseModel):
    """One step of the reduction strategy. What spoke most against a value, and whether that was enough to drop it."""

    number: int
    n_finished: int = Field(description="trials that had ended")
    n_considered: int = Field(description="of these, the trials it judged by")
    method: str
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
    size_before: int | None = Field(description="combinations; null where they are endless")
    size_after: int | None
    fraction: float = Field(description="of the whole search space that is left")

    @classmethod
    def of(cls, step: ReductionStep) -> "ReductionStepSchema":
        """From the domain."""
        without: dict[str, Any] = {"dropped": [], "kept": []}
        evidence = (
            vars(step.evidence) if step.evidence else dict.fromkeys(EVIDENCE_FIELDS) | without
        )
        return cls(
            **evidence, **{name: value for name, value in vars(step).items() if name != "evidence"}
        )


class DiagnosisShape(BaseModel):
    """What the loss curves say."""

    kind: str
    epoch: int | None
    text: str


class PartMetrics(BaseModel):
    """Errors in the CSV's units; mape is a fraction; skill = 1 - rmse / naive rmse on the same points."""

    rmse: float | None
    mae: float | None
    mape: float | None
    skill: float | None


class TrialShape(BaseModel):
    """One set of parameters, judged."""

    model_config = ConfigDict(
        json_schema_extra={"description": "objective is the validation RMSE unless asked otherwise"}
    )

    id: int
    experiment_id: int
    number: int
    state: str
    parameters: dict[str, Any]
    objective: float | None
    best_epoch: int | None
    epochs_trained: int
    metrics: dict[str, PartMetrics]
    diagnosis: DiagnosisShape | None
    verdict: str | None
    source_trial_id: int | None
    error: str | None
    failure_cause: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, trial: Trial, diagnosis: Diagnosis | None) -> "TrialShape":
        """From the table and what its curves say."""
        computed = {"metrics", "diagnosis", "verdict"}
        found = trial_verdict(trial)
        return cls(
            **{name: getattr(trial, name) for name in set(cls.model_fields) - computed},
            metrics={part: PartMetrics(**scores) for part, scores in metrics(trial).items()},
            diagnosis=_diagnosis(diagnosis),
            verdict=found.text if found else None,
        )


class EpochShape(BaseModel):
    """One pass over the train part; a loss that is not a number is null."""

    number: int
    train_loss: float | None
    val_loss: float | None
    objective: float | None
    seconds: float

    @classmethod
    def of(cls, epoch: Epoch) -> "EpochShape":
        """From the table."""
        return cls(**{name: getattr(epoch, name) for name in cls.model_fields})


class ForecastPoint(BaseModel):
    """One row, in the CSV's units; naive is the row before."""

    at: str
    actual: float
    predicted: float
    naive: float


def _diagnosis(found: Diagnosis | None) -> DiagnosisShape | None:
    return (
        DiagnosisShape(kind=found.kind.value, epoch=found.epoch, text=found.text) if found else None
    )
