"""Pages of trials: one trial live, its charts, and what can be done with it."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.db.models import Artifact, Epoch, Experiment, LogLine, Trial
from app.domain.diagnosis import Diagnosis
from app.domain.failure_causes import advice
from app.domain.metrics import Scores
from app.domain.next_steps import NextStep
from app.domain.search_space.parameters import Catalogue
from app.domain.terms import EVALUATED_PARTS, PENDING_TRIAL_STATES, Part, TrialState
from app.queue import artifacts
from app.queue.clock import clock
from app.routes.experiment_downloads import ZIP, as_attachment
from app.services import (
    boards,
    forecast_bands,
    next_steps,
    noise,
    overviews,
    summaries,
    trial_bundles,
    trials,
)
from app.services.boards import BaselineView, BoardView
from app.services.diagnoses import diagnose_trials
from app.services.summaries import Verdict
from app.web.charts import forecasts, losses
from app.web.charts.figures import Figure
from app.web.dependencies import ReadSession, Step, WriteSession
from app.web.fragments import figure, fragment
from app.web.messages import lead_to
from app.web.scored_sessions import ScoredSession
from app.web.templating import render
from app.web.unreadable import ExperimentRoute
from app.web.views.board_text import describe_board, describe_gain, is_beaten
from app.web.views.future_text import FutureSection, section_of_trial
from app.web.views.score_texts import ScoreRow, describe_coverage, list_score_rows
from app.web.views.steps_text import RequestedSteps, StepsSection, make_steps_section
from app.web.views.trial_table import varied_parameters

router = APIRouter(prefix="/trials", route_class=ExperimentRoute)

N_EPOCHS_FOR_ETA = 5  # the time left is estimated from the last ones


@dataclass(frozen=True)
class TrialContext:
    """One trial, and the trials it is shown beside."""

    trial: Trial
    experiment: Experiment
    verdict: Verdict | None
    is_beaten: bool
    best_baseline: BaselineView | None
    board_gain: str
    board_note: str
    board_version: str
    advice: str | None
    diagnosis: Diagnosis | None
    next_steps: tuple[NextStep, ...]
    future: FutureSection
    baselines: dict[Part, Scores]
    skill_gap: str
    steps: StepsSection | None
    score_rows: tuple[ScoreRow, ...]
    coverage: dict[Part, str]
    last_epoch: Epoch | None
    seconds: float | None
    eta: float | None
    is_finished: bool
    chart_version: str
    bundle: Artifact | None
    log: list[LogLine]
    varied: list[str]
    catalogue: Catalogue
    previous_trial: Trial | None
    next_trial: Trial | None
    best_trial: Trial | None
    source_trial: Trial | None


def read_steps(
    step: Step = 1,
    part: Annotated[Literal["validation", "test"], Query()] = "test",
    origin: Annotated[int | None, Query()] = None,
) -> RequestedSteps:
    """Which forecasts of several rows a page shows first."""
    return RequestedSteps(step, Part(part), origin)


RequestedStepsOfPage = Annotated[RequestedSteps, Depends(read_steps)]


@router.get("/{trial_id}")
def show(
    request: Request, session: ScoredSession, trial_id: int, steps: RequestedStepsOfPage
) -> Response:
    """One trial."""
    context = _make_context(session, trial_id, steps)
    return render(request, "trials/show.html", context)


@router.get("/{trial_id}/live")
def live(
    request: Request, session: ScoredSession, trial_id: int, steps: RequestedStepsOfPage
) -> Response:
    """The parts of a trial's page that change."""
    return fragment(
        request,
        "trials/_live.html",
        lambda: _make_context(session, trial_id, steps),
    )


@router.get("/{trial_id}/charts/losses")
def losses_chart(request: Request, session: ReadSession, trial_id: int) -> Response:
    """Train against validation loss."""
    return figure(
        request,
        lambda: _draw_losses(session, trial_id),
    )


@router.get("/{trial_id}/charts/{part}")
def forecast_chart(
    session: ReadSession,
    trial_id: int,
    part: Literal["validation", "test"],
    view: Literal["values", "errors"] = "values",
    step: Step = 1,
) -> JSONResponse:
    """Predicted against actual over one part, or the errors, at one step ahead."""
    trial = trials.get(session, trial_id)
    forecast = trials.forecast(session, trial, Part(part), step)
    board = boards.load_board(session, trial.experiment)
    line = boards.load_line(session, board, Part(part), step)
    target = trial.experiment.dataset.target
    if view == "errors":
        errors = forecasts.error_figure(forecast, target, line)
        return JSONResponse(errors)
    bands = forecast_bands.load(session, trial, Part(part), step)
    values = forecasts.forecast_figure(forecast, target, line, bands)
    return JSONResponse(values)


@router.post("/{trial_id}/stop")
def stop(session: WriteSession, trial_id: int) -> RedirectResponse:
    """Stop a trial after its epoch."""
    trial = trials.get(session, trial_id)
    trials.stop(session, trial)
    return lead_to(f"/trials/{trial_id}", "trial-stopping")


