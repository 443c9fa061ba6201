"""Pages of trials: one trial live, its charts, and what can be done with it."""

from typing import Any, Literal

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.db.models import Trial
from app.domain.failure_causes import advice
from app.domain.terms import FINISHED_TRIAL_STATES, Part, TrialState
from app.queue import artifacts
from app.queue.clock import clock
from app.services import overviews, summaries, trials
from app.web.charts import forecasts, losses
from app.web.dependencies import ReadSession, WriteSession
from app.web.fragments import figure, fragment
from app.web.templating import render
from app.web.views.trial_table import varied_parameters

router = APIRouter(prefix="/trials")
JUDGED_PARTS = (Part.VALIDATION, Part.TEST)


@router.get("/{trial_id}")
def show(request: Request, session: ReadSession, trial_id: int) -> Response:
    """One trial."""
    return render(request, "trials/show.html", **_show(session, trial_id))


@router.get("/{trial_id}/live")
def live(request: Request, session: ReadSession, trial_id: int) -> Response:
    """The parts of a trial's page that change."""
    return fragment(request, "trials/_live.html", lambda: _show(session, trial_id))


@router.get("/{trial_id}/charts/losses")
def losses_chart(request: Request, session: ReadSession, trial_id: int) -> Response:
    """Train against validation loss."""
    return figure(request, lambda: _losses(session, trial_id))


@router.get("/{trial_id}/charts/{part}")
def forecast_chart(
    session: ReadSession,
    trial_id: int,
    part: Literal["validation", "test"],
    view: Literal["values", "errors"] = "values",
) -> JSONResponse:
    """Predicted against actual over one part, or how far it was off."""
    trial = trials.get(session, trial_id)
    draw = forecasts.forecast_figure if view == "values" else forecasts.error_figure
    return JSONResponse(
        draw(trials.forecast(session, trial, Part(part)), trial.experiment.dataset.target)
    )


@router.post("/{trial_id}/stop")
def stop(session: WriteSession, trial_id: int) -> RedirectResponse:
    """Ask a trial to stop after its epoch."""
    trials.stop(session, trials.get(session, trial_id))
    return RedirectResponse(f"/trials/{trial_id}", 303)


@router.post("/{trial_id}/retry")
def retry(session: WriteSession, trial_id: int) -> RedirectResponse:
    """Try again."""
    trials.retry(session, trials.get(session, trial_id))
    return RedirectResponse(f"/trials/{trial_id}", 303)


def _show(session: Session, trial_id: int) -> dict[str, Any]:
    trial = trials.get(session, trial_id)
    experiment = trial.experiment
    epochs = trials.epochs(session, trial)
    return {
        "trial": trial,
        "experiment": experiment,
        "last_epoch": epochs[-1] if epochs else None,
        "diagnosis": trials.diagnoses(session, [trial]).get(trial.id),
        "verdict": summaries.trial_verdict(trial),
        "advice": advice(trial.failure_cause) if trial.state == TrialState.FAILED else None,
        "log": trials.log(session, trial),
        "seconds": trials.duration(trial, clock(session)),
        "eta": _seconds_left(trial, [epoch.seconds for epoch in epochs]),
        "baselines": {
            part: overviews.baseline_scores(session, experiment, part) for part in JUDGED_PARTS
        },
        "varied": varied_parameters(experiment) or list(trial.parameters),
        "catalogue": experiment.catalogue,
        "done": trial.state in FINISHED_TRIAL_STATES,
        "chart_version": f"{trial.attempts}-{len(epochs)}-{trial.state}",
        **_others(session, trial),
    }


def _losses(session: Session, trial_id: int) -> dict[str, Any]:
    trial = trials.get(session, trial_id)
    return losses.loss_figure(trials.epochs(session, trial), trial.best_epoch)


def _others(session: Session, trial: Trial) -> dict[str, Any]:
    """The trials this one is looked at beside."""
    before, after = trials.neighbours(session, trial)
    return {
        "before": before,
        "after": after,
        "best": artifacts.best_trial(session, trial.experiment_id),
        "read_off": session.get(Trial, trial.source_trial_id) if trial.source_trial_id else None,
    }


def _seconds_left(trial: Trial, seconds: list[float]) -> float | None:
    left = int(trial.parameters["epochs"]) - len(seconds)
    recent = sorted(seconds[-5:])
    return (
        left * recent[len(recent) // 2]
        if recent and trial.state not in FINISHED_TRIAL_STATES
        else None
    )
