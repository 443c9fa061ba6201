"""A trial in the side panel of its experiment's page."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.services import trials
from app.web.dependencies import ReadSession
from app.web.fragments import fragment
from app.web.unreadable import ExperimentRoute
from app.web.views.trial_panel import TrialPanel, make_panel

router = APIRouter(prefix="/trials", route_class=ExperimentRoute)


@dataclass(frozen=True)
class PanelContext:
    """The panel alone; None: it is closed, which an experiment's page begins with."""

    panel: TrialPanel | None


@router.get("/{trial_id}/panel")
def show(request: Request, session: ReadSession, trial_id: int) -> Response:
    """The side panel with one trial, for a page that has the place for it."""

    def make_context() -> PanelContext:
        trial = trials.get(session, trial_id)
        return PanelContext(make_panel(session, trial))

    return fragment(request, "trials/_panel.html", make_context)
