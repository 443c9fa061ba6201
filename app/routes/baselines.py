"""Pages of baselines: what an experiment is compared with, and other programs' forecasts."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.db.models import Experiment
from app.queue import artifacts
from app.queue.clock import clock
from app.services import boards, experiments
from app.services.boards import BoardView
from app.web.dependencies import ReadSession
from app.web.templating import render
from app.web.unreadable import ExperimentRoute
from app.web.views.baseline_table import ForecastRow, list_forecast_rows
from app.web.views.board_text import describe_board

router = APIRouter(prefix="/experiments", route_class=ExperimentRoute)


@dataclass(frozen=True)
class BaselinesContext:
    """The baselines of an experiment, None for one of an earlier version.

    note: that they are still being computed, or why they could not be. rows: the best trial is
    among them.
    """

    experiment: Experiment
    board: BoardView | None
    note: str
    rows: list[ForecastRow]


@router.get("/{experiment_id}/baselines")
def show(request: Request, session: ReadSession, experiment_id: int) -> Response:
    """All scores of the baselines."""
    context = _make_context(session, experiment_id)
    return render(request, "experiments/baselines.html", context)


def _make_context(session: Session, experiment_id: int) -> BaselinesContext:
    experiment = experiments.get(session, experiment_id)
    board = boards.load_board(session, experiment)
    best = artifacts.best_trial(session, experiment.id)
    return BaselinesContext(
        experiment=experiment,
        board=board,
        note=describe_board(board),
        rows=list_forecast_rows(board, best, clock(session)),
    )
