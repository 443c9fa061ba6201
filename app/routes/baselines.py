"""Pages of baselines: what an experiment is compared with, and other programs' forecasts."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from app.db.models import Experiment
from app.domain.terms import Part
from app.errors import FieldProblem, Invalid
from app.queue import artifacts
from app.queue.clock import clock
from app.services import boards, datasets, experiments, one_time, other_forecasts
from app.services.boards import BaselineView, BoardView
from app.web import uploaded_files
from app.web.charts.numbers import iso_dates
from app.web.dependencies import CurrentFileReader, CurrentSettings, ReadSession, WriteSession
from app.web.forms.fields import group_messages
from app.web.messages import lead_to
from app.web.one_time_keys import FormDigest
from app.web.templating import render
from app.web.unreadable import ExperimentRoute
from app.web.views.baseline_table import ForecastRow, list_forecast_rows
from app.web.views.board_text import describe_board

router = APIRouter(prefix="/experiments", route_class=ExperimentRoute)


@dataclass(frozen=True)
class Draft:
    """What the form shows: the name that was typed, and what is wrong with what was sent."""

    name: str = ""
    problems: list[FieldProblem] = field(default_factory=list)


@dataclass(frozen=True)
class BaselinesContext:
    """The baselines of an experiment, None for one of an earlier version.

    note: that they are still being computed, or why they could not be. rows: the best trial is
    among them. name, errors: what was sent, and what is wrong with it, by field.
    """

    experiment: Experiment
    board: BoardView | None
    note: str
    rows: list[ForecastRow]
    uploaded: list[BaselineView]
    forecast_help: str
    name: str
    errors: dict[str, list[str]]


@router.get("/{experiment_id}/baselines")
def show(request: Request, session: ReadSession, experiment_id: int) -> Response:
    """All scores of the baselines."""
    context = _make_context(session, experiment_id, Draft())
    return render(request, "experiments/baselines.html", context)


@router.post("/{experiment_id}/baselines")
def upload(
    request: Request,
    session: WriteSession,
    settings: CurrentSettings,
    file_reader: CurrentFileReader,
    digest: FormDigest,
    experiment_id: int,
    name: Annotated[str, Form()] = "",
    file: UploadFile | None = None,
) -> Response:
    """Put another program's forecasts on the board, or say what is wrong with them."""
    earlier_address = one_time.find_result(session, digest)
    if earlier_address is not None:
        return RedirectResponse(earlier_address, 303)
    experiment = experiments.get(session, experiment_id)
    board = boards.find_board(experiment)
    filename = ""
    content = b""
    if file is not None:
        filename = file.filename or ""
        content = uploaded_files.read_content(file, settings)
    try:
        other_forecasts.add(
            session,
            board,
            name=name,
            filename=filename,
            content=content,
            file_reader=file_reader,
        )
    except Invalid as error:
        context = _make_context(session, experiment_id, Draft(name, error.problems))
        return render(request, "experiments/baselines.html", context, status=422)
    address = _address_of(experiment_id)
    one_time.store_result(session, digest, address)
    return lead_to(address, "forecast-added")


@router.post("/{experiment_id}/baselines/{baseline_id}/delete")
def delete(session: WriteSession, experiment_id: int, baseline_id: int) -> RedirectResponse:
    """Take another program's forecasts off the board."""
    experiment = experiments.get(session, experiment_id)
    baseline = boards.find_baseline(session, experiment, baseline_id)
    other_forecasts.delete(session, baseline)
    return lead_to(_address_of(experiment_id), "forecast-deleted")


def _address_of(experiment_id: int) -> str:
    return f"/experiments/{experiment_id}/baselines"


def _make_context(session: Session, experiment_id: int, draft: Draft) -> BaselinesContext:
    experiment = experiments.get(session, experiment_id)
    board = boards.load_board(session, experiment)
    best = artifacts.best_trial(session, experiment.id)
    uploaded = []
    if board is not None:
        uploaded = [baseline for baseline in board.baselines if baseline.is_uploaded]
    return BaselinesContext(
        experiment=experiment,
        board=board,
        note=describe_board(board),
        rows=list_forecast_rows(board, best, clock(session), experiment.yardstick),
        uploaded=uploaded,
        forecast_help=_describe_rows(session, experiment),
        name=draft.name,
        errors=group_messages((str(problem.loc[0]), problem.message) for problem in draft.problems),
    )


def _describe_rows(session: Session, experiment: Experiment) -> str:
    """For which dates a forecast is wanted."""
    series = datasets.series(session, experiment.dataset)
    parts = experiment.split.parts(len(series.dates))
    validation = parts[Part.VALIDATION]
    test = parts[Part.TEST]
    edges = [validation.start, validation.stop - 1, test.start, test.stop - 1]
    dates = iso_dates(series.dates[edges])
    return (
        f"Validation is {dates[0]} to {dates[1]}, test {dates[2]} to {dates[3]}: one line for each "
        "row, forecast from the rows before it. Other dates are left out."
    )
