"""/api/experiments/{id}/report."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from app.routes.api.parameters import Id
from app.routes.api.schemas.responses import refusals
from app.web import reports
from app.web.dependencies import ReadSession
from app.web.unreadable import ExperimentRoute

router = APIRouter(prefix="/experiments", tags=["experiments"], route_class=ExperimentRoute)


@router.get(
    "/{experiment_id}/report",
    response_class=Response,
    responses={
        200: {"content": {"text/html": {}}, "description": "One HTML file, charts inside."},
        **refusals(404, 409),
    },
)
def report(request: Request, session: ReadSession, experiment_id: Id) -> HTMLResponse:
    """Get a report to send to somebody.

    One HTML file with set-up, verdict, best trials, charts and baselines.
    """
    return reports.respond(request, session, experiment_id)
