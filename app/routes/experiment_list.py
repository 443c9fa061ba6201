"""The list of experiments, and what can be done with those that are ticked in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from app.domain.terms import ExperimentState
from app.queue.clock import clock
from app.routes.annotations import lead_back
from app.services import annotations, bulk_changes, deletion, overviews
from app.services.bulk_changes import Loss
from app.services.experiment_listing import ARCHIVED
from app.services.overviews import Overview
from app.services.paging import Page
from app.services.unreadable import UnreadableExperiment, checked_if_needed
from app.web.dependencies import CurrentDeletionTimer, ReadSession, WriteSession
from app.web.fragments import fragment
from app.web.messages import lead_to
from app.web.templating import render
from app.web.unreadable import ExperimentRoute
from app.web.views.experiment_table import ExperimentTable, RequestedList

router = APIRouter(prefix="/experiments", route_class=ExperimentRoute)

MAX_TICKED = 500
TickedIds = Annotated[list[int] | None, Query(alias="experiments", max_length=MAX_TICKED)]
SentIds = Annotated[list[int] | None, Form(alias="experiments", max_length=MAX_TICKED)]
Back = Annotated[str, Form(max_length=2000)]


@dataclass(frozen=True)
class ExperimentListContext:
    """One page of the experiments. `tags`: all to choose from."""

    experiments: Page[Overview | UnreadableExperiment]
    listed: ExperimentTable
    tags: list[str]
    is_finished: bool
    now: datetime
    states: tuple[ExperimentState, ...] = tuple(ExperimentState)
    archived: tuple[str, ...] = ARCHIVED


@dataclass(frozen=True)
class DeletionContext:
    """What would be lost, and the list to go back to."""

    losses: list[Loss]
    kept: list[Loss]  # those of which a trial runs
    stored_bytes: int
    back: str


@router.get("")
def list_experiments(request: Request, session: ReadSession, listed: RequestedList) -> Response:
    """The experiments that are asked for, newest first unless sorted."""

    def render_list(is_checked: bool) -> Response:
        context = _make_list_context(session, listed, is_checked)
        return render(request, "experiments/list.html", context)

    return checked_if_needed(render_list)


@router.get("/live")
def list_live(request: Request, session: ReadSession, listed: RequestedList) -> Response:
    """The parts of the list that change."""

    def render_live(is_checked: bool) -> Response:
        return fragment(
            request,
            "experiments/_list_live.html",
            lambda: _make_list_context(session, listed, is_checked),
        )

    return checked_if_needed(render_live)


@router.post("/archive")
def archive(
    session: WriteSession,
    is_archived: Annotated[bool, Form()],
    ticked: SentIds = None,
    back: Back = "",
) -> RedirectResponse:
    """Archive the ticked experiments, or restore them."""
    bulk_changes.archive_all(session, ticked or [], is_archived=is_archived)
    return lead_back(back, "/experiments")


@router.get("/delete")
def ask_before_deletion(
    request: Request,
    session: ReadSession,
    ticked: TickedIds = None,
    back: Annotated[str, Query(max_length=2000)] = "",
) -> Response:
    """Say what would be lost with the ticked experiments."""
    losses = bulk_changes.find_losses(session, ticked or [])
    deleted = [loss for loss in losses if not loss.is_running]
    context = DeletionContext(
        losses=deleted,
        kept=[loss for loss in losses if loss.is_running],
        stored_bytes=sum(loss.experiment.stored_bytes for loss in deleted),
        back=lead_back(back, "/experiments").headers["location"],
    )
    return render(request, "experiments/delete.html", context)


@router.post("/delete")
def delete(
    session: WriteSession,
    deletion_timer: CurrentDeletionTimer,
    ticked: SentIds = None,
    back: Back = "",
) -> RedirectResponse:
    """Delete the ticked experiments; one of which a trial runs stays."""
    deleted = bulk_changes.delete_all(session, ticked or [])
    address = lead_back(back, "/experiments").headers["location"]
    if not deleted:
        return RedirectResponse(address, 303)
    deletion_timer.schedule()
    name = "experiment-deleted" if len(deleted) == 1 else "experiments-deleted"
    return lead_to(address, name, deleted[0].id)


@router.post("/{experiment_id}/undo-delete-all")
def undo_delete(session: WriteSession, experiment_id: int) -> RedirectResponse:
    """Bring back an experiment and those that were deleted with it."""
    deletion.restore_together(session, experiment_id)
    return lead_to("/experiments", "all-restored")


def _make_list_context(
    session: Session, listed: ExperimentTable, is_checked: bool
) -> ExperimentListContext:
    shown = overviews.listing(session, listed.page, query=listed.query, is_checked=is_checked)
    return ExperimentListContext(
        experiments=shown,
        listed=listed,
        tags=annotations.list_experiment_tags(session),
        is_finished=all(overview.is_finished for overview in shown.items),
        now=clock(session),
    )
