"""Experiments in the JSON API."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.orm import Session

from app.domain.pruning import PRUNINGS
from app.domain.reduction.correlation import METHODS
from app.domain.strategies import STRATEGIES
from app.domain.terms import Delivered, ExperimentState, Objective, Part, TrialState
from app.routes.api.schemas.attributes import read_attributes
from app.schemas import REDUCTION_FIELDS, one_of
from app.services import unreadable
from app.services.overviews import Overview
from app.services.unreadable import UnreadableExperiment
from app.services.warm_start import WarmStart

STORED_FIELDS = (
    "id",
    "name",
    "dataset_id",
    "strategy",
    "objective",
    "objective_scale",
    "pruning",
    "choice_reason",
    "state",
    "reason",
    "max_trials",
    "seed",
    "time_budget_seconds",
    "deliver",
    "horizon",
    "points",
    *REDUCTION_FIELDS,
    "notes",
    "tags",
    "is_starred",
    "stored_bytes",
    "created_at",
    "started_at",
    "finished_at",
    "archived_at",
)


class StartSchema(BaseModel):
    """What a search was told before its first trial."""

    experiments: list[int] = Field(description="those whose trials count, but for deleted ones")
    trials: int
    pasted: int
    ignored: int = Field(
        description="trials and lines that lie outside the search space, or have no objective"
    )
    text: str

    @classmethod
    def of(cls, start: WarmStart) -> "StartSchema":
        return cls(
            experiments=start.experiments,
            trials=start.count - start.pasted,
            pasted=start.pasted,
            ignored=start.ignored,
            text=start.text,
        )


class ExperimentSchema(BaseModel):
    """One search, and how far it has come."""

    id: int
    name: str
    dataset_id: int
    custom_model: str | None = Field(
        description="name of a file in the models folder; null: the built-in network"
    )
    strategy: Annotated[str, one_of(STRATEGIES)]
    objective: Objective
    pruning: Annotated[str, one_of(PRUNINGS)]
    choice_reason: str | None = Field(description="why `auto` chose this strategy or pruning")
    state: ExperimentState
    reason: str | None
    max_trials: int
    time_budget_seconds: float | None
    deliver: Delivered = Field(
        description="what `best-model` is: a mean of trials and baselines, or the best trial alone"
    )
    horizon: int = Field(description="how many rows ahead it forecasts from each row")
    seed: int
    split: dict[str, float]
    space: dict[str, Any]
    space_notes: list[str] = Field(
        default=[],
        description="what of `space` is not searched; only in the answer that starts a search",
    )
    points: list[dict[str, Any]]
    reduction_method: Annotated[str, one_of(METHODS)] | None = Field(
        description="these four are the reduction strategy's"
    )
    reduction_interval: int | None
    reduction_window: int | None
    reduction_threshold: float | None
    start: StartSchema = Field(description="the results it started from")
    trials: dict[TrialState, int] = Field(description="how many trials are in each state")
    finished: int
    planned: int
    best_trial_id: int | None
    best_objective: float | None
    objective_scale: float | None = Field(
        description="what MASE divides by: the naive forecast's MAE on the train part; else null"
    )
    naive_objective: float | None = Field(
        description="objective of naive (last value); null where that is val_loss"
    )
    naive_rmse: float = Field(
        description="validation RMSE of naive (last value), in the units of the CSV"
    )
    seconds_used: float
    stored_bytes: int = Field(
        description="models, bundles, forecasts and checkpoints, when a trial last ended"
    )
    eta_seconds: float | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    notes: str = Field(description="Markdown")
    tags: list[str]
    is_starred: bool
    archived_at: datetime | None = Field(description="when it left the list of experiments")

    @classmethod
    def of(cls, overview: Overview) -> "ExperimentSchema":
        experiment = overview.experiment
        best = overview.best
        is_error = overview.yardstick.info.is_error
        stored = read_attributes(experiment, STORED_FIELDS)
        return cls(
            **stored,
            custom_model=experiment.custom_model_name,
            space=experiment.space_document,
            split={
                "train": experiment.train_fraction,
                "validation": experiment.validation_fraction,
                "test": experiment.test_fraction,
            },
            trials=dict(overview.counts),
            start=StartSchema.of(overview.start),
            finished=overview.finished,
            planned=overview.planned,
            best_trial_id=best.id if best else None,
            best_objective=best.objective if best else None,
            naive_objective=overview.baseline_error if is_error else None,
            naive_rmse=overview.naive[Part.VALIDATION].rmse,
            seconds_used=overview.seconds_running,
            eta_seconds=overview.eta_seconds,
        )


class UnreadableExperimentSchema(BaseModel):
    """A search that cannot be read, in the place of its description."""

    id: int
    name: str
    state: str
    reason: str | None
    problem: str = Field(description="why it cannot be read")

    @classmethod
    def of(cls, experiment: UnreadableExperiment) -> "UnreadableExperimentSchema":
        values = read_attributes(experiment, cls.model_fields)
        return cls(**values)


AnyExperimentSchema = ExperimentSchema | UnreadableExperimentSchema


def describe_any(
    session: Session, overview: Overview | UnreadableExperiment
) -> AnyExperimentSchema:
    """A search, whether it can be read or not."""
    if isinstance(overview, UnreadableExperiment):
        return UnreadableExperimentSchema.of(overview)
    try:
        return ExperimentSchema.of(overview)
    except ValidationError:
        damaged = unreadable.find(session, overview.experiment.id)
        if damaged is None:
            raise
        return UnreadableExperimentSchema.of(damaged)
