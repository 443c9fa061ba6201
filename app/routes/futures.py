"""What comes next, as a chart and as a CSV: of a trial, and of what an experiment hands over."""

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from app.services import experiments, futures, trials
from app.services.futures import FutureView
from app.web.charts.futures import future_figure
from app.web.dependencies import ReadSession
from app.web.unreadable import ExperimentRoute
from app.web.views.future_text import write_future_csv

router = APIRouter(route_class=ExperimentRoute)


@router.get("/trials/{trial_id}/charts/future")
def trial_chart(session: ReadSession, trial_id: int) -> JSONResponse:
    """The last rows, and those after them. Raises NotFound where there is no such forecast."""
    trial = trials.get(session, trial_id)
    view = futures.load_of_trial(session, trial)
    return JSONResponse(future_figure(view, trial.experiment.dataset.target))


@router.get("/trials/{trial_id}/future.csv")
def trial_csv(session: ReadSession, trial_id: int) -> Response:
    """The rows to come as a file. Raises NotFound where they are not forecast."""
    trial = trials.get(session, trial_id)
    view = futures.load_of_trial(session, trial)
    return _answer_csv(view, f"trial-{trial_id}-future.csv")


@router.get("/experiments/{experiment_id}/charts/future")
def experiment_chart(session: ReadSession, experiment_id: int) -> JSONResponse:
    """The last rows, and those after them. Raises NotFound where there is no such forecast."""
    experiment = experiments.get(session, experiment_id)
    view = futures.load_of_best(session, experiment)
    return JSONResponse(future_figure(view, experiment.dataset.target))


@router.get("/experiments/{experiment_id}/future.csv")
def experiment_csv(session: ReadSession, experiment_id: int) -> Response:
    """The rows to come as a file. Raises NotFound where they are not forecast."""
    experiment = experiments.get(session, experiment_id)
    view = futures.load_of_best(session, experiment)
    return _answer_csv(view, f"experiment-{experiment_id}-future.csv")


def _answer_csv(view: FutureView, filename: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return Response("".join(write_future_csv(view)), media_type="text/csv", headers=headers)
