"""The report of an experiment as one file."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.web import reports
from app.web.dependencies import ReadSession
from app.web.unreadable import ExperimentRoute

router = APIRouter(prefix="/experiments", route_class=ExperimentRoute)


@router.get("/{experiment_id}/report.html")
def report(request: Request, session: ReadSession, experiment_id: int) -> Response:
    """All about an experiment in one HTML file, to be sent to somebody."""
    return reports.respond(request, session, experiment_id)
