"""Pages of comparison: a few trials of an experiment side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, Response

from app.db.models import Experiment, Trial
from app.domain.baselines import name_naive
from app.domain.terms import PENDING_TRIAL_STATES, Part
from app.errors import NotFound
from app.services import boards, comparison, experiments, futures, overviews, trials
from app.services.diagnoses import diagnose_trials
from app.web.charts.comparison import colour_of, curves_figure, forecasts_figure
from app.web.charts.figures import Figure
from app.web.charts.futures import futures_figure
from app.web.charts.levels import list_levels
from app.web.dependencies import ReadSession, Step
from app.web.fragments import fragment
from app.web.templating import render
from app.web.unreadable import ExperimentRoute
from app.web.views.comparison_table import Row, gain_rows, parameter_rows, score_rows

router = APIRouter(prefix="/experiments", route_class=ExperimentRoute)

MAX_SHOWN_INPUT = 300  # characters of a wrong input that the form repeats

TrialNumbers = Annotated[list[str] | None, Query(alias="trials", max_length=200)]
ChartContent = Annotated[Literal["epochs", "validation", "test", "future"], Query(alias="of")]


@dataclass(frozen=True)
class ComparisonContext:
    """The compared trials, and what the form for their numbers shows."""

    experiment: Experiment
    trials: tuple[Trial, ...]
    problem: str
    numbers: str
    query: str
    scores: list[Row]
    parameters: list[Row]
    is_finished: bool
    chart_version: str
    colour_of: Callable[[int], str] = colour_of


@router.get("/{experiment_id}/comparison")
def show(
    request: Request, session: ReadSession, experiment_id: int, numbers: TrialNumbers = None
) -> Response:
    """Trials by their numbers, or the best ones."""
    context = _make_context(session, experiment_id, numbers or [])
    has_nothing_to_show = context.problem and not context.trials
    return render(
        request,
        "experiments/comparison.html",
        context,
        status=422 if has_nothing_to_show else 200,
    )


@router.get("/{experiment_id}/comparison/live")
def live(
    request: Request, session: ReadSession, experiment_id: int, numbers: TrialNumbers = None
) -> Response:
    """The parts of that page that change."""
    return fragment(
        request,
        "experiments/_comparison_live.html",
        lambda: _make_context(session, experiment_id, numbers or []),
    )


@router.get("/{experiment_id}/charts/comparison")
def chart(
    session: ReadSession,
    experiment_id: int,
    content: ChartContent = "epochs",
    view: Literal["values", "errors"] = "values",
    step: Step = 1,
    numbers: TrialNumbers = None,
) -> JSONResponse:
    """The error by epoch, or forecasts of one part or beyond, of trials that have them."""
    experiment = experiments.get(session, experiment_id)
    compared = comparison.compare(session, experiment, numbers or []).trials
    if content == "epochs":
        return JSONResponse(_draw_curves(session, experiment, compared))
    if content == "future":
        return JSONResponse(_draw_futures(session, experiment, compared))
    labels = []
    views = []
    for index, trial in enumerate(compared):
        if trial.test_rmse is not None:
            labels.append((index, trial.number))
            forecast = trials.forecast(session, trial, Part(content), step)
            views.append(forecast)
    board = boards.load_board(session, experiment)
    figure = forecasts_figure(
        labels,
        views,
        experiment.dataset.target,
        boards.load_line(session, board, Part(content), step),
        are_errors=view == "errors",
    )
    return JSONResponse(figure)


def _make_context(
    session: Session, experiment_id: int, requested_numbers: list[str]
) -> ComparisonContext:
    experiment = experiments.get(session, experiment_id)
    compared = comparison.compare(session, experiment, requested_numbers)
    compared_trials = compared.trials
    curves = comparison.curves(session, compared_trials)
    diagnoses = diagnose_trials(session, compared_trials)
    board = boards.load_board(session, experiment)
    gains = [boards.compare_with_best(session, board, trial) for trial in compared_trials]
    versions = [f"{trial.epochs_trained}{trial.state}" for trial in compared_trials]
    if board is not None:
        versions.append(board.version)
    numbers = ", ".join(str(trial.number) for trial in compared_trials)
    shown_numbers = numbers
    if requested_numbers and compared.problem:
        shown_numbers = ", ".join(requested_numbers)[:MAX_SHOWN_INPUT]
    return ComparisonContext(
        experiment=experiment,
        trials=compared_trials,
        problem=compared.problem,
        numbers=shown_numbers,
        query=urlencode({"trials": numbers}),
        scores=score_rows(compared_trials, curves, diagnoses, experiment.yardstick)
        + gain_rows(gains),
        parameters=parameter_rows(compared_trials),
        is_finished=all(trial.state not in PENDING_TRIAL_STATES for trial in compared_trials),
        chart_version="-".join(versions),
    )


def _draw_curves(session: Session, experiment: Experiment, compared: Sequence[Trial]) -> Figure:
    curves = comparison.curves(session, compared)
    yardstick = experiment.yardstick
    board = boards.load_board(session, experiment)
    return curves_figure(
        compared,
        curves,
        overviews.baseline_error(session, experiment),
        yardstick,
        list_levels(board, yardstick),
        name_naive(experiment.horizon),
    )


def _draw_futures(session: Session, experiment: Experiment, compared: Sequence[Trial]) -> Figure:
    views = []
    problems = []
    for index, trial in enumerate(compared):
        try:
            views.append((colour_of(index), futures.load_of_trial(session, trial)))
        except NotFound as error:
            problems.append(str(error))
    return futures_figure(views, experiment.dataset.target, problems)