@router.post("/{trial_id}/retry")
def retry(session: WriteSession, trial_id: int) -> RedirectResponse:
    """Try again."""
    trial = trials.get(session, trial_id)
    trials.retry(session, trial)
    return lead_to(f"/trials/{trial_id}", "trial-queued")


@router.post("/{trial_id}/bundle")
def request_bundle(session: WriteSession, trial_id: int) -> RedirectResponse:
    """Lead to a trial's download, or to the page that starts it once a worker is done."""
    trial = trials.get(session, trial_id)
    bundle = trial_bundles.request(session, trial)
    if bundle.size is not None:
        return RedirectResponse(f"/trials/{trial_id}/bundle", 303)
    return RedirectResponse(f"/trials/{trial_id}#download", 303)


@router.get("/{trial_id}/bundle")
def bundle(session: ReadSession, trial_id: int) -> Response:
    """The zip that predicts on its own. Raises Conflict while it is not ready."""
    trial = trials.get(session, trial_id)
    content = trial_bundles.read_content(session, trial)
    filename = f"foretune-experiment-{trial.experiment_id}-trial-{trial.number}.zip"
    return Response(content, media_type=ZIP, headers=as_attachment(filename))


def _make_context(session: Session, trial_id: int, steps: RequestedSteps) -> TrialContext:
    trial = trials.get(session, trial_id)
    experiment = trial.experiment
    epochs = trials.epochs(session, trial)
    previous_trial, next_trial = trials.neighbours(session, trial)
    baselines = overviews.baseline_scores_by_part(session, experiment)
    board = boards.load_board(session, experiment)
    board_gain = boards.compare_with_best(session, board, trial)
    return TrialContext(
        trial=trial,
        experiment=experiment,
        verdict=summaries.trial_verdict(trial),
        is_beaten=is_beaten(board_gain),
        best_baseline=board.best_beside_naive if board else None,
        board_gain=describe_gain(board_gain),
        board_note=describe_board(board),
        board_version=board.version if board else "",
        advice=advice(trial.failure_cause) if trial.state == TrialState.FAILED else None,
        diagnosis=diagnose_trials(session, [trial]).get(trial.id),
        next_steps=next_steps.find_steps(session, trial),
        future=section_of_trial(session, trial),
        baselines=baselines,
        skill_gap=_describe_skill_gap(session, trial, baselines),
        steps=make_steps_section(session, trial, steps),
        score_rows=_list_score_rows(trial, board),
        coverage=_describe_coverages(trial),
        last_epoch=epochs[-1] if epochs else None,
        seconds=trials.duration(trial, clock(session)),
        eta=_estimate_seconds_left(trial, [epoch.seconds for epoch in epochs]),
        is_finished=trial.state not in PENDING_TRIAL_STATES,
        chart_version=f"{trial.attempts}-{len(epochs)}-{trial.state}",
        bundle=trial_bundles.find(session, trial),
        log=trials.log(session, trial),
        varied=varied_parameters(experiment) or list(trial.parameters),
        catalogue=experiment.catalogue,
        previous_trial=previous_trial,
        next_trial=next_trial,
        best_trial=artifacts.best_trial(session, experiment.id),
        source_trial=_load_source_trial(session, trial),
    )


def _describe_coverages(trial: Trial) -> dict[Part, str]:
    horizon = trial.experiment.horizon
    return {part: describe_coverage(trial.more_scores, part, horizon) for part in EVALUATED_PARTS}


def _describe_skill_gap(session: Session, trial: Trial, baselines: dict[Part, Scores]) -> str:
    gap = noise.explain_skill(session, trial, baselines)
    return noise.describe_skill_gap(gap, trial.experiment.yardstick)


def _list_score_rows(trial: Trial, board: BoardView | None) -> tuple[ScoreRow, ...]:
    experiment = trial.experiment
    baseline = board.best_beside_naive if board else None
    parts = experiment.split.parts(experiment.dataset.rows)
    return list_score_rows(
        trial.more_scores,
        baseline.more_scores if baseline else None,
        n_train_rows=len(parts[Part.TRAIN]),
        seasons=experiment.seasons,
        horizon=experiment.horizon,
    )


def _load_source_trial(session: Session, trial: Trial) -> Trial | None:
    """The trial whose training this one shares, if any."""
    if trial.source_trial_id is None:
        return None
    return session.get(Trial, trial.source_trial_id)


def _estimate_seconds_left(trial: Trial, epoch_seconds: list[float]) -> float | None:
    """The remaining epochs times the median of the latest ones; None before the first has ended."""
    if not epoch_seconds or trial.state not in PENDING_TRIAL_STATES:
        return None
    recent = sorted(epoch_seconds[-N_EPOCHS_FOR_ETA:])
    middle = len(recent) // 2
    n_epochs = int(trial.parameters["epochs"])
    n_epochs_left = n_epochs - len(epoch_seconds)
    return n_epochs_left * recent[middle]


def _draw_losses(session: Session, trial_id: int) -> Figure:
    trial = trials.get(session, trial_id)
    epochs = trials.epochs(session, trial)
    return losses.loss_figure(epochs, trial.best_epoch)
