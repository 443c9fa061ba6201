"""Files of an experiment: its trials as CSV, its search space as code, its best model."""

from fastapi import APIRouter
from sqlalchemy.orm import selectinload
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from app.db.models import Trial
from app.queue.clock import clock
from app.services import best_models, experiments, trial_listing
from app.services.best_models import Download
from app.web.dependencies import CurrentSettings, ReadSession
from app.web.scored_sessions import ScoredSession
from app.web.unreadable import ExperimentRoute
from app.web.views.trial_table import RequestedTable, build_table, write_csv

router = APIRouter(prefix="/experiments", route_class=ExperimentRoute)

ZIP = "application/zip"


@router.get("/{experiment_id}/trials.csv")
def trials_csv(
    session: ScoredSession, experiment_id: int, table_request: RequestedTable
) -> StreamingResponse:
    """The table as it is filtered and sorted, all pages of it."""
    experiment = experiments.get(session, experiment_id)
    table = build_table(table_request, experiment)
    matching = trial_listing.matching(experiment_id, table.query)
    trials = session.scalars(matching.options(selectinload(Trial.tag_rows))).all()
    lines = list(write_csv(trials, table.names, clock(session)))  # errors come before the answer
    filename = f"experiment-{experiment_id}-trials.csv"
    return StreamingResponse(
        lines,
        media_type="text/csv",
        headers=_as_attachment(filename),
    )


@router.get("/{experiment_id}/space.py")
def space_as_hyperopt(session: ReadSession, experiment_id: int) -> PlainTextResponse:
    """Its search space as hyperopt code."""
    code = experiments.hyperopt_space(session, experiment_id)
    filename = f"experiment-{experiment_id}-space.py"
    headers = _as_attachment(filename)
    return PlainTextResponse(code, headers=headers)


@router.get("/{experiment_id}/best-model")
def best_model(session: ReadSession, settings: CurrentSettings, experiment_id: int) -> Response:
    """The zip that predicts on its own. Raises Conflict while it is not ready."""
    experiment = experiments.get(session, experiment_id)
    download = best_models.find_download(session, experiment, settings.lease_seconds)
    content = best_models.require_content(download)
    return zip_response(experiment_id, download, content)


def zip_response(experiment_id: int, download: Download, content: bytes) -> Response:
    """A bundle as a download."""
    filename = f"foretune-experiment-{experiment_id}-trial-{download.trial.number}.zip"
    if download.is_delivery:
        filename = f"foretune-experiment-{experiment_id}.zip"
    return Response(
        content,
        media_type=ZIP,
        headers=_as_attachment(filename),
    )


def _as_attachment(filename: str) -> dict[str, str]:
    """Headers that make a browser save a response under this name."""
    disposition = f'attachment; filename="{filename}"'
    return {"Content-Disposition": disposition}
