"""/api/trials."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from app.domain.terms import Part
from app.routes.api.parameters import Id
from app.routes.api.schemas.responses import Listing, refusals
from app.routes.api.schemas.trials import (
    EpochSchema,
    ForecastPointSchema,
    TrialBundleSchema,
    TrialSchema,
)
from app.routes.experiment_downloads import ZIP
from app.schemas import TrialChange
from app.services import annotations, forecast_bands, trial_bundles, trials
from app.services.diagnoses import diagnose_trials
from app.web.dependencies import ReadSession, Step, WriteSession
from app.web.scored_sessions import ScoredSession
from app.web.unreadable import ExperimentRoute

router = APIRouter(prefix="/trials", tags=["trials"], route_class=ExperimentRoute)


@router.get("/{trial_id}", responses=refusals(404))
def get(session: ScoredSession, trial_id: Id) -> TrialSchema:
    """Get a trial."""
    trial = trials.get(session, trial_id)
    diagnoses = diagnose_trials(session, [trial])
    diagnosis = diagnoses.get(trial.id)
    return TrialSchema.of(trial, diagnosis)


@router.patch("/{trial_id}", responses=refusals(400, 404, 413))
def change(session: WriteSession, trial_id: Id, change_request: TrialChange) -> TrialSchema:
    """Change the notes or tags of a trial, or star it; what is not given stays."""
    trial = trials.get(session, trial_id)
    annotations.change_trial(session, trial, change_request)
    diagnoses = diagnose_trials(session, [trial])
    return TrialSchema.of(trial, diagnoses.get(trial.id))


@router.get("/{trial_id}/epochs", responses=refusals(404))
def list_epochs(session: ReadSession, trial_id: Id) -> Listing[EpochSchema]:
    """List the epochs of a trial, in order."""
    trial = trials.get(session, trial_id)
    epochs = trials.epochs(session, trial)
    items = [EpochSchema.of(epoch) for epoch in epochs]
    return Listing.whole(items)


@router.get("/{trial_id}/forecast", responses=refusals(404))
def forecast(
    session: ReadSession,
    trial_id: Id,
    part: Annotated[Literal["validation", "test"], Query()] = "test",
    step: Step = 1,
) -> Listing[ForecastPointSchema]:
    """Get what a trial predicted beside what happened, row by row, with bands of its errors.

    Several rows ahead: at one step, from the origins that are stored (all, unless very many).
    """
    trial = trials.get(session, trial_id)
    view = trials.forecast(session, trial, Part(part), step)
    bands = forecast_bands.load(session, trial, Part(part), step)
    items = ForecastPointSchema.list_of(view, bands)
    return Listing.whole(items)


@router.post("/{trial_id}/stop", responses=refusals(404, 409))
def stop(session: WriteSession, trial_id: Id) -> TrialSchema:
    """Stop a trial after its epoch, or take it out of the queue."""
    trial = trials.get(session, trial_id)
    trials.stop(session, trial)
    return TrialSchema.of(trial, None)


@router.post("/{trial_id}/retry", responses=refusals(404, 409))
def retry(session: WriteSession, trial_id: Id) -> TrialSchema:
    """Try a failed or stopped trial again."""
    trial = trials.get(session, trial_id)
    trials.retry(session, trial)
    return TrialSchema.of(trial, None)


@router.post("/{trial_id}/bundle", status_code=202, responses=refusals(404, 409))
def request_bundle(session: WriteSession, trial_id: Id) -> TrialBundleSchema:
    """Ask a worker to pack and check the model of a completed trial.

    `GET` of the same address answers 409 until it is there.
    """
    trial = trials.get(session, trial_id)
    return TrialBundleSchema.of(trial_bundles.request(session, trial))


@router.get(
    "/{trial_id}/bundle",
    response_class=Response,
    responses={200: {"content": {ZIP: {}}, "description": "The bundle."}, **refusals(404, 409)},
)
def download_bundle(session: ReadSession, trial_id: Id) -> Response:
    """Download the model of a trial as a zip that predicts on its own."""
    trial = trials.get(session, trial_id)
    return Response(trial_bundles.read_content(session, trial), media_type=ZIP)
