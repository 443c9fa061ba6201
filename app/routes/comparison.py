"""Pages of comparison: a few trials of an experiment side by side."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, Response

from app.domain.terms import FINISHED_TRIAL_STATES, Part
from app.services import comparison, experiments, overviews, trials
from app.web.charts.comparison import colour_of, curves_figure, forecasts_figure
from app.web.dependencies import ReadSession
from app.web.fragments import fragment
from app.web.templating import render
from app.web.views.comparison_table import parameter_rows, score_rows

router = APIRouter(prefix="/experiments")
Asked = Annotated[list[str] | None, Query(alias="trials", max_length=200)]
Of = Literal["epochs", "validation", "test"]


@router.get("/{experiment_id}/comparison")
def show(
    request: Request, session: ReadSession, experiment_id: int, asked: Asked = None
) -> Response:
    """Trials by their numbers, or the best ones."""
    context = _show(session, experiment_id, asked or [])
    status = 422 if context["problem"] and not context["trials"] else 200
    return render(request, "experiments/comparison.html", context, status=status)


@router.get("/{experiment_id}/comparison/live")
def live(
    request: Request, session: ReadSession, experiment_id: int, asked: Asked = None
) -> Response:
    """The parts of that page that change."""
    return fragment(
        request,
        "experiments/_comparison_live.html",
        lambda: _show(session, experiment_id, asked or []),
    )


@router.get("/{experiment_id}/charts/comparison")
def chart(
    session: ReadSession,
    experiment_id: int,
    of: Of = "epochs",
    view: Literal["values", "errors"] = "values",
    asked: Asked = None,
) -> JSONResponse:
    """Validation RMSE by epoch, or the forecasts of one part, of the trials that have them."""
    experiment = experiments.get(session, experiment_id)
    found = comparison.compare(session, experiment, asked or []).trials
    if of == "epochs":
        baseline = overviews.baseline_rmse(session, experiment, Part.VALIDATION)
        return JSONResponse(curves_figure(found, comparison.curves(session, found), baseline))
    judged = [(place, trial) for place, trial in enumerate(found) if trial.test_rmse is not None]
    views = [trials.forecast(session, trial, Part(of)) for _, trial in judged]
    places = [(place, trial.number) for place, trial in judged]
    return JSONResponse(
        forecasts_figure(places, views, experiment.dataset.target, are_errors=view == "errors")
    )


def _show(session: Session, experiment_id: int, asked: list[str]) -> dict[str, Any]:
    experiment = experiments.get(session, experiment_id)
    found = comparison.compare(session, experiment, asked)
    numbers = ", ".join(str(trial.number) for trial in found.trials)
    curves, diagnoses = (
        comparison.curves(session, found.trials),
        trials.diagnoses(session, found.trials),
    )
    return {
        "experiment": experiment,
        "trials": found.trials,
        "problem": found.problem,
        "numbers": ", ".join(asked)[:300] if asked and found.problem else numbers,
        "query": urlencode({"trials": numbers}),
        "colour_of": colour_of,
        "scores": score_rows(found.trials, curves, diagnoses),
        "parameters": parameter_rows(found.trials),
        "done": all(trial.state in FINISHED_TRIAL_STATES for trial in found.trials),
        "chart_version": "-".join(f"{trial.epochs_trained}{trial.state}" for trial in found.trials),
    }
