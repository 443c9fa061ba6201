"""Forms for the named views of an experiment's page."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from app.db.models import Experiment
from app.schemas import MAX_VIEW_NAME_LENGTH, ViewRequest
from app.services import experiments, named_views
from app.web.dependencies import WriteSession
from app.web.error_handlers import to_field_problems
from app.web.forms.fields import group_messages
from app.web.messages import lead_to
from app.web.templating import render
from app.web.unreadable import ExperimentRoute

router = APIRouter(prefix="/experiments", route_class=ExperimentRoute)


@dataclass(frozen=True)
class ViewContext:
    """The form for a view as it was sent, and what is wrong with it."""

    experiment: Experiment
    name: str
    query: str
    is_for_all: bool
    errors: dict[str, list[str]]  # by field of the form
    max_name_length: int = MAX_VIEW_NAME_LENGTH


@router.post("/{experiment_id}/views")
def save(
    request: Request,
    session: WriteSession,
    experiment_id: int,
    name: Annotated[str, Form()] = "",
    query: Annotated[str, Form()] = "",
    is_for_all: Annotated[bool, Form()] = False,
) -> Response:
    """Store what the page shows under a name, or say what is wrong with it."""
    experiment = experiments.get(session, experiment_id)
    try:
        wanted = ViewRequest(name=name, query=query, is_for_all=is_for_all)
    except ValidationError as error:
        messages = [(str(problem.loc[0]), problem.message) for problem in to_field_problems(error)]
        errors = group_messages(messages)
        context = ViewContext(experiment, name, query, is_for_all, errors)
        return render(request, "experiments/view.html", context, status=422)
    view = named_views.save(session, experiment_id, wanted)
    return lead_to(f"/experiments/{experiment_id}?{view.query}#trials", "view-saved")


@router.post("/{experiment_id}/views/{view_id}/delete")
def delete(
    session: WriteSession,
    experiment_id: int,
    view_id: int,
    query: Annotated[str, Form()] = "",
) -> RedirectResponse:
    """Delete a view; the page goes on showing what it shows."""
    experiments.get(session, experiment_id)
    view = named_views.get(session, view_id)
    named_views.delete(session, view)
    shown = named_views.normalize_query(query)
    return lead_to(f"/experiments/{experiment_id}?{shown}#trials", "view-deleted")
