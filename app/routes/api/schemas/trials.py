"""Trials in the JSON API: their scores, epochs and forecasts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from app.db.models import Artifact, Epoch, Trial
from app.domain.bands import Band
from app.domain.diagnosis import Diagnosis, DiagnosisKind
from app.domain.failure_causes import FailureCause
from app.domain.terms import TrialState
from app.routes.api.schemas.attributes import read_attributes
from app.schemas import one_of
from app.services.more_scores import all_scores
from app.services.summaries import trial_verdict
from app.services.trials import ForecastView
from app.web.charts.numbers import finite_or_none, iso_dates


class DiagnosisSchema(BaseModel):
    """What the loss curves say."""

    kind: DiagnosisKind
    epoch: int | None
    text: str

    @classmethod
    def of(cls, diagnosis: Diagnosis) -> "DiagnosisSchema":
        return cls(
            kind=diagnosis.kind,
            epoch=diagnosis.epoch,
            text=diagnosis.text,
        )


class MetricsSchema(BaseModel):
    """Errors on one part, in the CSV's units.

    mape, smape and wape are fractions; skill = 1 - rmse / naive rmse on the same points. mase and
    rmsse are relative to the error of the naive forecast on the train part, of the seasonal naive
    one where the experiment has a season. bias is predicted minus actual. direction is the share of
    rows that move as predicted. coverage is the share of rows inside a band, width its mean width.
    """

    rmse: float | None
    mae: float | None
    mape: float | None
    skill: float | None
    mase: float | None = None
    rmsse: float | None = None
    smape: float | None = None
    wape: float | None = None
    bias: float | None = None
    direction: float | None = None
    coverage_80: float | None = None
    coverage_95: float | None = None
    width_80: float | None = None
    width_95: float | None = None


class TrialSchema(BaseModel):
    """One set of parameters, evaluated."""

    model_config = ConfigDict(
        json_schema_extra={"description": "objective is the validation RMSE unless asked otherwise"}
    )

    id: int
    experiment_id: int
    number: int
    state: TrialState
    parameters: dict[str, Any]
    objective: float | None
    objective_se: float | None = Field(
        description="standard error of the objective; null where that is val_loss"
    )
    best_epoch: int | None
    epochs_trained: int
    metrics: dict[str, MetricsSchema]
    diagnosis: DiagnosisSchema | None
    verdict: str | None
    source_trial_id: int | None = Field(description="the trial whose training this one shares")
    error: str | None
    failure_cause: Annotated[str, one_of(FailureCause)] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    notes: str = Field(description="Markdown")
    tags: list[str]
    is_starred: bool

    @classmethod
    def of(cls, trial: Trial, diagnosis: Diagnosis | None) -> "TrialSchema":
        """diagnosis: None where no epoch has ended."""
        stored_fields = set(cls.model_fields) - {"metrics", "diagnosis", "verdict"}
        stored = read_attributes(trial, stored_fields)
        verdict = trial_verdict(trial)
        metrics_by_part = {}
        for part, scores in all_scores(trial).items():
            metrics_by_part[part] = MetricsSchema(**scores)
        return cls(
            **stored,
            metrics=metrics_by_part,
            diagnosis=DiagnosisSchema.of(diagnosis) if diagnosis else None,
            verdict=verdict.text if verdict else None,
        )


class EpochSchema(BaseModel):
    """One pass over the train part; a loss that is not a number is null."""

    number: int
    train_loss: float | None
    val_loss: float | None
    objective: float | None = Field(
        description="validation RMSE in the CSV's units, whatever the experiment minimises"
    )
    mae: float | None = Field(
        description="validation MAE in the CSV's units; null in epochs of earlier versions"
    )
    seconds: float

    @classmethod
    def of(cls, epoch: Epoch) -> "EpochSchema":
        values = read_attributes(epoch, cls.model_fields)
        return cls(**values)


class ForecastPointSchema(BaseModel):
    """One row, in the CSV's units; naive is the row before.

    About 80 and 95 of 100 rows lie between lower and upper; null where too few earlier errors are
    known.
    """

    at: str
    actual: float
    predicted: float
    naive: float
    lower_80: float | None = None
    upper_80: float | None = None
    lower_95: float | None = None
    upper_95: float | None = None

    @classmethod
    def list_of(
        cls, view: ForecastView, bands: Mapping[float, Band]
    ) -> "list[ForecastPointSchema]":
        """Every row of a forecast, with its bands by level."""
        limits: dict[str, list[float | None]] = {}
        for level, band in bands.items():
            name = f"{level * 100:.0f}"
            limits[f"lower_{name}"] = finite_or_none(band.lower.tolist())
            limits[f"upper_{name}"] = finite_or_none(band.upper.tolist())
        points = []
        for index, date in enumerate(iso_dates(view.at)):
            point = cls(
                at=date,
                actual=view.actual[index],
                predicted=view.predicted[index],
                naive=view.naive[index],
                **{name: values[index] for name, values in limits.items()},
            )
            points.append(point)
        return points


class TrialBundleSchema(BaseModel):
    """How far the bundle of a trial is."""

    trial_id: int
    is_ready: bool
    problem: str | None = Field(description="why it could not be made")

    @classmethod
    def of(cls, bundle: Artifact) -> "TrialBundleSchema":
        return cls(
            trial_id=bundle.trial_id,
            is_ready=bundle.size is not None,
            problem=bundle.problem or None,
        )
