"""The report of an experiment: one HTML file without scripts, which holds all that it shows."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from fastapi import Request
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import HTMLResponse

from app.config import resource_folder
from app.db.models import Experiment, Trial
from app.domain.terms import EVALUATED_PARTS, Part
from app.errors import NotFound
from app.queue.artifacts import IS_EVALUATED
from app.queue.clock import clock
from app.services import (
    best_models,
    boards,
    delivered,
    experiments,
    forecast_bands,
    futures,
    overviews,
    summaries,
    trials,
)
from app.services.boards import BoardView
from app.services.delivered import DeliveredText
from app.services.overviews import Overview
from app.services.rows_ahead import describe_horizon
from app.services.summaries import Failure, Verdict
from app.web.charts.forecasts import forecast_figure
from app.web.charts.futures import future_figure
from app.web.charts.levels import list_levels
from app.web.charts.losses import loss_figure
from app.web.charts.svg import draw_svg
from app.web.charts.trials import objective_figure
from app.web.formats import value
from app.web.templating import render
from app.web.views.baseline_table import ForecastRow, list_forecast_rows
from app.web.views.board_text import BoardVerdict, describe_verdict
from app.web.views.future_text import FutureText, describe_future
from app.web.views.setup_text import SetupRow, list_searched, list_setup
from app.web.views.trial_table import varied_parameters

N_BEST_TRIALS = 10
MAX_FUTURE_ROWS = 60
STYLESHEET = "report.css"


@dataclass(frozen=True)
class Chart:
    """A titled drawing."""

    title: str
    drawing: Markup


@dataclass(frozen=True)
class ReportContext:
    """All that a report says. `charts`: of the best trial."""

    experiment: Experiment
    overview: Overview
    stylesheet: Markup
    verdict: Verdict | None
    board_verdict: BoardVerdict | None
    delivered: DeliveredText | None
    future: FutureText | None
    future_chart: Markup | None
    future_problem: str
    objective_chart: Markup
    best_trials: list[Trial]
    seconds: dict[int, float | None]  # by trial id
    varied: list[str]
    parameters: list[SetupRow]  # of the best trial
    charts: list[Chart]
    baselines: list[ForecastRow]
    setup: list[SetupRow]
    searched: list[SetupRow]
    failures: list[Failure]
    written_at: datetime
    max_future_rows: int = MAX_FUTURE_ROWS


def respond(request: Request, session: Session, experiment_id: int) -> HTMLResponse:
    """The report as a file that a browser shows, or saves under a name of its own."""
    context = make_report(session, experiment_id)
    response = render(request, "experiments/report.html", context)
    filename = f"foretune-experiment-{experiment_id}.html"
    response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    return response


def make_report(session: Session, experiment_id: int) -> ReportContext:
    """Collect what the report of an experiment says. Raises NotFound."""
    experiment = experiments.get(session, experiment_id)
    overview = overviews.build(session, experiment)
    board = boards.load_board(session, experiment)
    best = best_models.find(session, experiment, overview.best)
    best_trials = _load_best_trials(session, experiment)
    now = clock(session)
    board_verdict = None
    if overview.best is not None and board is not None:
        gain = boards.compare_with_best(session, board, overview.best)
        board_verdict = describe_verdict(board, overview.best, gain, experiment.yardstick)
    delivered_text = None
    if best is not None and best.delivery is not None:
        delivered_text = delivered.describe(session, best.delivery, best.trial)
    future, future_chart, problem = _describe_future(session, experiment, overview.best)
    return ReportContext(
        experiment=experiment,
        overview=overview,
        stylesheet=load_stylesheet(),
        verdict=summaries.verdict(overview),
        board_verdict=board_verdict,
        delivered=delivered_text,
        future=future,
        future_chart=future_chart,
        future_problem=problem,
        objective_chart=_draw_objective(session, overview, board),
        best_trials=best_trials,
        seconds={trial.id: trials.duration(trial, now) for trial in best_trials},
        varied=varied_parameters(experiment),
        parameters=_list_parameters(overview.best),
        charts=_draw_best(session, overview.best, board) if overview.best else [],
        baselines=list_forecast_rows(board, overview.best, now, experiment.yardstick),
        setup=list_setup(experiment, experiment.space, describe_horizon(session, experiment)),
        searched=list_searched(experiment.space),
        failures=summaries.failures(session, experiment_id),
        written_at=now,
    )


@lru_cache(maxsize=1)
def load_stylesheet() -> Markup:
    """The stylesheet as an element: a report fetches nothing."""
    text = (resource_folder("static") / STYLESHEET).read_text()
    return Markup("<style>{}</style>").format(Markup(text))


def _load_best_trials(session: Session, experiment: Experiment) -> list[Trial]:
    query = (
        select(Trial)
        .where(Trial.experiment_id == experiment.id, IS_EVALUATED)
        .order_by(Trial.objective, Trial.number)
        .limit(N_BEST_TRIALS)
    )
    return list(session.scalars(query))


def _list_parameters(best: Trial | None) -> list[SetupRow]:
    if best is None:
        return []
    return [(name, value(parameter)) for name, parameter in best.parameters.items()]


def _describe_future(
    session: Session, experiment: Experiment, best: Trial | None
) -> tuple[FutureText | None, Markup | None, str]:
    """What comes next in words and drawn, or why there is nothing."""
    try:
        view = futures.load_of_best(session, experiment, best)
    except NotFound as error:
        return None, None, str(error)
    figure = future_figure(view, experiment.dataset.target)
    return describe_future(view), draw_svg(figure, "The last rows and the forecast after them"), ""


def _draw_objective(session: Session, overview: Overview, board: BoardView | None) -> Markup:
    figure = objective_figure(
        trials.objective_points(session, overview.experiment.id),
        overview.baseline_error,
        overview.experiment.objective,
        list_levels(board, overview.yardstick),
    )
    return draw_svg(figure, "Objective of each trial and the best so far")


def _draw_best(session: Session, best: Trial, board: BoardView | None) -> list[Chart]:
    """The losses of the best trial, and its forecasts of validation and test."""
    losses = loss_figure(trials.epochs(session, best), best.best_epoch)
    charts = [Chart("Losses by epoch", draw_svg(losses, "Train and validation loss by epoch"))]
    target = best.experiment.dataset.target
    for part in EVALUATED_PARTS:
        drawing = _draw_forecast(session, best, board, part, target)
        if drawing is not None:
            charts.append(Chart(f"Prediction against actual: {part.value}", drawing))
    return charts


def _draw_forecast(
    session: Session, best: Trial, board: BoardView | None, part: Part, target: str
) -> Markup | None:
    try:
        view = trials.forecast(session, best, part)
    except NotFound:
        return None
    line = boards.load_line(session, board, part)
    bands = forecast_bands.load(session, best, part)
    figure = forecast_figure(view, target, line, bands)
    return draw_svg(figure, f"Predicted and actual {target} on the {part.value} part")
