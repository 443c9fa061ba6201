"""/api/trials/{id}/steps and /origins, and /api/experiments/{id}/best-model/steps."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from app.domain.horizons import MAX_HORIZON
from app.domain.terms import Part
from app.routes.api.parameters import Id
from app.routes.api.schemas.responses import Listing, refusals
from app.routes.api.schemas.steps import OriginSchema, StepSchema
from app.services import best_models, experiments, several_steps, trials
from app.web.dependencies import ReadSession
from app.web.scored_sessions import ScoredSession
from app.web.unreadable import ExperimentRoute

router = APIRouter(route_class=ExperimentRoute)

MAX_WORST = 100
EvaluatedPart = Annotated[Literal["validation", "test"], Query()]
WORST = "how many origins, those with the largest RMSE over all steps first"
APART = (
    "how many rows any two of them lie apart, at least: neighbours forecast nearly the same rows. "
    "By default the horizon, or less where the part is too short for that. 1: none is left out"
)


@router.get("/trials/{trial_id}/steps", tags=["trials"], responses=refusals(404))
def list_steps(
    session: ScoredSession, trial_id: Id, part: EvaluatedPart = "test"
) -> Listing[StepSchema]:
    """List the errors of a trial by how many rows ahead the forecast is."""
    trial = trials.get(session, trial_id)
    comparison = several_steps.compare_steps(session, trial, Part(part))
    return StepSchema.listing(comparison)


@router.get("/trials/{trial_id}/origins", tags=["trials"], responses=refusals(404))
def list_origins(
    session: ReadSession,
    trial_id: Id,
    part: EvaluatedPart = "test",
    worst: Annotated[int, Query(ge=1, le=MAX_WORST, description=WORST)] = several_steps.N_WORST,
    apart: Annotated[int | None, Query(ge=1, le=MAX_HORIZON, description=APART)] = None,
) -> Listing[OriginSchema]:
    """List the origins from which the forecasts of a trial are furthest off, the worst first.

    Of those that are stored: all, unless very many.
    """
    trial = trials.get(session, trial_id)
    forecasts = several_steps.load_forecasts(session, trial, Part(part))
    origins = several_steps.list_worst(forecasts, worst, apart)
    return Listing.whole([OriginSchema.of(origin) for origin in origins])


@router.get(
    "/experiments/{experiment_id}/best-model/steps",
    tags=["experiments"],
    responses=refusals(404, 409),
)
def list_steps_of_best_model(
    session: ScoredSession, experiment_id: Id, part: EvaluatedPart = "test"
) -> Listing[StepSchema]:
    """List the errors of the best model by how many rows ahead the forecast is.

    Of the validation part: before its members were retrained, on that part too.
    """
    experiment = experiments.get(session, experiment_id)
    comparison = best_models.read_steps(session, experiment, Part(part))
    return StepSchema.listing(comparison)
