"""Charts of a trial's forecasts of several rows ahead: errors by step, and forecasts of origins."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from app.domain.terms import Part
from app.services import forecast_bands, several_steps, trials
from app.web.charts.fans import fans_figure
from app.web.charts.steps import error_by_step_figure
from app.web.dependencies import ReadSession
from app.web.scored_sessions import ScoredSession
from app.web.unreadable import ExperimentRoute

router = APIRouter(prefix="/trials", route_class=ExperimentRoute)

EvaluatedPart = Annotated[Literal["validation", "test"], Query()]


@router.get("/{trial_id}/charts/steps")
def steps_chart(
    session: ScoredSession,
    trial_id: int,
    part: EvaluatedPart = "test",
    score: Literal["rmse", "mae", "skill"] = "rmse",
) -> JSONResponse:
    """A score by step, beside those of naive forecasts from the same origins."""
    trial = trials.get(session, trial_id)
    comparison = several_steps.compare_steps(session, trial, Part(part))
    target = trial.experiment.dataset.target
    figure = error_by_step_figure(comparison, score, f"trial {trial.number}", target)
    return JSONResponse(figure)


@router.get("/{trial_id}/charts/fans")
def fans_chart(
    session: ReadSession,
    trial_id: int,
    part: EvaluatedPart = "test",
    origin: Annotated[int | None, Query()] = None,
) -> JSONResponse:
    """The forecasts of all steps from a few origins, or from one: the row that it begins with."""
    trial = trials.get(session, trial_id)
    forecasts = several_steps.load_forecasts(session, trial, Part(part))
    indices = forecasts.choose_fans()
    if origin is not None:
        indices = [forecasts.find_index(origin)]
    bands = forecast_bands.load_of_origins(session, trial, Part(part), indices)
    target = trial.experiment.dataset.target
    return JSONResponse(fans_figure(forecasts, indices, bands, target))
