"""/api/experiments/{id}/best-model."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from app.domain.terms import Part
from app.routes.api.parameters import Id
from app.routes.api.schemas.responses import Listing, refusals
from app.routes.api.schemas.trials import ForecastPointSchema, MetricsSchema
from app.routes.experiment_downloads import ZIP, zip_response
from app.services import best_models, experiments
from app.services.best_models import BundleState, Download, HandedOver
from app.web.dependencies import CurrentSettings, ReadSession, Step, WriteSession
from app.web.scored_sessions import ScoredSession

router = APIRouter(prefix="/experiments", tags=["experiments"])

SECONDS_TO_NEXT_TRY = 3


class BundleSchema(BaseModel):
    """How far the bundle of the best model is."""

    trial_id: int = Field(description="the best trial now")
    state: BundleState
    message: str

    @classmethod
    def of(cls, download: Download) -> "BundleSchema":
        return cls(
            trial_id=download.trial.id,
            state=download.state,
            message=download.words,
        )


class MemberSchema(BaseModel):
    """One forecast of the weighted mean that is handed over: a trial's, or a baseline's."""

    name: str
    weight: float = Field(description="they add up to 1")
    trial_id: int | None
    number: int | None
    epochs: int | None = Field(
        description="for how many it was retrained; null: it was not, or is a baseline"
    )


class HandedOverSchema(BaseModel):
    """What an experiment hands over."""

    members: list[MemberSchema]
    reason: str | None = Field(description="null: it is the best trial, as it was trained")
    is_retrained: bool = Field(description="on the train and the validation part")
    metrics: dict[str, MetricsSchema] = Field(
        description="those of the validation part are from before it was retrained"
    )

    @classmethod
    def of(cls, handed_over: HandedOver) -> "HandedOverSchema":
        metrics_by_part = {}
        for part, scores in handed_over.metrics.items():
            metrics_by_part[part] = MetricsSchema(**scores)
        return cls(
            members=[MemberSchema(**member.to_document()) for member in handed_over.members],
            reason=handed_over.reason,
            is_retrained=handed_over.is_retrained,
            metrics=metrics_by_part,
        )


@router.get(
    "/{experiment_id}/best-model",
    response_class=Response,
    responses={
        200: {"content": {ZIP: {}}, "description": "The bundle."},
        202: {
            "model": BundleSchema,
            "description": "A worker is making it: ask again after the seconds in Retry-After.",
        },
        **refusals(404, 409),
    },
)
def download(session: ReadSession, settings: CurrentSettings, experiment_id: Id) -> Response:
    """Download the best model as a zip that predicts on its own.

    It is made when a search ends; `POST` to the same address asks for it sooner.
    """
    experiment = experiments.get(session, experiment_id)
    best = best_models.find_download(session, experiment, settings.lease_seconds)
    if best.is_being_made:
        return _answer_accepted(experiment_id, best)
    content = best_models.require_content(best)
    return zip_response(experiment_id, best, content)


@router.get("/{experiment_id}/best-model/metrics", responses=refusals(404, 409))
def metrics(session: ScoredSession, experiment_id: Id) -> HandedOverSchema:
    """Get what the best model is made of, and its errors."""
    experiment = experiments.get(session, experiment_id)
    handed_over = best_models.read_numbers(session, experiment)
    return HandedOverSchema.of(handed_over)


@router.get("/{experiment_id}/best-model/forecast", responses=refusals(404, 409))
def forecast(
    session: ReadSession,
    experiment_id: Id,
    part: Annotated[Literal["validation", "test"], Query()] = "test",
    step: Step = 1,
) -> Listing[ForecastPointSchema]:
    """Get what the best model predicted beside what happened, row by row.

    Of the validation part: before its members were retrained, on that part too.
    """
    experiment = experiments.get(session, experiment_id)
    view = best_models.read_forecast(session, experiment, Part(part), step)
    bands = best_models.read_bands(session, experiment, Part(part), step)
    items = ForecastPointSchema.list_of(view, bands)
    return Listing.whole(items)


@router.post(
    "/{experiment_id}/best-model",
    status_code=202,
    response_model=BundleSchema,
    responses={
        200: {"model": BundleSchema, "description": "It is there already."},
        **refusals(404),
    },
)
def request(session: WriteSession, settings: CurrentSettings, experiment_id: Id) -> Response:
    """Ask a worker to pack and check the best model. `Location` is where it will be."""
    experiment = experiments.get(session, experiment_id)
    requested = best_models.request_download(session, experiment, settings.lease_seconds)
    return _answer_accepted(experiment_id, requested)


def _answer_accepted(experiment_id: int, download: Download) -> Response:
    headers = {"Location": f"/api/experiments/{experiment_id}/best-model"}
    status = 200
    if download.state != BundleState.READY:
        status = 202
        headers["Retry-After"] = str(SECONDS_TO_NEXT_TRY)
    body = BundleSchema.of(download).model_dump(mode="json")
    return JSONResponse(body, status, headers)
