"""Files of an experiment: its trials as CSV, its search space as code, its best model."""

from collections.abc import Generator

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from app.db.engine import Database
from app.queue.clock import clock
from app.services import best_models, experiments, trial_listing
from app.services.best_models import Download
from app.web.dependencies import CurrentDatabase, CurrentSettings, ReadSession
from app.web.scored_sessions import ScoredSession
from app.web.streamed_csv import StreamedCsv
from app.web.unreadable import ExperimentRoute
from app.web.views.trial_csv import stored_columns, write_csv
from app.web.views.trial_table import RequestedTable, TrialTable, build_table

router = APIRouter(prefix="/experiments", route_class=ExperimentRoute)

ZIP = "application/zip"


@router.get("/{experiment_id}/trials.csv")
def trials_csv(
    session: ScoredSession,
    database: CurrentDatabase,
    experiment_id: int,
    table_request: RequestedTable,
) -> StreamedCsv:
    """The table as it is filtered and sorted, all pages of it."""
    experiment = experiments.get(session, experiment_id)
    table = build_table(table_request, experiment)
    filename = f"experiment-{experiment_id}-trials.csv"
    return StreamedCsv(_read_csv(database, experiment_id, table), as_attachment(filename))


def _read_csv(database: Database, experiment_id: int, table: TrialTable) -> Generator[str]:
    """The CSV in parts of some hundred lines, all of them as the table is now."""
    columns = stored_columns(table.stored_names)
    with database.read() as session:
        batches = trial_listing.read_in_batches(session, experiment_id, table.query, columns)
        yield from write_csv(batches, table.stored_names, clock(session))


@router.get("/{experiment_id}/space.py")
def space_as_hyperopt(session: ReadSession, experiment_id: int) -> PlainTextResponse:
    """Its search space as hyperopt code."""
    code = experiments.hyperopt_space(session, experiment_id)
    filename = f"experiment-{experiment_id}-space.py"
    headers = as_attachment(filename)
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
        headers=as_attachment(filename),
    )


def as_attachment(filename: str) -> dict[str, str]:
    """Headers that make a browser save a response under this name."""
    disposition = f'attachment; filename="{filename}"'
    return {"Content-Disposition": disposition}
