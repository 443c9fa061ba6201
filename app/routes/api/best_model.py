"""/api/experiments/{id}/best-model."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from app.routes.api.parameters import Id
from app.routes.api.schemas.responses import refusals
from app.routes.experiment_downloads import ZIP, zip_response
from app.services import best_models, experiments
from app.services.best_models import BundleState, Download
from app.web.dependencies import CurrentSettings, ReadSession, WriteSession

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
    """The bundle of the best model: a zip that predicts on its own.

    It is made when a search ends; `POST` to the same address asks for it sooner.
    """
    experiment = experiments.get(session, experiment_id)
    best = best_models.find_download(session, experiment, settings.lease_seconds)
    if best.is_being_made:
        return _answer_accepted(experiment_id, best)
    content = best_models.require_content(best)
    return zip_response(experiment_id, best.trial.number, content)


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
