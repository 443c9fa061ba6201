"""/api/trials/{id}/future and /api/experiments/{id}/best-model/future."""

from fastapi import APIRouter

from app.routes.api.parameters import Id
from app.routes.api.schemas.futures import FutureSchema
from app.routes.api.schemas.responses import refusals
from app.services import experiments, futures, trials
from app.web.dependencies import ReadSession
from app.web.unreadable import ExperimentRoute

router = APIRouter(route_class=ExperimentRoute)


@router.get("/trials/{trial_id}/future", tags=["trials"], responses=refusals(404))
def of_trial(session: ReadSession, trial_id: Id) -> FutureSchema:
    """Get what a trial forecasts for the rows after the last one of the file."""
    trial = trials.get(session, trial_id)
    return FutureSchema.of(futures.load_of_trial(session, trial))


@router.get(
    "/experiments/{experiment_id}/best-model/future",
    tags=["experiments"],
    responses=refusals(404),
)
def of_best_model(session: ReadSession, experiment_id: Id) -> FutureSchema:
    """Get what the best model forecasts for the rows after the last one of the file.

    Until it is made: what the best trial forecasts. `source` says which.
    """
    experiment = experiments.get(session, experiment_id)
    return FutureSchema.of(futures.load_of_best(session, experiment))
